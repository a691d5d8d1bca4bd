package browsertest

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/notify"
	"praxis/internal/storytest"
	"praxis/internal/web"
)

// sight is one page, by its route, and where it is seen. Only names the one reader of the four for
// whom it is; "" is everybody whom the route lets in.
type sight struct{ route, path, only string }

// The four readers of every page, each in another language, by their access.
var readers = []struct {
	name, lang string
	access     web.Access
}{
	{"", "ar", web.Anyone},
	{"ana", "es", web.Members},
	{"moderator", "ar", web.Moderators},
	{"officer", "en", web.Officers},
}

// notPages are the addresses that give a part of a page, for scripts, or lead to another page.
var notPages = map[string]bool{"/t/:id/posts/:post/fragment": true, "/write/readers": true, "/queue/of/:kind/:id": true}

// forPrograms are the addresses that programs read.
var forPrograms = regexp.MustCompile(`^/(feeds?/|sitemap|robots|oai)|/cite\.|\.(csv|ics)$`)

// Every page that can be opened, as a visitor, a member, a moderator and an officer, on a phone
// and on a desk, in the light and in the dark.
func TestEveryPage(t *testing.T) {
	w := newWorld(t, nil)
	keys := textKeys(t)
	g := w.ground(t)
	for _, who := range readers {
		list := g.sights(t, who.name)
		if who.access == web.Officers {
			checkComplete(t, list)
		}
		t.Run("as "+who.name, func(t *testing.T) {
			t.Parallel()
			r := w.reader(t, phone)
			r.expect("status of 404")
			if who.name == "" {
				r.goes("/about?lang=" + who.lang)
			} else {
				g.clients[who.name].Do("PATCH", "/me", map[string]string{"locale": who.lang}).Want(200)
				r.signsIn(who.name)
			}
			for _, s := range list {
				if s.only != "" && s.only != who.name || routes()[s.route] > who.access {
					continue
				}
				t.Run(s.path, func(t *testing.T) { r.inspect(t, s.path, who.lang, keys) })
			}
		})
	}
}

// inspect looks at one page in each way.
func (r *reader) inspect(t *testing.T, path, lang string, keys []string) {
	outer := r.t
	r.t = t
	defer func() { r.t = outer }()
	q := question{Parts: wholeAudit, Lang: lang, Theme: "light", Keys: keys, Foreign: []string{"English", "Español", "Praxis"}}
	r.look(phone)
	r.goes(path)
	if at := r.place(); strings.HasPrefix(at, "/sign-in") && !strings.HasPrefix(path, "/sign-in") {
		t.Fatalf("the page sends to %s", at)
	}
	if title := eval[string](r, "document.title"); path != "/nothing" && eval[bool](r, "!!document.querySelector('main.error, .error-page')") {
		t.Fatalf("an error: %s", title)
	}
	wrong := r.audit(q)
	q.Parts = []string{"contrast"}
	wrong = append(wrong, r.audit(q)...)
	dark := phone
	dark.dark = true
	r.look(dark)
	q.Theme = "dark"
	wrong = append(wrong, r.audit(q)...)
	q.Parts = []string{"width", "focus", "targets"}
	r.look(desk)
	wrong = append(wrong, r.audit(q)...)
	for _, s := range wrong {
		t.Error(s)
	}
	r.sound()
}

// routes are the pages' patterns, with who may open them.
func routes() map[string]web.Access {
	pages := map[string]web.Access{}
	for _, r := range (&web.Web{}).Routes() {
		if r.Method == "GET" && !notPages[r.Path] && !forPrograms.MatchString(r.Path) {
			pages[r.Path] = r.Access
		}
	}
	return pages
}

// checkComplete fails where a route has no sight: a new page is looked at too.
func checkComplete(t *testing.T, list []sight) {
	t.Helper()
	pages, seen := routes(), map[string]bool{}
	if len(pages) < 30 {
		t.Fatalf("only %d pages were found", len(pages))
	}
	for _, s := range list {
		if _, ok := pages[s.route]; !ok && s.route != "" {
			t.Errorf("%s is no route", s.route)
		}
		pattern := "^" + regexp.MustCompile(`:[a-z]+`).ReplaceAllString(s.route, `[^/]+`) + `(\?.*)?$`
		if s.route != "" && !regexp.MustCompile(pattern).MatchString(s.path) {
			t.Errorf("%s is not at %s", s.path, s.route)
		}
		seen[s.route] = true
	}
	for p := range pages {
		if !seen[p] {
			t.Errorf("nobody looks at %s", p)
		}
	}
}

// ground is what the pages stand on: things of the demonstration, and some made for the occasion.
type ground struct {
	*world
	clients  map[string]*storytest.Client
	practice int64 // published, two versions, by ana
	tried    int64 // published, the one that most have tried
	thread   int64
	list     int64 // a reading list of the moderator
	cases    []int64
	token    string // of an invitation
}

// text is what a practice needs, to be handed in.
var text = map[string]any{"title": "Register of tablet presses", "language": "en", "workspace_id": 1, "summary": "Whoever imports a press declares it.",
	"sectors": []string{"customs"}, "country": "EC", "sections": map[string]string{"problem": "They came in as spare parts.",
		"steps": "1. It is declared.\n2. It is checked.\n\n| Port | Presses |\n| --- | ---: |\n| Guayaquil | 14 |\n\n`a/very/long/path/that/does/not/break/by/itself/at/all`", "results": "Fourteen makers are on the list."}}

func (w *world) ground(t *testing.T) *ground {
	t.Helper()
	g := &ground{world: w, clients: map[string]*storytest.Client{}}
	for _, name := range []string{"ana", "moderator", "officer", "somchai"} {
		g.clients[name] = w.As(t, name)
	}
	ana, moderator := g.clients["ana"], g.clients["moderator"]
	g.practice = ana.Do("POST", "/practices", text).Want(201).Thing().ID
	path := fmt.Sprintf("/practices/%d", g.practice)
	ana.Do("POST", path+"/submit", nil).Want(200)
	moderator.Do("POST", path+"/approve", map[string]any{"note": "Thank you.", "evidence": map[string]string{"rating": "monitored", "basis": "It keeps figures."}}).Want(200)
	ana.Do("PATCH", path, map[string]any{"summary": "Whoever imports or sells a press declares it."}).Want(200)
	g.thread = g.clients["somchai"].Do("POST", "/workspaces/1/threads", map[string]any{"title": "Who pays?", "body": "We have **no** laboratory.", "practice_id": g.practice}).Want(201).Thing().ID
	ana.Do("POST", fmt.Sprintf("/threads/%d/posts", g.thread), map[string]any{"body": "The ministry."}).Want(201)
	g.tried = g.mostTried()
	g.list = moderator.Do("POST", "/collections", map[string]any{"title": "Where to begin", "introduction": "Read **these** first.", "handling": "clear", "workspace_id": 1,
		"items": []map[string]any{{"practice_id": g.open(t), "note": "For all."}, {"practice_id": g.practice}}}).Want(201).Thing().ID
	g.flags(moderator, ana, path)
	var queue struct {
		Items []struct {
			ID     int64
			Kind   string
			Target struct{ Kind string }
		}
	}
	moderator.Do("GET", "/moderation/queue?limit=100", nil).Want(200).Into(&queue)
	kinds := map[string]bool{}
	for _, k := range queue.Items {
		if of := k.Kind + k.Target.Kind; !kinds[of] {
			kinds[of] = true
			g.cases = append(g.cases, k.ID)
		}
	}
	var made struct{ Link string }
	moderator.Do("POST", "/invitations", map[string]any{"email": "new@demo.example", "name": "Nadia Benali", "country": "MA", "workspaces": []int64{1}}).Want(201).Into(&made)
	g.token = made.Link[strings.LastIndex(made.Link, "/")+1:]
	return g
}

// flags has two reports on a practice and the reading list flagged, and one of the reports hidden.
func (g *ground) flags(moderator, ana *storytest.Client, path string) {
	flag := func(kind string, id int64) {
		ana.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": kind, "id": id}, "reason": "names_a_person", "note": "It names the **source**."}).Want(201)
	}
	flag("collection", g.list)
	for _, year := range []int{2019, 2020} {
		report := g.clients["somchai"].Do("POST", path+"/adoptions", map[string]any{"result": "failed", "country": "TH", "year": year, "note": "It failed."}).Want(201).Thing()
		flag("adoption", report.ID)
		if year == 2019 {
			var queue struct {
				Items []struct {
					ID     int64
					Target struct{ ID int64 }
				}
			}
			moderator.Do("GET", "/moderation/queue?limit=100", nil).Want(200).Into(&queue)
			for _, k := range queue.Items {
				if k.Target.ID == report.ID {
					moderator.Do("POST", fmt.Sprintf("/moderation/cases/%d/actions", k.ID), map[string]any{"action": "hide", "note": "Leave the name out."})
				}
			}
		}
	}
}

// mostTried is the practice with the most reports of those who tried it.
func (g *ground) mostTried() int64 {
	var list struct {
		Items []struct {
			ID        int64
			Adoptions struct{ Tried int }
		}
	}
	g.clients["somchai"].Do("GET", "/practices?limit=100", nil).Want(200).Into(&list)
	best, most := list.Items[0].ID, -1
	for _, p := range list.Items {
		if p.Adoptions.Tried > most {
			best, most = p.ID, p.Adoptions.Tried
		}
	}
	return best
}

// sights lists the pages for one of the readers; what only an author sees is made for her.
func (g *ground) sights(t *testing.T, name string) []sight {
	t.Helper()
	p, th := fmt.Sprint(g.practice), fmt.Sprint(g.thread)
	list := []sight{
		{"/", "/", ""}, {"/library", "/library", ""}, {"/library", "/library?sector=customs", ""}, {"/workspaces", "/workspaces", ""}, {"/w/:id", "/w/1", ""},
		{"/search", "/search", ""}, {"/search", "/search?q=naloxone", ""}, {"/search", "/search?q=zzzqqqyyy", ""}, {"/about", "/about", ""}, {"/api", "/api", ""},
		{"/offline", "/offline", ""}, {"", "/nothing", ""}, {"/p/:id", "/p/" + fmt.Sprint(g.open(t)), ""}, {"/sign-in", "/sign-in", ""}, {"/forgot", "/forgot", ""},
		{"/invitation/:token", "/invitation/" + g.token, ""}, {"/invitation/:token", "/invitation/over", ""},
		{"/adoptions", "/adoptions", ""}, {"/countries", "/countries", ""}, {"/countries", "/countries?sector=health", ""}, {"/p/:id/threads", "/p/" + fmt.Sprint(g.open(t)) + "/threads", ""}, {"/countries/:code", "/countries/EC", ""}, {"/organizations/:code", "/organizations/WCO", ""},
		{"/collections", "/collections", ""}, {"/c/:id", "/c/" + fmt.Sprint(g.list), ""},
	}
	if name == "" {
		return list
	}
	own, thread, post := g.own(t, name)
	leaving, err := notify.New(g.Store(t)).LeaveToken(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, []sight{
		{"/p/:id", "/p/" + p, ""}, {"/p/:id", "/p/" + fmt.Sprint(g.tried), ""}, {"/p/:id/versions", "/p/" + p + "/versions", ""}, {"/p/:id/versions/:n", "/p/" + p + "/versions/1", ""},
		{"/p/:id/diff", "/p/" + p + "/diff?from=1&to=2", ""}, {"/p/:id/edit", "/p/" + own + "/edit", ""}, {"/p/:id", "/p/" + own, ""}, {"/p/:id/handling", "/p/" + own + "/handling", ""},
		{"/p/:id/adopt", "/p/" + fmt.Sprint(g.tried) + "/adopt", ""}, {"/write", "/write", ""}, {"/flag", "/flag?kind=thread&id=" + th, ""},
		{"/t/:id", "/t/" + th, ""}, {"/t/:id", "/t/1", ""}, {"/questions", "/questions", ""}, {"/sessions", "/sessions", ""}, {"/t/:id/move", "/t/" + th + "/move", ""},
		{"/w/:id/new-thread", "/w/1/new-thread?kind=question", ""}, {"/t/:id/reply", "/t/" + th + "/reply", ""}, {"/t/:id/settings", "/t/" + thread + "/settings", ""},
		{"/posts/:id/edit", "/posts/" + post + "/edit", ""}, {"/posts/:id/delete", "/posts/" + post + "/delete", ""}, {"/posts/:id/history", "/posts/" + post + "/history", ""}, {"/w/:id/new-thread", "/w/1/new-thread", ""}, {"/w/:id/members", "/w/1/members", ""},
		{"/directory", "/directory", ""}, {"/m/:id", "/m/2", ""}, {"/notifications", "/notifications", ""}, {"/settings", "/settings", ""},
		{"/settings/language", "/settings/language", ""}, {"/settings/password", "/settings/password", ""}, {"/settings/sessions", "/settings/sessions", ""}, {"/settings/tokens", "/settings/tokens", ""}, {"/settings/mail", "/settings/mail", ""}, {"/officer/mail", "/officer/mail", ""}, {"/unsubscribe/:token", "/unsubscribe/" + leaving, ""},
		{"/c/:id/edit", "/c/" + fmt.Sprint(g.list) + "/edit", ""}, {"/w/:id/new-collection", "/w/1/new-collection", ""},
		{"/queue", "/queue", ""}, {"/invite", "/invite", ""}, {"/w/:id/edit", "/w/1/edit", ""},
		{"/officer", "/officer", ""}, {"/officer/roster/:kind/:code", "/officer/roster/country/EC", ""}, {"/officer/members", "/officer/members", ""}, {"/officer/members/:id", "/officer/members/3", ""},
		{"/p/:id/authors", "/p/" + own + "/authors", ""}, {"/p/:id/evidence", "/p/" + p + "/evidence", ""}, {"/p/:id/merge", "/p/" + p + "/merge", ""},
		{"/w/:id/replies", "/w/1/replies", ""}, {"/officer/import", "/officer/import", ""}, {"/officer/reports", "/officer/reports", ""}, {"/officer/reports", "/officer/reports?print=1", ""}, {"/write", "/write?translation_of=" + fmt.Sprint(g.tried), ""},
		{"/officer/audit", "/officer/audit", ""}, {"/officer/workspaces/new", "/officer/workspaces/new", ""}, {"/officer/review", "/officer/review", ""},
		{"/thesaurus", "/thesaurus", ""}, {"/thesaurus", "/thesaurus?q=fenta", ""}, {"/thesaurus/:key", "/thesaurus/methamphetamine", ""}, {"/thesaurus/new", "/thesaurus/new", ""}, {"/thesaurus/:key/edit", "/thesaurus/fentanyl/edit", ""},
		{"/ask", "/ask?title=Who+pays", ""}, {"/search", "/search?q=fentanilo", ""},
	}...)
	report := g.clients[name].Do("POST", fmt.Sprintf("/practices/%d/adoptions", g.open(t)), map[string]any{"result": "failed", "country": "EC"}).Want(201).Thing()
	list = append(list, sight{"/adoptions/:id", "/adoptions/" + fmt.Sprint(report.ID), ""})
	for _, id := range g.cases {
		list = append(list, sight{"/queue/:case", "/queue/" + fmt.Sprint(id), ""})
	}
	return list
}

// open is a practice that visitors see.
func (g *ground) open(t *testing.T) int64 {
	t.Helper()
	list := g.Visitor(t).Do("GET", "/practices", nil).Want(200).Things()
	return list[0].ID
}

// own makes a draft, a thread and its post of somebody.
func (g *ground) own(t *testing.T, name string) (draft, thread, post string) {
	t.Helper()
	c := g.clients[name]
	p := c.Do("POST", "/practices", text).Want(201).Thing()
	th := c.Do("POST", "/workspaces/1/threads", map[string]any{"title": "A question of " + name, "body": "Who knows?"}).Want(201).Thing()
	posts := c.Do("GET", fmt.Sprintf("/threads/%d/posts", th.ID), nil).Want(200).Things()
	return fmt.Sprint(p.ID), fmt.Sprint(th.ID), fmt.Sprint(posts[0].ID)
}
