package storytest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"praxis/internal/config"
)

// The private PostgreSQL dies under a running portal: what comes meanwhile is told so, and the
// portal recovers by itself.
func TestPortalOutlivesItsDatabase(t *testing.T) {
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	somchai := (&Portal{URL: p.url}).As(t, "somchai")
	socket := Dial(somchai)
	socket.subscribe("thread:1", 0)
	pid, err := exec.Command("pgrep", "-o", "-f", dir+"/postgres").Output()
	if err != nil {
		// The server names its folder by an open file where it may not by its path.
		pid, err = exec.Command("pgrep", "-P", itoa(int64(p.cmd.Process.Pid)), "postgres").Output()
	}
	if err != nil {
		t.Fatalf("find the server of %s: %v", dir, err)
	}
	if out, err := exec.Command("kill", "-9", strings.Fields(string(pid))[0]).CombinedOutput(); err != nil {
		t.Fatalf("kill the server: %v: %s", err, out)
	}
	var unavailable int
	Eventually(t, "the portal answers again", func() bool {
		a := somchai.Do("GET", "/threads/1", nil)
		switch a.Status {
		case 200:
			return true
		case 503:
			unavailable++
			if a.Header.Get("Retry-After") == "" {
				t.Error("503 does not say when to come back")
			}
		default:
			t.Errorf("while the database is away a read answers %d: %s", a.Status, a.Body)
		}
		return false
	})
	// What was answered so far may have been answered by what was left of the old server. A write is
	// repeated under its key until it is answered, and is there once.
	var made Thing
	Eventually(t, "the portal takes a post again", func() bool {
		a := somchai.Do("POST", "/threads/1/posts", map[string]any{"body": "Back again."}, "Idempotency-Key", "back-again")
		if a.Status != 201 && a.Status != 503 && a.Status != 409 {
			t.Fatalf("after the restart a post is answered %d: %s", a.Status, a.Body)
		}
		if a.Status == 201 {
			made = a.Thing()
		}
		return a.Status == 201
	})
	var posts struct{ Items []struct{ Body string } }
	Eventually(t, "the thread is read again", func() bool {
		a := somchai.Do("GET", "/threads/1/posts?limit=100", nil)
		if a.Status == 200 {
			a.Into(&posts)
		}
		return a.Status == 200
	})
	once := 0
	for _, p := range posts.Items {
		if p.Body == "Back again." {
			once++
		}
	}
	if once != 1 {
		t.Errorf("the post is there %d times", once)
	}
	if e := socket.until("event", "thread:1"); int64(e.Data["id"].(float64)) != made.ID {
		t.Errorf("after the restart the socket hears %+v", e)
	}
	t.Logf("%d reads were told to come back", unavailable)
}

// mailbox is a real SMTP server that keeps what it gets.
type mailbox struct {
	mu  sync.Mutex
	got []string
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return m, nil }
func (m *mailbox) Reset()                                      {}
func (m *mailbox) Logout() error                               { return nil }
func (m *mailbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (m *mailbox) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (m *mailbox) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got = append(m.got, string(raw))
	return err
}

func TestInvitationGoesByMail(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := &mailbox{}
	server := smtp.NewServer(box)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	p := Start(t, func(s *config.Settings) { s.SMTPURL = "smtp://" + l.Addr().String() })
	made := p.As(t, "officer").Do("POST", "/invitations", map[string]any{"email": "nadir@example.org", "name": "نادر", "country": "MA", "locale": "ar"}).Want(201)
	if strings.Contains(string(made.Body), `"link"`) {
		t.Error("the link is told although it goes by mail")
	}
	Eventually(t, "the mail arrives", func() bool { box.mu.Lock(); defer box.mu.Unlock(); return len(box.got) == 1 })
	text := strings.ReplaceAll(box.got[0], "=\r\n", "")
	if !strings.Contains(text, "Content-Language: ar") {
		t.Error("the mail is not in the language of who gets it")
	}
	link := regexp.MustCompile(`/invitation/([A-Za-z0-9_-]{20,})`).FindStringSubmatch(text)
	if link == nil {
		t.Fatalf("no link in the mail:\n%s", text)
	}
	visitor := p.Visitor(t)
	visitor.Do("POST", "/invitations/"+link[1]+"/accept", map[string]string{"password": "orange clouds over Fez"}).Want(201)
	visitor.Do("POST", "/sessions", map[string]string{"email": "nadir@example.org", "password": "orange clouds over Fez"}).Want(201)
}

func TestTooManyRequestsAreSlowed(t *testing.T) {
	p := Start(t, func(s *config.Settings) { s.RateLimits = "on" })
	visitor := p.Visitor(t)
	for range 2000 {
		if a := visitor.Do("GET", "/workspaces/1", nil); a.Status == 429 {
			if a.Header.Get("Retry-After") == "" {
				t.Error("429 does not say when to come back")
			}
			return
		}
	}
	t.Error("2,000 requests at once are not slowed")
}

func TestHeadAnswersAsGet(t *testing.T) {
	p := Start(t, nil)
	for _, path := range []string{"/", "/api/v1/practices", "/healthz"} {
		res, err := http.Head(p.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != 200 || len(body) != 0 {
			t.Errorf("HEAD %s answers %d with %d bytes (%v)", path, res.StatusCode, len(body), err)
		}
	}
}

// A full disk costs an attachment, says so, and loses nothing else.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, 24<<20)
	p := Start(t, func(s *config.Settings) { s.DataDir = dir })
	ana := p.As(t, "ana")
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Disco lleno", "workspace_id": 1}).Want(201).Thing()
	big := append([]byte("%PDF-1.7\n"), make([]byte, 30<<20)...)
	full := ana.upload("/practices/"+itoa(draft.ID)+"/attachments", "grande.pdf", big).Want(503)
	if !strings.Contains(string(full.Body), "espacio") {
		t.Errorf("a full disk says %s", full.Body)
	}
	ana.Do("PATCH", "/practices/"+itoa(draft.ID), map[string]any{"summary": "Sigue aquí."}).Want(200)
	p.Stop(t)
}

// smallDisk gives a folder with room for so many bytes: a disk made for it, or the machine's own small
// one in memory, as containers have it, which is filled up to that.
func smallDisk(t *testing.T, room int64) string {
	t.Helper()
	const small = 256 << 20
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+itoa(room)); err == nil {
		t.Cleanup(func() {
			for range 50 {
				if syscall.Unmount(dir, 0) == nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		})
		return dir
	}
	if inside := namespaceDisk(t, dir, room); inside != "" {
		return inside
	}
	var fs syscall.Statfs_t
	memory, err := os.MkdirTemp("/dev/shm", "praxis-*")
	if err == nil {
		t.Cleanup(func() { os.RemoveAll(memory) })
		err = syscall.Statfs(memory, &fs)
	}
	free := int64(fs.Bavail) * int64(fs.Bsize)
	if err != nil || free < room || free > small {
		t.Skip("NOT TESTED: no small disk can be made here; root can, where it may mount")
	}
	if err := os.WriteFile(filepath.Join(memory, "filler"), make([]byte, free-room), 0o600); err != nil {
		t.Fatal(err)
	}
	return memory
}

// namespaceDisk mounts a disk where the kernel lets ordinary users have a view of the disks of their
// own: a process holds that view, and the folder is reached through it. "" where it may not.
func namespaceDisk(t *testing.T, dir string, room int64) string {
	t.Helper()
	holder := exec.Command("unshare", "-Urm", "sh", "-c", `mount -t tmpfs -o size="$0",mode=0700 tmpfs "$1" && echo made && exec cat`, itoa(room), dir)
	stdin, err := holder.StdinPipe() // cat ends with it, and with it the disk
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if holder.Start() != nil {
		return ""
	}
	t.Cleanup(func() { stdin.Close(); _ = holder.Wait() }) // how it ended is no part of the test
	if said, _ := bufio.NewReader(stdout).ReadString('\n'); said != "made\n" {
		return ""
	}
	return filepath.Join("/proc", itoa(int64(holder.Process.Pid)), "root", dir)
}

// Visitors share what was made for one of them, and never a moment longer than it is true.
func TestVisitorsPagesFollowTheLog(t *testing.T) {
	p := Start(t, nil)
	ana := p.As(t, "ana")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Aviso abierto", "body": "Primero.", "handling": "clear"}).Want(201).Thing()
	open := func(want int, text string) bool {
		res, err := http.Get(p.URL + "/t/" + itoa(thread.ID))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode == want && strings.Contains(string(raw), text)
	}
	for range 3 {
		if !open(200, "Primero.") {
			t.Fatal("a visitor does not read a clear thread")
		}
	}
	ana.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": "Segundo."}).Want(201)
	begin := time.Now()
	Eventually(t, "the second post is read", func() bool { return open(200, "Segundo.") })
	ana.Do("PATCH", "/threads/"+itoa(thread.ID), map[string]any{"handling": "amber"}).Want(200)
	changed := time.Now()
	Eventually(t, "the label acts", func() bool { return open(404, "") })
	if took := time.Since(changed); took > time.Second {
		t.Errorf("a label takes %v to act on visitors", took)
	}
	t.Logf("the post was read after %v", changed.Sub(begin))
}
