package postgres_test

import (
	"context"
	"net"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Whoever walks through all sets of filters must not have every connection keep a plan for each.
func TestPreparedStatementsAreBounded(t *testing.T) {
	_, url := openAt(t)
	db, err := postgres.Open(url, postgres.Options{PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	for set := range 1 << 8 {
		text := func(bit int) string {
			if set&(1<<bit) != 0 {
				return "x"
			}
			return ""
		}
		number := func(bit int) int64 { return int64(set >> bit & 1) }
		f := postgres.PracticeFilter{Workspace: number(0), Country: text(1), Language: text(2), Sector: text(3), Tag: text(4), Level: text(5),
			Author: number(6), Page: portal.Page{After: number(7), Limit: 1}}
		for _, f.Status = range []string{"", "any", "draft"} {
			if _, err := db.Practices(ctx, portal.Viewer{}, f); err != nil {
				t.Fatal(err)
			}
		}
	}
	var kept int
	if err := db.Raw().QueryRow(`select count(*) from pg_prepared_statements`).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if kept == 0 || kept > 64 {
		t.Errorf("%d statements are kept prepared, want a few", kept)
	}
}

// silent takes connections and never says anything.
func silent(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func TestSilentServerIsGivenUpOnce(t *testing.T) {
	db, err := postgres.Open("postgres://praxis@"+silent(t)+"/praxis?sslmode=disable&connect_timeout=1", postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	start := time.Now()
	err = db.InTx(context.Background(), func(*postgres.Tx) error { return nil })
	if took := time.Since(start); portal.KindOf(err) != portal.Unavailable || took > 5*time.Second {
		t.Errorf("a transaction on a silent server: %v after %v, want unavailable after a second", err, took)
	}
}

func TestListenEndsWithoutAnyServer(t *testing.T) {
	db, err := postgres.Open("postgres://praxis@"+silent(t)+"/praxis?sslmode=disable&connect_timeout=1", postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { db.Listen(ctx, func() {}, func(string) {}); close(ended) }()
	time.Sleep(100 * time.Millisecond)
	cancel()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("Listen goes on after its context has ended")
	}
}
