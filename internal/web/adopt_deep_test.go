package web_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// told makes a report by the form of a practice and gives its number.
func (w *world) told(t *testing.T, who string, p portal.Practice, pairs ...string) int64 {
	t.Helper()
	form := values(append([]string{"once", fmt.Sprint(pairs)}, pairs...)...)
	if rec := w.post(t, who, fmt.Sprintf("/p/%d/adopt", p.ID), form); rec.Code != http.StatusSeeOther {
		t.Fatalf("the report was answered %d: %s", rec.Code, summary(rec.Body.String()))
	}
	all, err := w.db.Adoptions(ctx, portal.Viewer{Officer: true}, p.ID, portal.Page{Limit: portal.MaxPage})
	must(t, err)
	return all[len(all)-1].ID
}

func (w *world) wants(t *testing.T, body string, contains, lacks []string) {
	t.Helper()
	body = html.UnescapeString(body)
	for _, s := range contains {
		if !strings.Contains(body, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
	for _, s := range lacks {
		if strings.Contains(body, s) {
			t.Errorf("the page has %q", s)
		}
	}
}

func TestReportIsToldWhole(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	path := fmt.Sprintf("/p/%d/adopt", p.ID)
	w.sendAll(t, []sending{
		{name: "month without year", who: lena, path: path, values: values("result", "failed", "country", "AT", "month", "3", "took", "Two nurses."), status: 422, links: []string{"year"}, keeps: []string{"Two nurses."}},
		{name: "address", who: lena, path: path, values: values("result", "failed", "country", "AT", "links", "javascript:alert(1)", "adapted", "By post."), status: 422, links: []string{"links"}, keeps: []string{"javascript:alert(1)", "By post."}},
		{name: "six addresses", who: lena, path: path, values: values("result", "failed", "country", "AT", "links", strings.Repeat("https://example.org/a\n", 6)), status: 422, links: []string{"links"}},
		{name: "level", who: lena, path: path, values: values("result", "failed", "country", "AT", "level", "galactic"), status: 422, links: []string{"level"}},
	})
	id := w.told(t, lena, p, "result", "failed", "country", "AT", "organization", "Hospital of Graz", "level", "local", "year", "2025", "month", "3", "note", "Nobody came.",
		"adapted", "Kits by post.", "took", "Two nurses, 4,000 euros.", "links", "https://www.example.org/report.pdf\nhttps://figures.example.org/7")
	body := w.page(t, visitor, fmt.Sprintf("/p/%d", p.ID))
	w.wants(t, body, []string{fmt.Sprintf(`id="report-%d"`, id), "March", "2025", "Hospital of Graz", "Local", "Kits by post.", "Two nurses, 4,000 euros.", `href="https://www.example.org/report.pdf"`,
		"figures.example.org", `href="/countries/AT"`}, []string{fmt.Sprintf(`action="/adoptions/%d/confirm"`, id), fmt.Sprintf(`href="/adoptions/%d"`, id)})
	// In the list a failure stands as every other report does, the latest first.
	list := w.page(t, visitor, "/adoptions")
	first := regexp.MustCompile(`id="report-(\d+)"`).FindStringSubmatch(list)
	if first == nil || first[1] != fmt.Sprint(id) {
		t.Errorf("the list begins with %v, not with report %d", first, id)
	}
	w.wants(t, w.page(t, visitor, "/adoptions?result=failed&country=AT&year=2025&sector=health"), []string{"Hospital of Graz", p.Title}, nil)
	w.wants(t, w.page(t, visitor, "/adoptions?result=worked&country=AT&year=2025"), nil, []string{"Hospital of Graz"})
	for _, lang := range []string{"es", "ar"} {
		dir := map[string]string{"es": "ltr", "ar": "rtl"}[lang]
		w.sound(t, w.get(t, visitor, "/adoptions?lang="+lang), lang, dir)
		w.sound(t, w.get(t, lena, path+"?lang="+lang), lang, dir)
	}
}

func TestReportIsConfirmedOnceByAnother(t *testing.T) {
	w := newWorld(t)
	w.settle(t)
	p := w.practiceByKey(t, "ee-thn")
	id := w.told(t, lena, p, "result", "worked", "country", "AT", "year", "2024")
	confirm, page := fmt.Sprintf("/adoptions/%d/confirm", id), fmt.Sprintf("/p/%d", p.ID)
	w.wants(t, w.page(t, lena, page), []string{fmt.Sprintf(`href="/adoptions/%d"`, id)}, []string{confirm})
	w.wants(t, w.page(t, ana, page), []string{confirm}, []string{fmt.Sprintf(`href="/adoptions/%d"`, id)})
	for _, try := range []struct {
		who    string
		status int
	}{{visitor, 401}, {lena, 403}, {ana, 303}, {karim, 409}, {ana, 409}} {
		if rec := w.post(t, try.who, confirm, values()); rec.Code != try.status {
			t.Errorf("%q confirms: %d, not %d", try.who, rec.Code, try.status)
		}
	}
	w.wants(t, w.page(t, visitor, page), []string{"confirmed by ", "Ana Molina"}, nil)
	w.settle(t)
	w.wants(t, w.page(t, lena, "/notifications"), []string{"<strong>Ana Molina</strong> confirmed your report on", p.Title}, nil)
}

func TestReportIsCorrectedAndWithdrawnByItsReporter(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	id := w.told(t, lena, p, "result", "worked", "country", "AT", "year", "2024", "note", "First words.")
	own, page := fmt.Sprintf("/adoptions/%d", id), fmt.Sprintf("/p/%d", p.ID)
	must(t, errOf(w.f.Practices.ConfirmAdoption(ctx, w.who(t, ana), id)))
	change := values("result", "failed", "country", "AT", "year", "2024", "month", "5", "note", "It came to nothing.")
	if rec := w.get(t, ana, own); rec.Code != http.StatusForbidden {
		t.Errorf("another opens the correction: %d", rec.Code)
	}
	w.sendAll(t, []sending{
		{name: "by another", who: ana, path: own, values: change, status: 403},
		{name: "withdrawn by another", who: ana, path: own + "/withdraw", values: values(), status: 403},
		{name: "wrong", who: lena, path: own, values: values("result", "failed", "country", "AT", "year", "12", "note", "It came to nothing."), status: 422, links: []string{"year"}, keeps: []string{"It came to nothing."}},
	})
	w.wants(t, w.page(t, lena, own), []string{"First words.", `value="2024"`}, nil)
	w.send(t, sending{who: lena, path: own, values: change, status: 303, to: fmt.Sprintf("/p/%d-", p.ID)})
	w.wants(t, w.page(t, visitor, page), []string{"It came to nothing.", "May"}, []string{"First words.", "confirmed by"})
	before, err := w.f.Practices.Get(ctx, portal.Identity{}, p.ID)
	must(t, err)
	w.send(t, sending{who: lena, path: own + "/withdraw", values: values(), status: 303, to: fmt.Sprintf("/p/%d-", p.ID)})
	w.wants(t, w.page(t, visitor, page), nil, []string{"It came to nothing."})
	after, err := w.f.Practices.Get(ctx, portal.Identity{}, p.ID)
	must(t, err)
	if after.Adoptions.Failed != before.Adoptions.Failed-1 || after.Adoptions.Tried != before.Adoptions.Tried-1 {
		t.Errorf("counted %+v before and %+v after", before.Adoptions, after.Adoptions)
	}
	for _, path := range []string{own, own + "/withdraw", own + "/confirm"} {
		if rec := w.post(t, lena, path, change); rec.Code != http.StatusNotFound {
			t.Errorf("%s of what is gone: %d", path, rec.Code)
		}
	}
	var kept int
	must(t, w.db.Raw().QueryRow(`select count(*) from audit where action in ('practice.adopt_correct', 'practice.adopt_withdraw')
		and detail -> 'report' ->> 'id' = $1 and detail -> 'report' ->> 'result' = 'failed'`, fmt.Sprint(id)).Scan(&kept))
	if kept != 2 {
		t.Errorf("the audit keeps %d of two changes", kept)
	}
}

func errOf[T any](_ T, err error) error { return err }

// amber finds a published practice that Ana reads and Karim does not.
func (w *world) amber(t *testing.T) portal.Practice {
	t.Helper()
	list, err := w.db.PracticesAfter(ctx, 0, 100)
	must(t, err)
	for _, p := range list {
		if p.Status == portal.Published && w.who(t, ana).CanSee(p.Audience) && !w.who(t, karim).CanSee(p.Audience) {
			return p
		}
	}
	t.Fatal("there is no practice for Ana and not for Karim")
	return portal.Practice{}
}

// What may not be seen has no reports: neither shown nor counted nor touched.
func TestReportsOnTheUnseenAreNotThere(t *testing.T) {
	w := newWorld(t)
	p := w.amber(t)
	pages := []string{"/adoptions", "/adoptions?country=NR", "/adoptions?result=failed", "/adoptions?year=1987", "/countries", "/countries/NR", "/organizations/WCO", "/library"}
	before := map[string]string{}
	for _, who := range []string{visitor, karim} {
		for _, path := range pages {
			before[who+path] = w.page(t, who, path)
		}
	}
	id := w.told(t, ana, p, "result", "failed", "country", "NR", "year", "1987", "organization", "WCO", "note", "Seen by the room alone.")
	for _, who := range []string{visitor, karim} {
		for _, path := range pages {
			if got := w.page(t, who, path); plain(got) != plain(before[who+path]) {
				t.Errorf("%s of %q tells of a report on what may not be seen", path, who)
			}
		}
	}
	for _, path := range []string{"/adoptions/%d", "/adoptions/%d/withdraw", "/adoptions/%d/confirm"} {
		if rec := w.post(t, karim, fmt.Sprintf(path, id), values("result", "worked", "country", "AT")); rec.Code != http.StatusNotFound {
			t.Errorf("Karim at %s: %d", path, rec.Code)
		}
	}
	for _, path := range []string{"/adoptions", "/adoptions?year=1987", "/countries/NR", "/organizations/WCO"} {
		w.wants(t, w.page(t, ana, path), []string{"Seen by the room alone.", p.Title}, nil)
	}
	w.wants(t, w.page(t, ana, "/adoptions"), []string{`href="/adoptions?year=1987"`}, nil)
	list, err := w.f.Practices.AllAdoptions(ctx, w.who(t, ana), postgres.AdoptionFilter{Year: 1987, Page: portal.Page{Limit: 5}})
	must(t, err)
	if len(list) != 1 || list[0].ID != id {
		t.Errorf("Ana's list has %+v", list)
	}
}

// plain is a page without what differs each time.
func plain(page string) string {
	return regexp.MustCompile(`[0-9]+ (second|minute)s? ago|value="[A-Za-z0-9_-]{20,}"|nonce="[^"]*"`).ReplaceAllString(page, "")
}

// The list of all reports is whole in pages, and near reports are from near.
func TestReportsNearAndInPages(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	for year := 1990; year < 1990+portal.MaxAdoptions; year++ {
		w.told(t, lena, p, "result", "tried", "country", "PE", "year", fmt.Sprint(year))
	}
	w.told(t, karim, p, "result", "failed", "country", "EC", "note", "Here, at home.")
	var seen []string
	for path := "/adoptions"; path != ""; {
		body := w.page(t, visitor, path)
		for _, m := range regexp.MustCompile(`id="report-(\d+)"`).FindAllStringSubmatch(body, -1) {
			seen = append(seen, m[1])
		}
		path = ""
		if m := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(body); m != nil {
			path = html.UnescapeString(m[1])
		}
	}
	counts, err := w.f.Practices.CountAdoptions(ctx, portal.Identity{}, postgres.AdoptionFilter{})
	must(t, err)
	distinct := map[string]bool{}
	for _, id := range seen {
		distinct[id] = true
	}
	if len(seen) <= portal.DefaultPage || len(seen) != counts.Total() || len(distinct) != len(seen) {
		t.Errorf("in pages there are %d reports, %d of them different, counted %d", len(seen), len(distinct), counts.Total())
	}
	near, err := w.f.Practices.NearAdoptions(ctx, w.who(t, ana)) // in Ecuador
	must(t, err)
	if len(near) != 3 || near[0].Country != "EC" || near[1].Country != "EC" && near[1].Country != "PE" {
		t.Errorf("near Ana are %+v", near)
	}
	w.wants(t, w.page(t, ana, "/"), []string{"Tried near you", "Here, at home."}, nil)
	w.wants(t, w.page(t, visitor, "/"), nil, []string{"Tried near you"})
}
