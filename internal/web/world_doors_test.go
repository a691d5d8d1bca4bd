package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/practice"
)

// planted is a practice of a label in a state, with a word that nothing else holds.
type planted struct {
	id     int64
	word   string
	open   bool // clear, and open: for everybody
	listed bool // published besides, so in the feeds
}

// plant makes a practice of every label in every state, hidden ones too.
func (w *world) plant(t *testing.T) []planted {
	t.Helper()
	var all []planted
	for _, h := range portal.Handlings {
		for _, status := range []portal.Status{portal.Draft, portal.Submitted, portal.ChangesRequested, portal.Published, portal.Rejected, portal.Archived} {
			for _, hidden := range []bool{false, true} {
				p := planted{word: fmt.Sprintf("plantedword%d", len(all)), open: h == portal.Clear && status.Stage() == portal.StageOpen && !hidden}
				p.listed = p.open && status == portal.Published
				p.id = w.sown(t, p.word, h, status, hidden)
				all = append(all, p)
			}
		}
	}
	return all
}

func (w *world) sown(t *testing.T, word string, h portal.Handling, status portal.Status, hidden bool) int64 {
	t.Helper()
	var id int64
	must(t, w.db.Raw().QueryRow(`
		insert into practices (title, summary, status, handling, hidden_at, workspace_id, author_id, author_country, language, sectors, country, submitted_at, published_at)
		select 'Title ' || $1, 'Summary ' || $1, $2, $3, case when $4 then now() end, 1, m.id, m.country, 'en', '{health}', 'EC', now(), now()
		from members m where m.email = $5 returning id`, word, string(status), string(h), hidden, ana).Scan(&id))
	return id
}

// worldDoors are all that goes out, but what is of one practice.
func worldDoors(collection int64) []string {
	return []string{"/feeds/practices.atom", "/feeds/workspaces/1.atom", "/feeds/sectors/health.atom", fmt.Sprintf("/feeds/collections/%d.atom", collection),
		"/sitemap.xml", "/sitemap-0.xml", "/sitemap-places.xml", "/robots.txt", "/oai?verb=Identify", "/oai?verb=ListSets",
		"/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
		"/oai?verb=ListRecords&metadataPrefix=oai_dc&set=workspace-1", "/oai?verb=ListRecords&metadataPrefix=oai_dc&set=sector-health"}
}

func doorsOf(id int64) []string {
	return []string{fmt.Sprintf("/p/%d/cite.bib", id), fmt.Sprintf("/p/%d/cite.ris", id), fmt.Sprintf("/p/%d/cite.json", id),
		fmt.Sprintf("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:praxis.test:practice-%d", id)}
}

// listOfAll is a clear reading list that holds everything, as nobody could make it.
func (w *world) listOfAll(t *testing.T, all []planted) int64 {
	t.Helper()
	var id int64
	must(t, w.db.Raw().QueryRow(`insert into collections (workspace_id, title, language, handling) values (1, 'All there is', 'en', 'clear') returning id`).Scan(&id))
	for i, p := range all {
		_, err := w.db.Raw().Exec(`insert into collection_items (collection_id, practice_id, position, note) values ($1, $2, $3, 'Note ' || $4)`, id, p.id, i+1, p.word)
		must(t, err)
	}
	return id
}

// says tells whether a document holds a word whole: plantedword1 is in plantedword12.
func says(body, word string) bool {
	for rest := body; ; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		rest = rest[i+len(word):]
		if rest == "" || rest[0] < '0' || rest[0] > '9' {
			return true
		}
	}
}

// Nothing but what is clear and open leaves, whoever asks.
func TestOnlyClearGoesOut(t *testing.T) {
	w := newWorld(t)
	all := w.plant(t)
	collection := w.listOfAll(t, all)
	for _, who := range []string{visitor, ana, lena, moderator, officer} {
		for _, path := range worldDoors(collection) {
			rec := w.get(t, who, path)
			if rec.Code != http.StatusOK {
				t.Fatalf("%s %s: status %d", who, path, rec.Code)
			}
			body := rec.Body.String()
			for _, p := range all {
				number := fmt.Sprintf("praxis.test/p/%d", p.id)
				if !p.open && (says(body, p.word) || says(body, number) || says(body, fmt.Sprintf("practice-%d", p.id))) {
					t.Errorf("%s reads %s at %s", who, p.word, path)
				}
				if p.listed && strings.HasPrefix(path, "/feeds/") && !says(body, p.word) || p.open && strings.Contains(path, "ListRecords") && !says(body, p.word) {
					t.Errorf("%s does not read %s at %s", who, p.word, path)
				}
			}
		}
		for _, p := range all {
			for _, path := range doorsOf(p.id) {
				rec := w.get(t, who, path)
				if found := says(rec.Body.String(), p.word); found != p.open {
					t.Errorf("%s reads %s (open: %v) at %s: %d", who, p.word, p.open, path, rec.Code)
				}
			}
		}
	}
	page := w.get(t, visitor, fmt.Sprintf("/c/%d-all-there-is", collection)).Body.String()
	for _, p := range all {
		if says(page, p.word) != p.open {
			t.Errorf("a visitor's reading list has %s: %v", p.word, !p.open)
		}
	}
	contains(t, page, "2 practices")
}

// A practice that is clear no longer is gone at once, and harvesters learn that it went: by its number
// and nothing else.
func TestGoneForTheWorld(t *testing.T) {
	w := newWorld(t)
	id := w.sown(t, "wanderer", portal.Clear, portal.Published, false)
	collection := w.listOfAll(t, []planted{{id: id, word: "wanderer"}})
	before := map[string]string{}
	for _, path := range worldDoors(collection) {
		before[path] = w.get(t, visitor, path).Header().Get("ETag")
	}
	green := portal.Green
	_, err := w.f.Practices.Update(ctx, w.who(t, ana), id, 0, practice.Fields{Handling: &green})
	must(t, err)
	for _, path := range append(worldDoors(collection), doorsOf(id)...) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", before[path])
		rec := w.do(t, visitor, r)
		lacks(t, rec.Body.String(), "wanderer")
		if strings.HasPrefix(path, "/feeds/") && rec.Code != http.StatusOK {
			t.Errorf("%s: status %d, though it has lost one", path, rec.Code)
		}
	}
	record := w.get(t, visitor, doorsOf(id)[3]).Body.String()
	contains(t, record, `<header status="deleted"><identifier>oai:praxis.test:practice-`+fmt.Sprint(id)+`</identifier>`)
	lacks(t, record, "<metadata>", "Title")
	contains(t, w.get(t, visitor, "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&set=sector-health").Body.String(), fmt.Sprintf("practice-%d<", id))

	clear := portal.Clear
	_, err = w.f.Practices.Update(ctx, w.who(t, ana), id, 0, practice.Fields{Handling: &clear})
	must(t, err)
	contains(t, w.get(t, visitor, doorsOf(id)[3]).Body.String(), "wanderer", "<metadata>")

	_, err = w.db.Raw().Exec(`update practices set hidden_at = now() where id = $1`, id)
	must(t, err)
	contains(t, w.get(t, visitor, doorsOf(id)[3]).Body.String(), `status="deleted"`)
	if rec := w.get(t, visitor, doorsOf(id)[0]); rec.Code != http.StatusNotFound {
		t.Errorf("a hidden practice is cited: %d", rec.Code)
	}
}

// Nobody who runs the portal can have it forget what once was open.
func TestHarvestIsNotForgotten(t *testing.T) {
	w := newWorld(t)
	id := w.sown(t, "lasting", portal.Clear, portal.Published, false)
	if _, err := w.db.Raw().Exec(`delete from harvest where practice_id = $1`, id); err == nil {
		t.Error("the portal's role lets records go")
	}
	_, err := w.db.Raw().Exec(`delete from practices where id = $1`, id)
	must(t, err)
	h, err := w.db.HarvestedPractice(ctx, id)
	if err != nil || !h.Gone {
		t.Errorf("of a practice that is no more: %+v, %v", h, err)
	}
}

func TestFeedIsKeptUntilItChanges(t *testing.T) {
	w := newWorld(t)
	_, err := w.db.Raw().Exec(`update harvest set changed_at = now() - interval '1 hour'`)
	must(t, err)
	first := w.get(t, visitor, "/feeds/practices.atom")
	if kind := first.Header().Get("Content-Type"); kind != "application/atom+xml; charset=utf-8" || first.Header().Get("ETag") == "" {
		t.Fatalf("the feed's head is %v", first.Header())
	}
	ask := func(name, value string) int {
		r := httptest.NewRequest(http.MethodGet, "/feeds/practices.atom", nil)
		r.Header.Set(name, value)
		return w.do(t, visitor, r).Code
	}
	if got := ask("If-None-Match", first.Header().Get("ETag")); got != http.StatusNotModified {
		t.Errorf("by its tag: %d", got)
	}
	if got := ask("If-Modified-Since", first.Header().Get("Last-Modified")); got != http.StatusNotModified {
		t.Errorf("by its time: %d", got)
	}
	w.sown(t, "newest", portal.Clear, portal.Published, false)
	for name, value := range map[string]string{"If-None-Match": first.Header().Get("ETag"), "If-Modified-Since": time.Now().UTC().Format(http.TimeFormat)} {
		if got := ask(name, value); got != http.StatusOK {
			t.Errorf("a changed feed by %s: %d", name, got)
		}
	}
}

func TestFeedsThatAreNot(t *testing.T) {
	w := newWorld(t)
	var amber int64
	must(t, w.db.Raw().QueryRow(`insert into collections (workspace_id, title, language, handling) values (1, 'Inner', 'en', 'amber') returning id`).Scan(&amber))
	for _, path := range []string{"/feeds/workspaces/1", "/feeds/workspaces/999999.atom", "/feeds/sectors/nothing.atom", "/feeds/sectors/health",
		fmt.Sprintf("/feeds/collections/%d.atom", amber), "/feeds/collections/x.atom", "/sitemap-1.txt", "/sitemap-99.xml", "/sitemap-00.xml", "/sitemap--1.xml", "/p/x/cite.bib"} {
		for _, who := range []string{visitor, moderator} {
			if rec := w.get(t, who, path); rec.Code != http.StatusNotFound {
				t.Errorf("%s %s: status %d", who, path, rec.Code)
			}
		}
	}
}

// A title of a hostile author stays a title, in the page's JSON-LD and wherever it goes.
func TestHostileTitlesGoOut(t *testing.T) {
	w := newWorld(t)
	id := w.sown(t, "</script><script>alert(1)</script> ]]> <!-- & \"q\" }", portal.Clear, portal.Published, false)
	p, err := w.db.Practice(ctx, portal.Viewer{}, id)
	must(t, err)
	path := fmt.Sprintf("/p/%d", id)
	if to := w.get(t, visitor, path).Header().Get("Location"); to != "" {
		path = to
	}
	page := w.get(t, visitor, path).Body.String()
	_, ld, found := strings.Cut(page, `<script type="application/ld+json">`)
	if !found {
		t.Fatal("a clear practice has no JSON-LD")
	}
	ld, _, _ = strings.Cut(ld, "</script>")
	var article map[string]any
	unjson(t, ld, &article)
	if article["headline"] != p.Title || article["@type"] != "Article" {
		t.Errorf("the JSON-LD is %v", article)
	}
	for _, path := range append(worldDoors(w.listOfAll(t, []planted{{id: id, word: "x"}}))[:13], doorsOf(id)[3]) {
		body := w.get(t, visitor, path).Body.String()
		lacks(t, body, "<script>")
		if strings.HasPrefix(body, "<?xml") {
			wellFormed(t, path, body)
		}
	}
	amber := w.sown(t, "inner", portal.Green, portal.Published, false)
	lacks(t, w.get(t, ana, fmt.Sprintf("/p/%d-title-inner", amber)).Body.String(), "ld+json", "cite.bib")
}
