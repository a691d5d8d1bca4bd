package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// visit is one page as one reader sees it.
type visit struct {
	who, path string
	status    int
	contains  []string
	lacks     []string
}

var (
	h1        = regexp.MustCompile(`<h1[ >]`)
	inlineJS  = regexp.MustCompile(`(?i)<script(?:[^>]*)>[^<]|\son[a-z]+="|javascript:`)
	dataBlock = regexp.MustCompile(`<script type="application/ld\+json">\{[^<]*</script>`) // no script: nothing runs it
	styleAttr = regexp.MustCompile(`\sstyle="`)
	doubled   = regexp.MustCompile(` id="([^"]+)"`)
)

// sound checks what every page promises.
func (w *world) sound(t *testing.T, rec *httptest.ResponseRecorder, lang, dir string) {
	t.Helper()
	body := rec.Body.String()
	if got := len(h1.FindAllString(body, -1)); got != 1 {
		t.Errorf("%d headings of the first level, not one", got)
	}
	if !strings.Contains(body, fmt.Sprintf(`<html lang="%s" dir="%s">`, lang, dir)) {
		t.Errorf("the page is not in %s, %s", lang, dir)
	}
	body = dataBlock.ReplaceAllString(body, "")
	if inlineJS.MatchString(body) || styleAttr.MatchString(body) {
		t.Errorf("inline script or style attribute: %q %q", inlineJS.FindString(body), styleAttr.FindString(body))
	}
	seen := map[string]bool{}
	for _, m := range doubled.FindAllStringSubmatch(body, -1) {
		if seen[m[1]] {
			t.Errorf("the identifier %q stands twice", m[1])
		}
		seen[m[1]] = true
	}
	csp := rec.Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self' 'sha256-", "frame-ancestors 'none'", "base-uri 'none'",
		"require-trusted-types-for 'script'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("the policy lacks %q: %s", part, csp)
		}
	}
	for _, problem := range w.problems.take() {
		t.Errorf("a text is missing: %s", problem)
	}
}

func (w *world) practiceByKey(t *testing.T, key string) portal.Practice {
	t.Helper()
	list, err := w.db.Practices(ctx, portal.Viewer{MemberID: 1, Officer: true}, postgres.PracticeFilter{Status: "any", Page: portal.Page{Limit: portal.MaxPage}})
	must(t, err)
	for _, p := range list {
		if p.ExternalKey == key {
			return p
		}
	}
	t.Fatalf("no practice %s", key)
	return portal.Practice{}
}

// visits are the pages that each reader opens.
func visits(p portal.Practice, practice string) []visit {
	return []visit{
		{visitor, "/", 200, []string{"TLP:CLEAR", "Sign in", "152 countries"}, []string{"TLP:GREEN", "TLP:AMBER", "TLP:RED", `href="/queue"`, `href="/directory"`}},
		{ana, "/", 200, []string{"TLP:", `href="/directory"`, `data-member="`}, []string{`href="/queue"`, `href="/officer"`}},
		{moderator, "/", 200, []string{`href="/queue"`}, []string{`href="/officer"`}},
		{officer, "/", 200, []string{`href="/queue"`, `href="/officer"`}, nil},
		{visitor, "/library", 200, []string{p.Title}, []string{"TLP:GREEN", "TLP:AMBER", "TLP:RED"}},
		{ana, "/library?sector=health", 200, []string{"Salud"}, nil},
		{karim, "/library", 200, []string{"TLP:GREEN"}, []string{"TLP:AMBER"}},
		{visitor, practice, 200, []string{p.Title, "TLP:CLEAR", `class="map"`, `id="adoptions"`}, []string{`class="bottom"`}},
		{ana, practice + "?original=1", 200, []string{p.Title, `class="bottom"`}, nil},
		{visitor, fmt.Sprintf("/p/%d/versions", p.ID), 200, []string{"Version 1"}, nil},
		{visitor, fmt.Sprintf("/p/%d/versions/1", p.ID), 200, []string{p.Title}, nil},
		{visitor, fmt.Sprintf("/p/%d/diff?from=1&to=1", p.ID), 200, []string{"are the same"}, nil},
		{visitor, fmt.Sprintf("/p/%d/diff?from=1&to=99", p.ID), 404, nil, nil},
		{visitor, fmt.Sprintf("/p/%d/diff?from=x&to=1", p.ID), 404, nil, nil},
		{visitor, "/p/999999", 404, []string{"Sign in"}, nil},
		{visitor, "/workspaces", 200, []string{"Towards a More Safe and Secure World"}, nil},
		{visitor, "/search?q=naloxone", 200, []string{"<mark>", "TLP:CLEAR"}, []string{"TLP:GREEN", "TLP:AMBER"}},
		{lena, "/search?q=naloxone", 200, []string{"<mark>"}, nil},
		{visitor, "/search?q=zzzqqqyyy", 200, []string{"Nothing found"}, nil},
		{visitor, "/search", 200, nil, nil},
		{visitor, "/search?q=%ff%fe&workspace=x&from=never", 200, nil, nil},
		{ana, "/directory", 200, nil, nil},
		{ana, "/directory?country=EC", 200, []string{"Ana Molina"}, []string{"Lena Hofer"}},
		{ana, "/notifications", 200, nil, nil},
		{visitor, "/about", 200, []string{"TLP:AMBER+STRICT", "Ecuador"}, nil},
		{visitor, "/api", 200, []string{"/practices/{id}"}, nil},
		{visitor, "/offline", 200, nil, []string{"data-member"}},
		{visitor, "/nothing", 404, []string{"Sign in"}, nil},
		{ana, "/nothing", 404, []string{"Ana Molina"}, nil},
		{visitor, "/library?after=-3", 404, nil, nil},
	}
}

func TestPagesForEachReader(t *testing.T) {
	w := newWorld(t)
	w.settle(t)
	p := w.practiceByKey(t, "ee-thn")
	practice := fmt.Sprintf("/p/%d-take-home-naloxone-through-needle-exchanges-and-prisons", p.ID)
	languages := map[string][2]string{ana: {"es", "ltr"}, karim: {"ar", "rtl"}}
	for _, v := range visits(p, practice) {
		t.Run(v.who+v.path, func(t *testing.T) {
			rec := w.get(t, v.who, v.path)
			if rec.Code != v.status {
				t.Fatalf("status %d, not %d: %s", rec.Code, v.status, rec.Header().Get("Location"))
			}
			lang, ok := languages[v.who]
			if !ok {
				lang = [2]string{"en", "ltr"}
			}
			w.sound(t, rec, lang[0], lang[1])
			for _, s := range v.contains {
				if !strings.Contains(rec.Body.String(), s) {
					t.Errorf("the page lacks %q", s)
				}
			}
			for _, s := range v.lacks {
				if strings.Contains(rec.Body.String(), s) {
					t.Errorf("the page has %q", s)
				}
			}
		})
	}
}

// What a member may not see is a page like that of what does not exist: same status, same words.
func TestUnseenIsLikeAbsent(t *testing.T) {
	w := newWorld(t)
	threads, err := w.db.ThreadsAfter(ctx, 0, 100)
	must(t, err)
	practices, err := w.db.PracticesAfter(ctx, 0, 100)
	must(t, err)
	for _, email := range []string{visitor, karim, lena, ana, moderator} {
		who := w.who(t, email)
		absent := w.get(t, email, "/t/999999").Body.String()
		check := func(path, title string, a portal.Audience) {
			rec := w.get(t, email, path)
			if who.CanSee(a) {
				if rec.Code != http.StatusOK && rec.Code != http.StatusMovedPermanently {
					t.Errorf("%s reads %s: status %d", email, path, rec.Code)
				}
				return
			}
			if rec.Code != http.StatusNotFound || strings.Contains(rec.Body.String(), title) {
				t.Errorf("%s learns of %s: status %d", email, path, rec.Code)
			}
			got := strings.ReplaceAll(strings.ReplaceAll(rec.Body.String(), path, "/t/999999"), url.QueryEscape(path), url.QueryEscape("/t/999999"))
			if len(got) != len(absent) {
				t.Errorf("%s: the page of %s differs from that of nothing", email, path)
			}
		}
		for _, thread := range threads {
			check(fmt.Sprintf("/t/%d", thread.ID), thread.Title, thread.Audience)
		}
		for _, p := range practices {
			check(fmt.Sprintf("/p/%d", p.ID), p.Title, p.Audience)
		}
	}
}

func TestAddressesLeadToTheRightOne(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	right := fmt.Sprintf("/p/%d-take-home-naloxone-through-needle-exchanges-and-prisons", p.ID)
	for _, wrong := range []string{fmt.Sprintf("/p/%d", p.ID), fmt.Sprintf("/p/%d-old-words", p.ID), fmt.Sprintf("/p/%d-", p.ID)} {
		rec := w.get(t, visitor, wrong+"?x=1")
		if rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != right+"?x=1" {
			t.Errorf("%s leads to %d %s", wrong, rec.Code, rec.Header().Get("Location"))
		}
	}
	for _, path := range []string{"/directory", "/notifications", "/m/1"} {
		rec := w.get(t, visitor, path)
		if rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/sign-in?next=%2F") {
			t.Errorf("a visitor of %s: %d %s", path, rec.Code, rec.Header().Get("Location"))
		}
	}
}

// A thread opens where its reader stopped, and remembers what it has shown.
func TestThreadRemembersWhereItsReaderStopped(t *testing.T) {
	w := newWorld(t)
	threads, err := w.db.ThreadsAfter(ctx, 0, 100)
	must(t, err)
	var long portal.Thread
	for _, thread := range threads {
		if thread.Posts > long.Posts {
			long = thread
		}
	}
	if long.Posts <= 20 {
		t.Fatalf("the longest thread has %d posts: no second page", long.Posts)
	}
	member := w.who(t, moderator)
	must(t, w.f.Discussions.Watch(ctx, member, long.ID, portal.WatchAll))
	posts, err := w.db.Posts(ctx, 0, long.ID, 0, 100)
	must(t, err)
	must(t, w.db.SetRead(ctx, member.MemberID, long.ID, posts[2].ID))
	path := w.get(t, moderator, fmt.Sprintf("/t/%d", long.ID)).Header().Get("Location")
	body := w.get(t, moderator, path).Body.String()
	mark, fourth := strings.Index(body, `id="new"`), strings.Index(body, fmt.Sprintf(`id="post-%d"`, posts[3].ID))
	if mark < 0 || fourth < mark || strings.Index(body, fmt.Sprintf(`id="post-%d"`, posts[2].ID)) > mark {
		t.Errorf("the mark stands at %d, the first new post at %d", mark, fourth)
	}
	if _, reading, err := w.f.Discussions.Standing(ctx, member, long.ID); err != nil || reading.Number != 20 {
		t.Errorf("after the first page %d posts are read (%v)", reading.Number, err)
	}
	if next := w.get(t, moderator, path).Body.String(); !strings.Contains(next, fmt.Sprintf(`id="post-%d"`, posts[20].ID)) || strings.Contains(next, fmt.Sprintf(`id="post-%d"`, posts[19].ID)) {
		t.Error("the second visit does not begin with what is new")
	}
	if jump := w.get(t, moderator, fmt.Sprintf("%s?post=%d", path, posts[0].ID)).Body.String(); !strings.Contains(jump, fmt.Sprintf(`id="post-%d"`, posts[0].ID)) {
		t.Error("a permalink does not find its page")
	}
}
