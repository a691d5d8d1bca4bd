package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/portal"
)

// A report comes with the files it rests on, by the same form and without any script; they stand on it
// wherever it is read, and are taken off where it is corrected.
func TestReportComesWithItsFiles(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	path, page := fmt.Sprintf("/p/%d/adopt", p.ID), fmt.Sprintf("/p/%d", p.ID)
	w.wants(t, w.page(t, lena, path), []string{`enctype="multipart/form-data"`, `type="file" name="file"`}, nil)
	told := values("once", "a", "result", "worked", "country", "AT", "year", "2024", "note", "Forty kits.")
	rec := w.upload(t, lena, path, told, "figures.txt", "Forty kits given out, nine used.")
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", rec.Code, summary(rec.Body.String()))
	}
	again := w.upload(t, lena, path, told, "figures.txt", "Forty kits given out, nine used.") // the answer was lost
	if again.Code != http.StatusSeeOther {
		t.Errorf("sent again: status %d", again.Code)
	}
	all, err := w.db.Adoptions(ctx, portal.Viewer{Officer: true}, p.ID, portal.Page{Limit: portal.MaxPage})
	must(t, err)
	id := all[len(all)-1].ID
	link := regexp.MustCompile(`href="(/api/v1/attachments/\d+)"><bdi>figures\.txt`)
	for _, at := range []string{page, fmt.Sprintf("/adoptions?practice=%d", p.ID), "/countries/AT"} {
		if n := len(link.FindAllString(w.page(t, visitor, at), -1)); n != 1 {
			t.Errorf("%s leads to the file %d times", at, n)
		}
	}
	if body := w.page(t, visitor, page); strings.Contains(body, "<h2>Files</h2>") {
		t.Error("the report's file stands among the practice's own")
	}
	own := fmt.Sprintf("/adoptions/%d", id)
	must(t, errOf(w.f.Practices.ConfirmAdoption(ctx, w.who(t, ana), id)))
	change := values("result", "worked", "country", "AT", "year", "2024", "note", "Forty kits.")

	// One more file changes no word, so whoever confirmed the words still does.
	if rec := w.upload(t, lena, own, change, "more.txt", "Nine of nine lived."); rec.Code != http.StatusSeeOther {
		t.Errorf("one more: status %d: %s", rec.Code, summary(rec.Body.String()))
	}
	w.wants(t, w.page(t, visitor, page), []string{"more.txt", "confirmed by"}, nil)

	// What cannot be taken says so; the words are kept, and what was typed is there.
	change.Set("note", "Forty-one kits.")
	rec = w.upload(t, lena, own, change, "tool.exe", "MZ\x90\x00")
	if body := rec.Body.String(); rec.Code < 400 || !strings.Contains(body, "Forty-one kits.") || !strings.Contains(body, "Your report is saved") {
		t.Errorf("a program: status %d: %s", rec.Code, summary(body))
	}
	w.wants(t, w.page(t, visitor, page), []string{"Forty-one kits."}, nil)
	fresh := values("once", "b", "result", "failed", "country", "AT", "year", "2023", "note", "Not then.")
	rec = w.upload(t, lena, path, fresh, "tool.exe", "MZ\x90\x00")
	if body := rec.Body.String(); rec.Code < 400 || !strings.Contains(body, "Your report is saved") || !strings.Contains(body, `action="/adoptions/`) {
		t.Errorf("a program with a new one: status %d: %s", rec.Code, summary(body))
	}

	// It is taken off by a button of the same form, by its reporter alone.
	detach := regexp.MustCompile(`value="detach-(\d+)"`).FindStringSubmatch(w.page(t, lena, own))
	if detach == nil {
		t.Fatal("the form takes no file off")
	}
	change.Set("do", "detach-"+detach[1])
	if rec := w.post(t, ana, own, change); rec.Code != http.StatusForbidden {
		t.Errorf("another takes it off: status %d", rec.Code)
	}
	w.send(t, sending{who: lena, path: own, values: change, status: 303, to: own})
	w.wants(t, w.page(t, visitor, page), []string{"more.txt"}, []string{"figures.txt"})
	for _, lang := range []string{"es", "ar"} {
		w.sound(t, w.get(t, lena, own+"?lang="+lang), lang, map[string]string{"es": "ltr", "ar": "rtl"}[lang])
	}
}
