package web_test

import (
	"fmt"
	"regexp"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// A practice is one, in whatever language: each of its pages and cards counts all reports of its use that
// the reader may see, also those that stayed at what was merged into it, as the pages list them.
func TestReportsCountForThePracticeInEveryLanguage(t *testing.T) {
	w := newWorld(t)
	p, other := w.published(t, ana, "Counted in three languages"), w.published(t, somchai, "Said twice")
	es := w.translated(t, somchai, p, "Contada en tres idiomas", "es")
	fr := w.translated(t, somchai, p, "Comptée en trois langues", "fr")
	luis := "luis@demo.example"
	w.told(t, luis, p, "result", "worked", "country", "CO", "year", "2024")
	w.send(t, sending{who: luis, path: fmt.Sprintf("/p/%d/adopt", es.ID), values: values("once", "es", "result", "failed", "country", "PE", "note", "Told in Spanish."), status: 303})
	if n := w.count(t, `select count(*) from adoptions where practice_id = $1`, p.ID); n != 2 {
		t.Errorf("%d reports are with the original, want both", n)
	}
	w.change(t, `update adoptions set practice_id = $2 where practice_id = $1 and country = 'PE'`, p.ID, fr.ID) // as they were kept before
	w.told(t, luis, other, "result", "mixed", "country", "CO", "year", "2024")                                  // stays where it is
	w.merged(t, other, p, "merge", 303)
	want := portal.AdoptionCounts{Tried: 3, Worked: 1, Mixed: 1, Failed: 1, Countries: 2}
	for _, q := range []portal.Practice{p, es, fr} {
		at := fmt.Sprintf("/p/%d", q.ID)
		if got := w.practiceAt(t, luis, at).Adoptions; got != want {
			t.Errorf("practice %d counts %+v, want %+v", q.ID, got, want)
		}
		if to := w.get(t, ana, at+"?original=1").Header().Get("Location"); to != "" {
			at = to
		}
		if n := len(regexp.MustCompile(`id="report-\d+"`).FindAllString(w.page(t, ana, at), -1)); n != want.Tried {
			t.Errorf("practice %d lists %d reports, want %d", q.ID, n, want.Tried)
		}
	}
	for _, q := range []string{"en", "es"} {
		of, err := w.f.Practices.List(ctx, w.who(t, luis), postgres.PracticeFilter{Language: q, Page: portal.Page{Limit: 1}})
		must(t, err)
		if of[0].Adoptions != want {
			t.Errorf("the card in %q counts %+v", q, of[0].Adoptions)
		}
	}
	w.change(t, `update practices set handling = 'red', named = '{}' where id = $1`, fr.ID) // whose report is for fewer
	want.Tried, want.Failed, want.Countries = 2, 0, 1
	if got := w.practiceAt(t, luis, fmt.Sprintf("/p/%d", p.ID)).Adoptions; got != want {
		t.Errorf("who does not see a translation counts %+v, want %+v", got, want)
	}
}
