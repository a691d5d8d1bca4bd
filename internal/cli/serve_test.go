package cli

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/pgcluster/pgtest"
	"praxis/sql"
)

// An answer that no waiting changes is told at once, not after a minute.
func TestWrongAddressIsToldAtOnce(t *testing.T) {
	url := emptyDatabase(t)
	for wrong, word := range map[string]string{" user=nobody_of_ours": "nobody_of_ours", " dbname=nothing_of_ours": "nothing_of_ours"} {
		begin := time.Now()
		says(t, 1, on(t, url+wrong, "serve"), word, "PRAXIS_DATABASE_URL")
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s is told after %v", wrong, took)
		}
	}
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// served starts a portal; stop ends it and gives what it said and its exit code.
func served(t *testing.T, database string) (url string, stop func() (string, int)) {
	t.Helper()
	address := freeAddress(t)
	args := append(on(t, database, "serve"), "--addr", address)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	var out output
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, args, app.Files{Assets: assets.Files, SQL: sql.Files}, &out, &out) }()
	return "http://" + address, func() (string, int) {
		cancel()
		select {
		case code := <-ended:
			return out.String(), code
		case <-time.After(patience):
			t.Errorf("the portal does not stop: %s", out.String())
			return out.String(), -1
		}
	}
}

// answers asks until the path answers so, and gives the body.
func answers(t *testing.T, url, path string, want int) string {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second}
	var got string
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(50 * time.Millisecond) {
		res, err := client.Get(url + path)
		if err != nil {
			got = err.Error()
			continue
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if got = res.Status + " " + string(body); err == nil && res.StatusCode == want {
			return string(body)
		}
	}
	t.Fatalf("%s does not answer %d: %s", path, want, got)
	return ""
}

// reasons reads why a portal is not ready.
func reasons(t *testing.T, body string) map[string]string {
	t.Helper()
	var told struct {
		Ready   bool
		Reasons map[string]string
	}
	if err := json.Unmarshal([]byte(body), &told); err != nil || told.Ready {
		t.Errorf("%s is not the answer of a portal that is not ready (%v)", body, err)
	}
	return told.Reasons
}

// A portal whose database is not there yet lives and is not ready; what is asked meanwhile is told
// to come back.
func TestAwaitedDatabase(t *testing.T) {
	nowhere := "host=127.0.0.1 port=" + strings.TrimPrefix(freeAddress(t), "127.0.0.1:") + " user=praxis dbname=praxis sslmode=disable"
	url, stop := served(t, nowhere)
	answers(t, url, "/healthz", http.StatusOK)
	if why := reasons(t, answers(t, url, "/readyz", http.StatusServiceUnavailable)); why["database"] == "" {
		t.Errorf("while the database is awaited the reasons are %v", why)
	}
	begin := time.Now()
	if out, _ := stop(); time.Since(begin) > 5*time.Second {
		t.Errorf("a portal that waits stops after %v: %s", time.Since(begin), out)
	}
}

func TestReadyTellsOfADatabaseThatWentAway(t *testing.T) {
	cluster := pgtest.Cluster(t)
	url, stop := served(t, cluster.ConnString())
	answers(t, url, "/api/v1/practices", http.StatusOK) // kept until the portal serves
	answers(t, url, "/readyz", http.StatusOK)
	if err := cluster.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if why := reasons(t, answers(t, url, "/readyz", http.StatusServiceUnavailable)); why["database"] == "" {
		t.Errorf("without its database the reasons are %v", why)
	}
	answers(t, url, "/healthz", http.StatusOK)
	if out, code := stop(); code != 0 {
		t.Errorf("without its database the portal stops with %d: %s", code, out)
	}
}

// While the index of a portal is still being built, its pages are served and it is not ready.
func TestReadyTellsOfAnIndexThatIsBehind(t *testing.T) {
	url := migrated(t, newest(t))
	held, err := owner(t, url).Raw().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback() }() // it is over where the test has come to its end
	if _, err := held.Exec(`lock table posts in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	at, _ := served(t, url)
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		why := reasons(t, answers(t, at, "/readyz", http.StatusServiceUnavailable))
		if why["index"] != "" && why["database"] == "" {
			break
		}
		if time.Since(begin) > patience {
			t.Fatalf("while the index cannot be built the reasons are %v", why)
		}
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	answers(t, at, "/readyz", http.StatusOK)
}
