package storytest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Killed at any moment and started again, the portal has every post that it answered with 201,
// once and in order, and its audit is whole.
func TestKilledPortalLosesNothing(t *testing.T) {
	t.Parallel()
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	portal := &Portal{URL: p.url}
	somchai := portal.As(t, "somchai")
	thread := somchai.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Power cuts", "body": "First."}).Want(201).Thing()
	posts := "/threads/" + itoa(thread.ID) + "/posts"
	var acknowledged []string
	for round := range 3 {
		stop := make(chan struct{})
		written := writeUntil(stop, func(writer, n int) (string, bool) {
			body := fmt.Sprintf("round %d writer %d post %d", round, writer, n)
			return body, tryPost(portal.URL, posts, somchai.Token, body)
		})
		time.Sleep(700 * time.Millisecond)
		p.kill()
		close(stop)
		acknowledged = append(acknowledged, written()...)
		p = launch(t, "demo", "--data-dir", dir)
		portal.URL, somchai.URL = p.url, p.url
	}
	kept := map[string]int{}
	for after := ""; ; {
		var page struct {
			Items []struct {
				Body   string
				Number int
			}
			Next *string
		}
		somchai.Do("GET", posts+"?limit=100&after="+after, nil).Want(200).Into(&page)
		for _, post := range page.Items {
			kept[post.Body]++
		}
		if page.Next == nil {
			break
		}
		after = *page.Next
	}
	if len(acknowledged) < 20 {
		t.Fatalf("only %d posts were written: too few to tell anything", len(acknowledged))
	}
	for _, body := range acknowledged {
		if kept[body] != 1 {
			t.Errorf("%q was acknowledged and is there %d times", body, kept[body])
		}
	}
	t.Logf("%d acknowledged in 3 rounds, none lost", len(acknowledged))
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	if out, code := command(t, "doctor", "--data-dir", dir); code != 0 {
		t.Errorf("the doctor finds after three kills:\n%s", out)
	}
}

// writeUntil has four writers write until stop is closed; written waits for them and gives what was acknowledged.
func writeUntil(stop <-chan struct{}, write func(writer, n int) (body string, ok bool)) (written func() []string) {
	var writers sync.WaitGroup
	var mu sync.Mutex
	var acknowledged []string
	for w := range 4 {
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if body, ok := write(w, n); ok {
					mu.Lock()
					acknowledged = append(acknowledged, body)
					mu.Unlock()
				}
			}
		})
	}
	return func() []string {
		writers.Wait()
		return acknowledged
	}
}

func tryPost(url, path, token, body string) bool {
	req, err := http.NewRequest("POST", url+"/api/v1"+path, strings.NewReader(`{"body":"`+body+`"}`))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode == http.StatusCreated
}

func TestProcessesSayWhatToDo(t *testing.T) {
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	if out, code := command(t, "demo", "--data-dir", dir); code == 0 || !strings.Contains(out, "another portal runs on "+dir) {
		t.Errorf("a second process on the same folder says %q (%d)", out, code)
	}
	taken := strings.TrimPrefix(p.url, "http://")
	if out, code := command(t, "demo", "--data-dir", t.TempDir(), "--addr", taken); code == 0 || !strings.Contains(out, "PRAXIS_ADDR") {
		t.Errorf("a port in use says %q (%d)", out, code)
	}
	if out, code := command(t, "serve", "--data-dir", t.TempDir(), "--database-url", "host=127.0.0.1 port=1 user=x dbname=x connect_timeout=1", "--base-url", "nonsense"); code == 0 || !strings.Contains(out, "PRAXIS_BASE_URL") {
		t.Errorf("a bad setting says %q (%d)", out, code)
	}
	if out, code := command(t, "dance"); code != 2 || !strings.Contains(out, "--help") {
		t.Errorf("an unknown command says %q (%d)", out, code)
	}
	nowhere := filepath.Join(dir, "nowhere")
	list := filepath.Join(dir, "people.csv")
	if err := os.WriteFile(list, []byte("email,name,country\nnew@example.org,Nadia Benali,MA\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"doctor"}, {"reindex"}, {"backup", filepath.Join(dir, "none.tar")}, {"member", "import", list}} {
		if out, code := command(t, append(args, "--data-dir", nowhere)...); code == 0 || !strings.Contains(out, "there is no portal in "+nowhere) {
			t.Errorf("%v on a folder that is not there says %q (%d)", args, out, code)
		}
	}
	if _, err := os.Stat(nowhere); !os.IsNotExist(err) {
		t.Errorf("the doctor has made %s (%v)", nowhere, err)
	}
	if out, code := command(t, "version"); code != 0 || !strings.Contains(out, "go1.") {
		t.Errorf("version says %q (%d)", out, code)
	}
	socket := Dial((&Portal{URL: p.url}).As(t, "ana"))
	begin := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if m := socket.until("goodbye", ""); m.Op != "goodbye" {
		t.Errorf("a socket hears %+v of a stop", m)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the portal stops with %v", err)
	}
	if took := time.Since(begin); took > stopLimit {
		t.Errorf("stopped after %v", took)
	}
}

func TestBackupAndRestore(t *testing.T) {
	dir, other := demoFolder(t), t.TempDir()
	p := launch(t, "demo", "--data-dir", dir)
	portal := &Portal{URL: p.url}
	somchai := portal.As(t, "somchai")
	kept := somchai.Do("POST", "/threads/3/posts", map[string]any{"body": "Kept in the archive."}).Want(201).Thing()
	archive := filepath.Join(t.TempDir(), "praxis.tar.zst")
	if out, code := command(t, "backup", archive, "--data-dir", dir); code != 0 {
		t.Fatalf("backup beside a running portal: %s", out)
	}
	if out, code := command(t, "backup", archive, "--data-dir", dir); code == 0 || !strings.Contains(out, "exists already") {
		t.Errorf("a second backup to the same file says %q", out)
	}
	if out, code := command(t, "restore", archive, "--data-dir", dir); code == 0 || !strings.Contains(out, "needs the portal stopped") {
		t.Errorf("a restore under a running portal says %q", out)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.tar.zst")
	raw, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 0xff
	if err := os.WriteFile(damaged, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := command(t, "restore", damaged, "--data-dir", other); code == 0 || !strings.Contains(out, "damaged") {
		t.Errorf("a damaged archive says %q", out)
	}
	if left, _ := os.ReadDir(other); len(left) != 0 {
		t.Errorf("a damaged archive leaves %d things in the folder", len(left))
	}
	if out, code := command(t, "restore", archive, "--data-dir", other); code != 0 {
		t.Fatalf("restore: %s", out)
	}
	if out, code := command(t, "restore", archive, "--data-dir", other); code == 0 || !strings.Contains(out, "--force") {
		t.Errorf("a restore over members says %q", out)
	}
	before := liveHead(somchai)
	again := launch(t, "serve", "--data-dir", other)
	restored := (&Portal{URL: again.url}).As(t, "somchai")
	if post := restored.Do("GET", "/posts/"+itoa(kept.ID), nil).Want(200).Thing(); post.Body != "Kept in the archive." {
		t.Errorf("the restored post is %+v", post)
	}
	if after := liveHead(restored); after <= before {
		t.Errorf("after the restore the log stands at %d, before at %d: positions may be handed out twice", after, before)
	}
	if !findsAny(restored, "naloxone") {
		t.Error("the restored portal finds nothing")
	}
}

func liveHead(c *Client) int64 { return Dial(c).subscribe("thread:3", 0) }

func findsAny(c *Client, q string) bool {
	var found struct{ Total int }
	c.Do("GET", "/search?q="+q, nil).Want(200).Into(&found)
	return found.Total > 0
}

func TestFirstOfficerAndImport(t *testing.T) {
	dir := t.TempDir()
	p := launch(t, "serve", "--data-dir", dir)
	out, code := command(t, "admin", "create", "--email", "Head@Example.org", "--name", "Head of office", "--country", "ee", "--addr", "0.0.0.0:8080", "--data-dir", dir)
	if code != 0 {
		t.Fatalf("admin create: %s", out)
	}
	if !strings.Contains(out, p.url+"/invitation/") {
		t.Errorf("the link is %s, and the portal that runs is %s", out, p.url)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	token := filepath.Base(lines[len(lines)-1])
	visitor := (&Portal{URL: p.url}).Visitor(t)
	visitor.Do("POST", "/invitations/"+token+"/accept", map[string]string{"password": "short"}).Want(422)
	visitor.Do("POST", "/invitations/"+token+"/accept", map[string]string{"password": "seven green boats at dawn"}).Want(201)
	visitor.Do("POST", "/invitations/"+token+"/accept", map[string]string{"password": "seven green boats at dawn"}).Want(404)
	var answer struct {
		Token  string
		Member struct{ Officer bool }
	}
	visitor.Do("POST", "/sessions", map[string]string{"email": "head@example.org", "password": "seven green boats at dawn"}).Want(201).Into(&answer)
	if !answer.Member.Officer {
		t.Error("the first officer is none")
	}
	list := filepath.Join(t.TempDir(), "list.csv")
	content := "email,name,country,programme,year,locale\nmaria@example.org,María,EC,ivlp_us_mexico,2024,es\nnot an address,X,EC,,,\nkadri@example.org,Kadri,EE,,soon,\nmaria@example.org,Twice,EC,,,\nli@example.org,Li,ZZ,,,\n"
	if err := os.WriteFile(list, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code = command(t, "member", "import", list, "--all-or-nothing", "--data-dir", dir)
	if code == 0 || !strings.Contains(out, "0 invited, 4 lines bad") {
		t.Errorf("all or nothing says:\n%s", out)
	}
	out, code = command(t, "member", "import", list, "--data-dir", dir)
	if code == 0 || !strings.Contains(out, "1 invited, 4 lines bad") {
		t.Errorf("the import says:\n%s", out)
	}
	for _, want := range []string{"line 3: ", "line 4: ", "line 5: ", "line 6: "} {
		if !strings.Contains(out, want) {
			t.Errorf("the import does not tell of %s:\n%s", want, out)
		}
	}
	if out, code := command(t, "reindex", "--data-dir", dir); code != 0 {
		t.Errorf("reindex beside a running portal: %s", out)
	}
}

func TestAdminListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	p := launch(t, "demo", "--data-dir", demoFolder(t), "--admin-addr", address)
	(&Portal{URL: p.url}).Visitor(t).Do("GET", "/practices", nil).Want(200)
	res, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`praxis_http_request_seconds_count{method="GET",route="/api/v1/practices",status="200"}`, "praxis_log_head", "praxis_sockets 0", "# TYPE praxis_socket_messages_total counter", "go_goroutines"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(string(raw), "demo.example") {
		t.Error("the metrics tell of a member")
	}
}
