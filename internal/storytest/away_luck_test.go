package storytest

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"praxis/internal/config"
)

// link is what lies between a portal and its database, and can be cut.
type link struct {
	t      *testing.T
	dir    string // of the portal's end
	server string // the database's end

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

// linkTo lays a link to a database; the settings that it changes lead a portal through it.
func linkTo(t *testing.T) (*link, func(*config.Settings)) {
	l := &link{t: t, dir: t.TempDir(), open: map[net.Conn]bool{}}
	t.Cleanup(l.cut)
	l.mend()
	return l, func(s *config.Settings) {
		for _, pair := range strings.Fields(s.DatabaseURL) {
			if host, ok := strings.CutPrefix(pair, "host="); ok {
				l.server = filepath.Join(strings.Trim(host, "'"), socket)
			}
		}
		s.DatabaseURL += " host=" + l.dir
	}
}

const socket = ".s.PGSQL.5432"

// cut ends every connection, and lets nobody connect.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener != nil {
		l.listener.Close()
		l.listener = nil
	}
	for c := range l.open {
		c.Close()
	}
	clear(l.open)
}

// mend lets the portal connect again.
func (l *link) mend() {
	listener, err := net.Listen("unix", filepath.Join(l.dir, socket))
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	l.listener = listener
	l.mu.Unlock()
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return // cut
			}
			l.carry(near)
		}
	}()
}

// carry joins a connection of the portal's with one of the database's.
func (l *link) carry(near net.Conn) {
	far, err := net.Dial("unix", l.server)
	if err != nil {
		near.Close()
		return
	}
	l.mu.Lock()
	l.open[near], l.open[far] = true, true
	l.mu.Unlock()
	pass := func(from, to net.Conn) {
		_, _ = io.Copy(to, from) // whoever ends it
		from.Close()
		to.Close()
	}
	go pass(near, far)
	go pass(far, near)
}

// givenBack reads the form that an error page gives back.
func givenBack(t *testing.T, page string) (action string, fields url.Values) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	fields = url.Values{}
	attr := func(n *html.Node, key string) string {
		for _, a := range n.Attr {
			if a.Key == key {
				return a.Val
			}
		}
		return ""
	}
	for n := range doc.Descendants() {
		switch {
		case n.Data == "form" && attr(n, "method") == "post":
			action, fields = attr(n, "action"), url.Values{}
		case n.Data == "input" && attr(n, "type") == "hidden":
			fields.Add(attr(n, "name"), attr(n, "value"))
		case n.Data == "textarea" && n.FirstChild != nil:
			fields.Add(attr(n, "name"), strings.TrimPrefix(n.FirstChild.Data, "\n"))
		}
	}
	return action, fields
}

// What is sent while the database is away comes back with its words and a button, and the button
// does it once the database is there again, however often it is pressed.
func TestFormsOutliveTheDatabasesAbsence(t *testing.T) {
	line, through := linkTo(t)
	p := Start(t, through)
	ana := p.As(t, "ana")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Sin base", "body": "Primero."}).Want(201).Thing()
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Sin base", "workspace_id": 1}).Want(201).Thing()
	for _, form := range []struct {
		path, words, field string
		fields             url.Values
		read               string
	}{
		{"/t/" + itoa(thread.ID) + "/posts", "Dos puertos,\ny <uno> demasiado pequeño.", "body",
			url.Values{"once": {"a-reply-in-bad-luck"}, "language": {"es"}, "reply_to": {""}}, "/threads/" + itoa(thread.ID) + "/posts?limit=100"},
		{"/p/" + itoa(draft.ID) + "/edit", "Lo que se\nhizo & cómo.", "sections.steps",
			url.Values{"version": {itoa(draft.Version)}, "title": {"Sin base"}, "language": {"es"}, "country": {"EC"}, "workspace_id": {"1"}, "handling": {"amber"}, "do": {"save"}},
			"/practices/" + itoa(draft.ID)},
	} {
		form.fields.Set(form.field, form.words)
		line.cut()
		res, page, err := sendForm(p.URL, form.path, ana.Token, form.fields)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(page, "Enviar de nuevo") {
			t.Fatalf("%s without a database answers %d, %v: %s", form.path, res.StatusCode, res.Header, page)
		}
		action, again := givenBack(t, page)
		again.Set(form.field, strings.ReplaceAll(again.Get(form.field), "\n", "\r\n")) // as a browser does
		if action != form.path || strings.ReplaceAll(again.Get(form.field), "\r", "") != form.words || len(again) != len(form.fields) {
			t.Fatalf("the page of %s gives back %v to %s", form.path, again, action)
		}
		line.mend()
		var sent *http.Response
		Eventually(t, "the same button does it", func() bool {
			sent, page, err = sendForm(p.URL, action, ana.Token, again)
			return err == nil && sent.StatusCode == http.StatusSeeOther
		})
		if form.field == "body" {
			if twice, _, err := sendForm(p.URL, action, ana.Token, again); err != nil || twice.Header.Get("Location") != sent.Header.Get("Location") {
				t.Errorf("pressed again the button leads elsewhere: %v %v", twice, err)
			}
		}
		var kept string
		Eventually(t, "it is read", func() bool {
			a := ana.Do("GET", form.read, nil)
			kept = string(a.Body)
			return a.Status == 200
		})
		first, _, _ := strings.Cut(form.words, "\n")
		if strings.Count(kept, `"`+first) != 1 {
			t.Errorf("%q is not there once: %s", first, kept)
		}
	}
}
