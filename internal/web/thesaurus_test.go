package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	reporting "praxis/internal/report"
)

// Members read the thesaurus: all of it, by any name, and one concept with its names, its place and what it
// finds. Visitors sign in first.
func TestThesaurusIsRead(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/thesaurus", "/thesaurus/fentanyl", "/ask?title=x"} {
		if rec := w.get(t, visitor, path); rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/sign-in") {
			t.Errorf("%s for a visitor: %d", path, rec.Code)
		}
	}
	w.wants(t, w.page(t, ana, "/thesaurus"), []string{"307 concepts", "/thesaurus/harm_reduction", "after=40"}, []string{"Add a concept"})
	w.wants(t, w.page(t, ana, "/thesaurus?after=40"), []string{"/thesaurus/"}, nil)
	w.wants(t, w.page(t, ana, "/thesaurus?q=фентан"), []string{"/thesaurus/fentanyl", "фентанил"}, []string{"/thesaurus/heroin"})
	w.wants(t, w.page(t, ana, "/thesaurus?q=zzzz"), []string{"No concept is called so"}, nil)
	w.wants(t, w.page(t, ana, "/thesaurus/fentanyl"), []string{"<h1", "fentanilo", "фентанил", "芬太尼", "/thesaurus/opioids", "/thesaurus/illegally_made_fentanyl", "/search?q=fentanyl", "found by it"}, []string{"/edit"})
	w.wants(t, w.page(t, moderator, "/thesaurus/methamphetamine"), []string{"/thesaurus/methamphetamine/edit", "ice", "ordinary word as well"}, nil)
	if rec := w.get(t, ana, "/thesaurus/nothing"); rec.Code != http.StatusNotFound {
		t.Errorf("what is no concept: %d", rec.Code)
	}
}

// Moderators and officers edit it, nobody else; what is wrong is said, and nothing that was typed is lost.
func TestThesaurusIsEdited(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/thesaurus/new", "/thesaurus/fentanyl/edit", "/thesaurus/fentanyl/remove"} {
		if rec := w.post(t, ana, path, url.Values{"names.en": {"hers"}}); rec.Code != http.StatusForbidden {
			t.Errorf("a member posts %s: %d", path, rec.Code)
		}
	}
	holds(t, w.page(t, moderator, "/thesaurus/new?name=pink+cocaine&language=en"), "pink cocaine")
	send := func(who, path string, status int, values url.Values) string {
		t.Helper()
		rec := w.post(t, who, path, values)
		if rec.Code != status {
			t.Fatalf("%s %v: %d", path, values, rec.Code)
		}
		if status == http.StatusSeeOther {
			to, _, _ := strings.Cut(rec.Header().Get("Location"), "?")
			return to
		}
		return rec.Body.String()
	}
	holds(t, send(moderator, "/thesaurus/new", 422, url.Values{"names.en": {""}, "note": {"kept note"}}), "kept note", "#f-names-en")
	w.wants(t, send(moderator, "/thesaurus/new", 422, url.Values{"names.en": {"dust\ndust"}, "broader": {"no such thing"}}), []string{"No concept is called “no such thing”"}, nil)
	w.wants(t, send(moderator, "/thesaurus/new", 422, url.Values{"names.en": {"dust\ndust"}}), []string{"“dust” stands here twice"}, nil)
	made := send(moderator, "/thesaurus/new", 303, url.Values{"names.en": {"wax paper stamps\n~stamps"}, "names.es": {"sellos de papel"}, "broader": {"Counterfeit pills"}, "related": {"heroína\nfentanilo"}, "note": {"Sold in the north."}})
	if made != "/thesaurus/wax_paper_stamps" {
		t.Fatalf("it is at %s", made)
	}
	body := w.page(t, ana, made)
	w.wants(t, body, []string{"wax paper stamps", "stamps", "*", "sellos de papel", "/thesaurus/heroin", "/thesaurus/fentanyl", "Sold in the north."}, nil)
	edit := w.page(t, moderator, made+"/edit")
	holds(t, edit, "~stamps")
	version := hidden(t, edit, "version")
	w.wants(t, send(moderator, made+"/edit", 422, url.Values{"names.en": {"x"}, "broader": {"wax paper stamps"}, "version": {version}}), []string{"cannot be a kind of itself"}, nil)
	send(officer, made+"/edit", 303, url.Values{"names.en": {"stamp bags"}, "version": {version}, "broader": {""}})
	holds(t, send(moderator, made+"/edit", 422, url.Values{"names.en": {"lost words"}, "version": {version}}), "in the meantime", "lost words")
	w.wants(t, w.page(t, ana, made), []string{"stamp bags", "sellos de papel"}, []string{"wax paper stamps"})
	send(moderator, made+"/remove", 303, url.Values{"version": {hidden(t, w.page(t, moderator, made+"/edit"), "version")}})
	if rec := w.get(t, ana, made); rec.Code != http.StatusNotFound {
		t.Errorf("a removed concept: %d", rec.Code)
	}
	if again := send(moderator, "/thesaurus/new", 303, url.Values{"names.en": {"wax paper stamps"}}); again != "/thesaurus/wax_paper_stamps_2" {
		t.Errorf("its name is given again at %s", again)
	}
	w.wants(t, w.page(t, officer, "/officer/audit"), []string{"removed a concept from the thesaurus", "changed a concept"}, nil)
}

// An edit by the form changes what a search finds, without a new index, and the page says what it understood.
func TestEditedConceptIsFound(t *testing.T) {
	w := newWorld(t)
	id := w.sown(t, "flumadrine", "clear", "published", false)
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.Record(ctx, postgres.Change{Action: "practice.update", Target: portal.Ref{Kind: portal.KindPractice, ID: id},
			Events: []portal.Event{{Topic: portal.PracticeTopic(id), Type: portal.PracticeChanged, PracticeID: id}}})
	}))
	w.index(t)
	lacks(t, w.page(t, ana, "/search?q=quitapenas&exact=1"), "flumadrine")
	if rec := w.post(t, moderator, "/thesaurus/new", url.Values{"names.en": {"flumadrine"}, "names.es": {"quitapenas"}}); rec.Code != http.StatusSeeOther {
		t.Fatal(rec.Code)
	}
	w.index(t)
	w.wants(t, w.page(t, ana, "/search?q=quitapenas"), []string{"Title <mark>flumadrine</mark>", "/thesaurus/flumadrine", "quitapenas</bdi>", "exact=1"}, nil)
	lacks(t, w.page(t, visitor, "/search?q=quitapenas"), "/thesaurus/")
	lacks(t, w.page(t, ana, "/search?q=quitapenas&exact=1"), "flumadrine")
}

// What was looked for in vain becomes a concept, or a question, with one press.
func TestVainSearchesLeadOn(t *testing.T) {
	w := newWorld(t)
	counter := reporting.NewEmptySearches(w.db, nil)
	w.f.Search.OnNothing(counter.Add)
	for range 20 {
		w.page(t, visitor, "/search?q=qqqzzz+vvvkkk")
	}
	counter.Flush(ctx)
	_, err := w.db.Raw().Exec(`insert into empty_searches (day, language, query, times) select day - n, language, query, times from empty_searches, generate_series(1, 9) n`)
	must(t, err)
	w.wants(t, w.page(t, officer, "/officer/reports?period=all"), []string{"/thesaurus/new?language=en&name=qqqzzz+vvvkkk", "/ask?title=qqqzzz+vvvkkk"}, nil)
	ask := w.page(t, officer, "/ask?title=qqqzzz+vvvkkk")
	w.wants(t, ask, []string{"qqqzzz vvvkkk", "/w/1/new-thread?title=qqqzzz+vvvkkk"}, nil)
	holds(t, w.page(t, ana, "/w/1/new-thread?title=qqqzzz+vvvkkk"), `value="qqqzzz vvvkkk"`)
	w.wants(t, w.page(t, ana, "/search?q=qqqzzz+vvvkkk"), []string{"/ask?title=qqqzzz"}, nil)
}

// A mistake in an old form does not make it a new one: what somebody else wrote meanwhile is not written over
// unseen. A language in which the concept has no name any more stays in the form.
func TestOldConceptFormStaysOld(t *testing.T) {
	w := newWorld(t)
	send := func(who, path string, status int, values url.Values) string {
		t.Helper()
		rec := w.post(t, who, path, values)
		if rec.Code != status {
			t.Fatalf("%s %v: %d", path, values, rec.Code)
		}
		return rec.Body.String()
	}
	send(moderator, "/thesaurus/new", http.StatusSeeOther, url.Values{"names.en": {"stamp bags"}})
	const at = "/thesaurus/stamp_bags/edit"
	version := hidden(t, w.page(t, moderator, at), "version")
	send(officer, at, http.StatusSeeOther, url.Values{"names.en": {"wax bags"}, "version": {version}})
	old := url.Values{"names.en": {"paper folds"}, "names.fa": {"کیسه"}, "broader": {"no such thing"}, "version": {version}}
	wrong := send(moderator, at, http.StatusUnprocessableEntity, old)
	holds(t, wrong, "کیسه")
	if got := hidden(t, wrong, "version"); got != version {
		t.Errorf("the form of version %s has become one of %s", version, got)
	}
	old.Set("broader", "")
	stale := send(moderator, at, http.StatusUnprocessableEntity, old)
	holds(t, stale, "in the meantime", "کیسه")
	w.wants(t, w.page(t, ana, "/thesaurus/stamp_bags"), []string{"wax bags"}, []string{"paper folds"})
	old.Set("version", hidden(t, stale, "version"))
	send(moderator, at, http.StatusSeeOther, old)
	w.wants(t, w.page(t, ana, "/thesaurus/stamp_bags"), []string{"paper folds", "کیسه"}, []string{"wax bags"})
}

// Whoever reads of a concept that finds nothing has looked for nothing in vain.
func TestConceptPageIsNoVainSearch(t *testing.T) {
	w := newWorld(t)
	var told []string
	w.f.Search.OnNothing(func(_, text string) { told = append(told, text) })
	if rec := w.post(t, moderator, "/thesaurus/new", url.Values{"names.en": {"qqqzzz"}}); rec.Code != http.StatusSeeOther {
		t.Fatal(rec.Code)
	}
	w.page(t, ana, "/thesaurus/qqqzzz")
	if len(told) > 0 {
		t.Errorf("%v is told of as looked for in vain", told)
	}
	if w.page(t, ana, "/search?q=qqqzzz"); len(told) != 1 {
		t.Errorf("a search in vain is told of as %v", told)
	}
	if rec := w.post(t, moderator, "/thesaurus/new", url.Values{"names.en": {"!!!"}}); rec.Code != http.StatusSeeOther {
		t.Fatal(rec.Code)
	}
	holds(t, w.page(t, ana, "/thesaurus/concept"), "0 things found by it")
}
