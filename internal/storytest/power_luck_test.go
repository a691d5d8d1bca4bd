package storytest

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// sendForm sends a form as a browser does, and follows no redirect; the error is of a line that was cut.
func sendForm(origin, path, token string, fields url.Values) (res *http.Response, page string, err error) {
	r, err := http.NewRequest("POST", origin+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "es") // as the account: a node may know her no longer when the database is away
	r.Header.Set("Cookie", "praxis_session="+token)
	if res, err = http.DefaultTransport.RoundTrip(r); err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res, string(raw), err
}

// cutPower ends the portal and every process of its private PostgreSQL at once, as no order to stop does.
func cutPower(t *testing.T, p *process, dir string) {
	t.Helper()
	state, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(state), "\n")
	server, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	children, _ := exec.Command("pgrep", "-P", first).Output() // none, if it has just ended
	all := []int{p.cmd.Process.Pid, server}
	for _, field := range strings.Fields(string(children)) {
		if pid, err := strconv.Atoi(field); err == nil {
			all = append(all, pid)
		}
	}
	for _, pid := range all {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have followed another
	}
	_ = p.cmd.Wait() // it was killed
}

// written are the words that a portal has acknowledged, by the writer's kind.
type written struct {
	mu    sync.Mutex
	words map[string][]string
}

func (w *written) add(kind, words string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.words[kind] = append(w.words[kind], words)
}

// kinds of writers.
var kinds = []string{"call", "reply", "draft", "save"}

// least is how much has been acknowledged of the kind of which it was least.
func (w *written) least() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.words[kinds[0]])
	for _, kind := range kinds {
		n = min(n, len(w.words[kind]))
	}
	return n
}

// write sends posts, new practices and saves of one practice until stop, each by several writers, and
// keeps what was acknowledged.
func (w *written) write(origin, token string, thread, practice int64, stop <-chan struct{}) *sync.WaitGroup {
	var all sync.WaitGroup
	each := func(kind string, writers int, send func(words string) bool) {
		for n := range writers {
			all.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					if words := fmt.Sprintf("%s %05d of %d", kind, i, n); send(words) {
						w.add(kind, words)
					}
				}
			})
		}
	}
	form := func(path string, fields url.Values) bool {
		res, _, err := sendForm(origin, path, token, fields)
		return err == nil && res.StatusCode == http.StatusSeeOther
	}
	posts := "/threads/" + itoa(thread) + "/posts"
	each("call", 2, func(words string) bool { return tryPost(origin, posts, token, words) })
	each("reply", 2, func(words string) bool {
		return form("/t/"+itoa(thread)+"/posts", url.Values{"body": {words}, "once": {words}, "language": {"en"}})
	})
	each("draft", 2, func(words string) bool {
		return form("/write", url.Values{"title": {words}, "once": {words}, "language": {"en"}, "country": {"EC"}, "workspace_id": {"1"}, "handling": {"amber"}, "do": {"save"}})
	})
	each("save", 1, func(words string) bool {
		return tryCall("PATCH", origin, "/practices/"+itoa(practice), token, `{"summary":"`+words+`"}`) == http.StatusOK
	})
	return &all
}

// tryCall makes a call of the API and gives its status, or 0 where the line was cut.
func tryCall(method, origin, path, token, body string) int {
	r, err := http.NewRequest(method, origin+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return 0
	}
	return res.StatusCode
}

// wholeLog checks that the log has each post of a thread once, in the order of the thread.
func wholeLog(t *testing.T, db *sql.DB, thread int64) {
	t.Helper()
	Eventually(t, "the log is at rest", func() bool { return number(t, db, `select count(*) from events where position is null`) == 0 })
	if n := number(t, db, `select count(*) from posts p where thread_id = $1 and number > 1
		and (select count(*) from events e where e.type = 'post.created' and e.entity_id = p.id and e.topic = 'thread:' || $1::bigint) <> 1`, thread); n != 0 {
		t.Errorf("%d posts are not once in the log", n)
	}
	if n := number(t, db, `select count(*) from (select position <= lag(position) over (order by p.number) as back
		from posts p join events e on e.entity_id = p.id and e.type = 'post.created' and e.topic = 'thread:' || $1::bigint where p.thread_id = $1) steps where back`, thread); n != 0 {
		t.Errorf("the log goes back %d times", n)
	}
	if n := number(t, db, `select count(*) from events where position > (select position from log_state)`); n != 0 {
		t.Errorf("%d events stand beyond the head", n)
	}
}

// The power goes while members write: the portal and its PostgreSQL end at once. Whatever was
// acknowledged is there afterwards, once, and the log and the audit are whole.
func TestPowerCutLosesNothing(t *testing.T) {
	t.Parallel()
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	ana := (&Portal{URL: p.url}).As(t, "ana")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Cortes de luz", "body": "Primero."}).Want(201).Thing()
	practice := ana.Do("POST", "/practices", map[string]any{"title": "Grupo electrógeno", "workspace_id": 1}).Want(201).Thing()
	w := &written{words: map[string][]string{}}
	stop := make(chan struct{})
	writers := w.write(p.url, ana.Token, thread.ID, practice.ID, stop)
	Eventually(t, "each kind of writer has written", func() bool { return w.least() >= 5 })
	cutPower(t, p, dir)
	close(stop)
	writers.Wait()
	p = launch(t, "demo", "--data-dir", dir)
	db := insideOf(t, dir)
	for kind, there := range map[string]string{
		"call":  `select count(*) from posts where thread_id = $1 and body = $2`,
		"reply": `select count(*) from posts where thread_id = $1 and body = $2`,
		"draft": `select count(*) from practices where $1 > 0 and title = $2`,
	} {
		for _, words := range w.words[kind] {
			if n := number(t, db, there, thread.ID, words); n != 1 {
				t.Errorf("%q was acknowledged and is there %d times", words, n)
			}
		}
	}
	// Of the saves the last one counts, and one after it may have come through without being acknowledged.
	var summary string
	if err := db.QueryRow(`select summary from practices where id = $1`, practice.ID).Scan(&summary); err != nil {
		t.Fatal(err)
	}
	if saves := w.words["save"]; summary < saves[len(saves)-1] {
		t.Errorf("of %d saves %q was acknowledged and %q is there", len(saves), saves[len(saves)-1], summary)
	}
	wholeLog(t, db, thread.ID)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	if out, code := command(t, "doctor", "--data-dir", dir); code != 0 {
		t.Errorf("the doctor finds after the power cut:\n%s", out)
	}
	for kind, words := range w.words {
		t.Logf("%d acknowledged: %s", len(words), kind)
	}
}
