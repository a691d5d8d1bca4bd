package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"

	"praxis/internal/config"
	"praxis/internal/storytest"
	"praxis/internal/web"
)

// maxPicture bounds a picture's height, in pixels.
const maxPicture = 4000

// longestTitle has as many characters as a title may have, and words that do not want to break.
var longestTitle = strings.Repeat("Betäubungsmittelgrundstoffüberwachungsverordnungsdurchführung ", 4)[:200]

// shot is one page to take a picture of, by one of the readers.
type shot struct {
	name, who, path string
	before          func(r *reader) // what is done on the page first
}

// Pictures of every page for people to look at: phone and desk, light and dark, English and
// Arabic. It runs where PRAXIS_SCREENS names a folder for them.
func TestScreens(t *testing.T) {
	folder := os.Getenv("PRAXIS_SCREENS")
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, nil)
	g := w.ground(t)
	shots := g.shots(t)
	for _, who := range readers {
		list := g.sights(t, who.name)
		if who.access == web.Officers {
			checkComplete(t, list)
		}
		shots = append(shots, unshot(list, who.name, who.access, shots)...)
	}
	for _, lang := range []string{"en", "ar"} {
		for _, who := range []string{"", "ana", "moderator", "officer"} {
			t.Run(lang+" "+who, func(t *testing.T) {
				r := w.reader(t, desk)
				r.expect("status of 404", "status of 422")
				if who == "" {
					r.goes("/about?lang=" + lang)
				} else {
					g.clients[who].Do("PATCH", "/me", map[string]string{"locale": lang}).Want(200)
					r.signsInBy(g.clients[who].Token)
				}
				for _, s := range shots {
					if s.who == who {
						r.pictures(s, folder, lang)
					}
				}
			})
		}
	}
	w.slowedSignIn(t, folder)
	r := w.reader(t, view{width: 1280, height: 800})
	r.signsInBy(g.clients["somchai"].Token)
	r.goes(fmt.Sprintf("/p/%d", g.tried))
	r.picture(filepath.Join(folder, "readme.png"), nil)
}

// shots are the pages and the states of them.
func (g *ground) shots(t *testing.T) []shot {
	long := g.clients["ana"].Do("POST", "/practices", merged(text, "title", longestTitle)).Want(201).Thing().ID
	edit := fmt.Sprintf("/p/%d/edit", long)
	practice := fmt.Sprintf("/p/%d", g.tried)
	list := []shot{
		{"visitor-home", "", "/", nil}, {"visitor-library", "", "/library", nil}, {"visitor-search", "", "/search?q=naloxone", nil}, {"search-empty", "", "/search?q=zzzqqqyyy", nil},
		{"visitor-practice", "", fmt.Sprintf("/p/%d", g.open(t)), nil}, {"sign-in", "", "/sign-in", nil}, {"forgot", "", "/forgot", nil}, {"about", "", "/about", nil}, {"api", "", "/api", nil},
		{"invitation", "", "/invitation/" + g.token, nil}, {"nothing", "", "/nothing", nil}, {"offline", "", "/offline", nil},
		{"home", "ana", "/", nil}, {"library", "ana", "/library", nil}, {"practice", "ana", practice, nil}, {"practice-long", "ana", fmt.Sprintf("/p/%d", long), nil}, {"versions", "ana", fmt.Sprintf("/p/%d/versions", g.practice), nil},
		{"diff", "ana", fmt.Sprintf("/p/%d/diff?from=1&to=2", g.practice), nil}, {"adopt", "ana", practice + "/adopt", nil}, {"write", "ana", "/write", nil}, {"edit-long", "ana", edit, nil},
		{"write-errors", "ana", "/write", func(r *reader) {
			r.leaves("send", func() {
				eval[any](r, "document.querySelector('.bottom [value=save], .stick [value=save]').click(), null")
			})
		}},
		{"handling", "ana", fmt.Sprintf("/p/%d/handling", long), nil}, {"search", "ana", "/search?q=naloxone", nil}, {"workspaces", "ana", "/workspaces", nil}, {"workspace", "ana", "/w/1", nil},
		{"thread", "ana", "/t/1", nil}, {"thread-300", "ana", fmt.Sprintf("/t/%d", g.longThread(t)), nil}, {"new-thread", "ana", "/w/1/new-thread", nil}, {"flag", "ana", "/flag?kind=thread&id=1", nil},
		{"directory", "ana", "/directory", nil}, {"member", "ana", "/m/2", nil}, {"notifications", "ana", "/notifications", nil},
		{"menu", "ana", "/", func(r *reader) { r.clicks(".menu summary") }},
		{"evidence", "moderator", fmt.Sprintf("/p/%d/evidence", g.practice), nil}, {"merge", "moderator", fmt.Sprintf("/p/%d/merge", g.practice), nil}, {"replies", "moderator", "/w/1/replies", nil},
		{"authors", "ana", fmt.Sprintf("/p/%d/authors", long), nil}, {"translate", "ana", fmt.Sprintf("/write?translation_of=%d", g.tried), nil}, {"import", "officer", "/officer/import", nil},
		{"adoptions", "ana", "/adoptions", nil}, {"countries", "ana", "/countries", nil}, {"country", "ana", "/countries/EC", nil}, {"organization", "ana", "/organizations/WCO", nil},
		{"collections", "ana", "/collections", nil}, {"collection", "ana", fmt.Sprintf("/c/%d", g.list), nil}, {"collection-edit", "moderator", fmt.Sprintf("/c/%d/edit", g.list), nil},
		{"queue", "moderator", "/queue", nil}, {"invite", "moderator", "/invite", nil}, {"members", "moderator", "/w/1/members", nil},
		{"officer", "officer", "/officer", nil}, {"officer-members", "officer", "/officer/members", nil}, {"officer-audit", "officer", "/officer/audit", nil}, {"officer-reports", "officer", "/officer/reports", nil}, {"officer-reports-print", "officer", "/officer/reports?print=1", nil}, {"officer-workspace", "officer", "/officer/workspaces/new", nil}, {"officer-review", "officer", "/officer/review", nil},
	}
	for i, id := range g.cases {
		list = append(list, shot{fmt.Sprintf("case-%d", i+1), "moderator", fmt.Sprintf("/queue/%d", id), nil})
	}
	for _, name := range []string{"", "language", "password", "sessions", "tokens"} {
		list = append(list, shot{"settings-" + name, "ana", "/settings/" + name, nil})
		if name == "" {
			list[len(list)-1] = shot{"settings", "ana", "/settings", nil}
		}
	}
	return list
}

// unshot are the pages that TestEveryPage opens and the shots lack, each by the first reader who may
// open it.
func unshot(list []sight, who string, access web.Access, shots []shot) (rest []shot) {
	for _, s := range list {
		first := s.only == who && who != "" || s.only == "" && routes()[s.route] == access
		if first && !slices.ContainsFunc(shots, func(have shot) bool { return have.path == s.path }) {
			rest = append(rest, shot{name: "page" + strings.NewReplacer("/", "-", "?", "-", "=", "-", "&", "-").Replace(s.path), who: who, path: s.path})
		}
	}
	return rest
}

func merged(m map[string]any, name string, value any) map[string]any {
	copied := map[string]any{name: value}
	for k, v := range m {
		if k != name {
			copied[k] = v
		}
	}
	return copied
}

// longThread makes a thread of 300 posts.
func (g *ground) longThread(t *testing.T) int64 {
	t.Helper()
	ana := g.clients["ana"]
	id := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Three hundred answers", "body": "Who counts them?"}).Want(201).Thing().ID
	for n := range 299 {
		c := []*storytest.Client{ana, g.clients["somchai"]}[n%2]
		c.Do("POST", fmt.Sprintf("/threads/%d/posts", id), map[string]any{"body": fmt.Sprintf("Answer **%d**. It is as long as answers are: two lines on a phone, one on a desk.", n+1)}).Want(201)
	}
	return id
}

// pictures takes a page in each size and theme.
func (r *reader) pictures(s shot, folder, lang string) {
	r.t.Helper()
	for _, v := range []view{phone, desk} {
		r.look(v)
		r.goes(s.path)
		if s.before != nil {
			s.before(r)
		}
		for _, theme := range []string{"light", "dark"} {
			v.dark = theme == "dark"
			r.look(v)
			r.picture(filepath.Join(folder, fmt.Sprintf("%s-%d-%s-%s.png", s.name, v.width, theme, lang)), &v)
		}
	}
}

// picture writes what the window shows, or the whole page: then the window grows as high as that,
// so that what sticks to its lower edge lies there.
func (r *reader) picture(file string, v *view) {
	r.t.Helper()
	if v != nil {
		high := *v
		high.height = min(max(eval[int64](r, "document.documentElement.scrollHeight"), v.height), maxPicture)
		r.look(high)
		defer r.look(*v)
	}
	if err := os.WriteFile(file, call(r, page.CaptureScreenshot, page.CaptureScreenshotParams{}).Data, 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// slowedSignIn takes the sign-in page that refuses for a while, on a portal that counts attempts.
func (w *world) slowedSignIn(t *testing.T, folder string) {
	t.Helper()
	strict := &world{Portal: storytest.Start(t, func(s *config.Settings) { s.RateLimits = "on" }), browser: w.browser}
	for _, lang := range []string{"en", "ar"} {
		r := strict.reader(t, phone)
		r.expect("status of 4")
		r.goes("/sign-in?lang=" + lang)
		for range 30 {
			r.types("main [name=email]", "ana@demo.example")
			r.types("main [name=password]", "not her password")
			r.follows("main form .button")
			if eval[int](r, "performance.getEntriesByType('navigation')[0].responseStatus") == 429 {
				break
			}
		}
		for _, v := range []view{phone, desk} {
			r.look(v)
			r.picture(filepath.Join(folder, fmt.Sprintf("sign-in-slowed-%d-light-%s.png", v.width, lang)), &v)
		}
	}
}

// A session that ends while a thread is read leaves the posts where they are, and says where to sign in.
func TestPostsStayWhenTheSessionEnds(t *testing.T) {
	w := newWorld(t, nil)
	r, somchai := w.reader(t, phone), w.As(t, "somchai")
	thread := somchai.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Read to its end", "body": "Words that stay."}).Want(201).Thing().ID
	r.signsInBy(somchai.Token)
	r.expect("status of 401", "WebSocket")
	r.goes(fmt.Sprintf("/t/%d", thread))
	time.Sleep(2 * time.Second) // the socket is open
	somchai.Do("DELETE", "/sessions/current", nil).Want(204)
	r.until("told that she is signed out", "document.querySelector('#live a[href^=\"/sign-in?next=\"]')")
	if posts := eval[string](r, "document.querySelector('#posts').innerText"); !strings.Contains(posts, "Words that stay.") {
		t.Errorf("the posts are %q", posts)
	}
}
