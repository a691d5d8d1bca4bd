package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"praxis/internal/portal"
)

// Whoever opens a thread is told whether it was asked: by a fragment while she types, by a button where no
// scripts run, and in neither case is she kept from going on.
func TestNewThreadSaysWhetherItWasAsked(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	path := fmt.Sprintf("/w/%d/new-thread", p.WorkspaceID)
	rec := w.get(t, officer, path)
	holds(t, rec.Body.String(), `<div id="similar" aria-live="polite"></div>`)
	holds(t, rec.Body.String(), `<noscript><p><button class="button plain" name="do" value="similar">`)

	rec = w.post(t, officer, "/similar", url.Values{"kind": {"thread"}, "title": {p.Title}})
	if rec.Code != http.StatusOK {
		t.Fatalf("the fragment: %d", rec.Code)
	}
	holds(t, rec.Body.String(), "Perhaps this has been asked already:")
	holds(t, rec.Body.String(), fmt.Sprintf(`<a href="/p/%d-`, p.ID))
	if rec := w.post(t, officer, "/similar", url.Values{"kind": {"thread"}, "title": {"zzzz qqqq"}}); rec.Code != http.StatusOK || rec.Body.Len() > 0 {
		t.Errorf("where nothing is like it: %d %q", rec.Code, rec.Body)
	}

	rec = w.post(t, officer, path, url.Values{"do": {"similar"}, "title": {p.Title}, "body": {"My own words"}, "handling": {"amber"}})
	if rec.Code != http.StatusOK {
		t.Fatalf("the button: %d", rec.Code)
	}
	holds(t, rec.Body.String(), fmt.Sprintf(`<a href="/p/%d-`, p.ID))
	holds(t, rec.Body.String(), "My own words")
	w.sound(t, rec, "en", "ltr")
	rec = w.post(t, officer, path, url.Values{"do": {"similar"}, "title": {"zzzz qqqq"}, "handling": {"amber"}})
	holds(t, rec.Body.String(), "Nothing like it was found.")
}

// The editor names what may be the same practice once there is a title and a summary; never the practice
// itself or its translations.
func TestEditorNamesDuplicates(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	ask := func(of int64, summary string) string {
		return w.post(t, officer, "/similar", url.Values{"kind": {"practice"}, "of": {fmt.Sprint(of)}, "title": {p.Title}, "summary": {summary}}).Body.String()
	}
	twin := fmt.Sprintf(`<a href="/p/%d-`, p.ID)
	holds(t, ask(0, p.Summary), twin)
	holds(t, ask(0, p.Summary), "Perhaps this has been written already:")
	if got := ask(0, ""); got != "" {
		t.Errorf("a title alone brings %s", got)
	}
	if got := ask(p.ID, p.Summary); strings.Contains(got, twin) {
		t.Errorf("it is told to be like itself: %s", got)
	}
	rec := w.post(t, officer, "/write", url.Values{"do": {"add"}, "title": {p.Title}, "summary": {p.Summary}})
	holds(t, rec.Body.String(), twin)
	w.sound(t, rec, "en", "ltr")
}

// A practice's page leads to published ones like it that its reader may see, at most five, to itself never.
func TestPracticeLeadsToOthersLikeIt(t *testing.T) {
	w := newWorld(t)
	var with int
	for id := int64(1); id < 40; id++ {
		p, err := w.db.Practice(ctx, portal.Viewer{}, id)
		if err != nil || p.Status != portal.Published {
			continue
		}
		body := w.get(t, visitor, fmt.Sprintf("/p/%d", id)).Header().Get("Location")
		page := w.get(t, visitor, body).Body.String()
		_, rest, found := strings.Cut(page, "<h2>Practices like this</h2>")
		if !found {
			continue
		}
		with++
		rows, _, _ := strings.Cut(rest, "</ul>")
		if n := strings.Count(rows, "<li>"); n < 1 || n > 5 {
			t.Errorf("practice %d: %d rows", id, n)
		}
		if strings.Contains(rows, fmt.Sprintf(`href="/p/%d-`, id)) {
			t.Errorf("practice %d is like itself", id)
		}
		for _, row := range strings.Split(rows, `href="/p/`)[1:] {
			var other int64
			_, _ = fmt.Sscanf(row, "%d-", &other)
			if q, err := w.db.Practice(ctx, portal.Viewer{}, other); err != nil || q.Status != portal.Published {
				t.Errorf("practice %d leads a visitor to %d: %v %s", id, other, err, q.Status)
			}
		}
	}
	if with == 0 {
		t.Error("no practice of the demonstration is like another")
	}
	t.Logf("%d pages name others", with)
}
