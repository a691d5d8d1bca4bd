package storytest

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fillDisk leaves no room on a folder's disk; what it writes is returned, to be removed.
func fillDisk(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for piece := make([]byte, 1<<20); len(piece) > 0; {
		switch _, err := f.Write(piece); {
		case errors.Is(err, syscall.ENOSPC):
			piece = piece[:len(piece)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
	return name
}

// The disk of the private PostgreSQL is full: what can no longer be kept is told so, with its words and
// within seconds, and reading goes on. When not even the server's own log has room it ends; the portal
// says that, too, and goes on by itself once there is room again, with all that was acknowledged.
func TestFullDiskOfTheDatabase(t *testing.T) {
	disk, made := smallDisk(t, 150<<20), demoFolder(t)
	dir := filepath.Join(disk, "data")
	if out, err := exec.Command("cp", "-a", made, dir).CombinedOutput(); err != nil {
		t.Fatalf("copy the demonstration's folder: %v: %s", err, out)
	}
	p := launch(t, "demo", "--data-dir", dir)
	ana := (&Portal{URL: p.url}).As(t, "ana")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Disco lleno", "body": "Primero."}).Want(201).Thing()
	filler := fillDisk(t, disk)
	words := strings.Repeat("Un texto que ocupa lugar. ", 700)
	kept := 0
	for ; ; kept++ {
		begin := time.Now()
		a := ana.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": words})
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("a post is answered after %v", took)
		}
		if a.Status != 201 {
			if a.Want(503); !strings.Contains(string(a.Body), "espacio") || a.Header.Get("Retry-After") == "" {
				t.Errorf("a full disk says %s, %v", a.Body, a.Header)
			}
			break
		}
		if kept == 500 {
			t.Fatal("the disk never fills up")
		}
	}
	res, page, err := sendForm(p.url, "/t/"+itoa(thread.ID)+"/posts", ana.Token, url.Values{"body": {words}, "once": {"no-room"}, "language": {"es"}})
	if err != nil || res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(page, words) || !strings.Contains(page, "espacio") || !strings.Contains(page, "Enviar de nuevo") {
		t.Errorf("a form on a full disk is answered %v, %v: %.3000s", res, err, page)
	}
	ana.Do("GET", "/threads/"+itoa(thread.ID), nil).Want(200)

	// The server's own log needs another file now.
	_, err = insideOf(t, dir).Exec(`select count(pg_logical_emit_message(true, 'room', repeat('x', 1000000))) from generate_series(1, 40)`)
	if err == nil {
		t.Fatal("the server has room for its log")
	}
	for range 3 {
		begin := time.Now()
		if a := ana.Do("GET", "/threads/"+itoa(thread.ID), nil).Want(503); time.Since(begin) > 5*time.Second || a.Header.Get("Retry-After") == "" {
			t.Errorf("without its server the portal answers after %v: %v", time.Since(begin), a.Header)
		}
	}
	if res, err := http.Get(p.url + "/healthz"); err != nil || res.StatusCode != 200 {
		t.Errorf("the portal lives no longer: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	Eventually(t, "the portal takes posts again", func() bool {
		return ana.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": "Hay lugar."}).Want(201, 503).Status == 201
	})
	if n := number(t, insideOf(t, dir), `select count(*) from posts where thread_id = $1`, thread.ID); n != int64(kept)+2 {
		t.Errorf("%d posts are there of %d", n, kept+2)
	}
}
