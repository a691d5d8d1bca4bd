package web_test

import (
	"encoding/csv"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"praxis/internal/postgres"
	reporting "praxis/internal/report"
)

var (
	tables   = regexp.MustCompile(`(?s)<table.*?</table>`)
	fewAsFew = regexp.MustCompile(`<bdi>[1-4]</bdi>`)
)

// Officers read exact counts on the page, whole sections on pages of their own, and for paper the blurred ones.
func TestReportsPage(t *testing.T) {
	w := newWorld(t)
	for _, lang := range [][2]string{{"en", "ltr"}, {"es", "ltr"}, {"ar", "rtl"}} {
		for _, path := range []string{"/officer/reports?lang=", "/officer/reports?print=1&lang=", "/officer/reports?period=all&section=adoptions&lang="} {
			rec := w.get(t, officer, path+lang[0])
			if rec.Code != http.StatusOK {
				t.Fatalf("%s: status %d", path, rec.Code)
			}
			w.sound(t, rec, lang[0], lang[1])
		}
	}
	body := w.page(t, officer, "/officer/reports?lang=en")
	for _, section := range reporting.Sections {
		holds(t, body, `<section id="`+section+`">`)
	}
	holds(t, body, "This quarter", "Towards a More Safe and Secure World", "Median wait", "The same members", `?print=1`[1:], "/officer/reports.csv?")
	if !fewAsFew.MatchString(strings.Join(tables.FindAllString(body, -1), "")) {
		t.Error("the page blurs what only exports do")
	}
	whole := w.page(t, officer, "/officer/reports?lang=en&section=adoptions")
	holds(t, whole, `<section id="adoptions">`, "Back to all reports")
	lacks(t, whole, `<section id="queue">`)
	if all, some := strings.Count(whole, "<tr>"), strings.Count(body[strings.Index(body, `id="adoptions"`):strings.Index(body, `id="countries"`)], "<tr>"); all <= some {
		t.Errorf("the whole section has %d rows, its part on the page of all %d", all, some)
	}
	paper := w.page(t, officer, "/officer/reports?lang=en&print=1")
	for _, table := range tables.FindAllString(paper, -1) {
		if found := fewAsFew.FindString(table); found != "" {
			t.Errorf("on paper stands %s", found)
		}
	}
	holds(t, paper, "<5", "Counts under 5 are written")
	lacks(t, paper, "TLP:")
	if n := len(tables.FindAllString(paper, -1)); n < 5 {
		t.Errorf("on paper are %d tables", n)
	}
}

// A section that cannot be read says so in its place; the others are there.
func TestReportsWithoutOneSection(t *testing.T) {
	w := newWorld(t)
	w.change(t, `insert into empty_searches (day, language, query, times) values (current_date, 'en', 'a', 2000000000), (current_date, 'en', 'b', 2000000000)`) // no sum has room
	body := w.page(t, officer, "/officer/reports?lang=en&period=all")
	holds(t, body, `<section id="queue">`, "Median wait", `<section id="searches">`, "could not be read right now")
	if rec := w.get(t, officer, "/officer/reports?section=searches"); rec.Code < 400 {
		t.Errorf("the section alone: status %d", rec.Code)
	}
}

// What cannot be asked for is said, and what was typed is kept; nothing is shown for it.
func TestReportsOfNoPeriod(t *testing.T) {
	w := newWorld(t)
	for query, says := range map[string]string{"from=2026-03-02&to=2026-03-01": "The last day comes before the first", "from=0000-01-01": "from 2000 to 2099",
		"to=9999-12-31": "from 2000 to 2099", "from=%00%ff&to=%3Cscript%3E": "Write the date as", "workspace=99999999999999999999": "Choose one of the known values",
		"workspace=999999": "Choose one of the known values", "period=never": "Choose one of the known values", "workspace=1%20or%201=1": "Choose one of the known values",
		"from=" + strings.Repeat("9", 20_000): "Write the date as"} {
		rec := w.get(t, officer, "/officer/reports?lang=en&"+query)
		if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), says) || strings.Contains(rec.Body.String(), "<table") {
			t.Errorf("%.60s: status %d", query, rec.Code)
		}
		if rec := w.get(t, officer, "/officer/reports.csv?section=queue&"+query); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%.60s as a file: status %d", query, rec.Code)
		}
	}
	holds(t, w.get(t, officer, "/officer/reports?from=2026-03-02&to=2026-03-01").Body.String(), `value="2026-03-02"`, `value="2026-03-01"`)
	for _, path := range []string{"/officer/reports?section=titles", "/officer/reports.csv?section=titles", "/officer/reports.csv"} {
		if rec := w.get(t, officer, path); rec.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, rec.Code)
		}
	}
	holds(t, w.page(t, officer, "/officer/reports?lang=en&from=2001-01-01&to=2001-01-02"), "Nothing in this period.", "1 January 2001")
	for _, who := range []string{moderator, ana} {
		for _, path := range []string{"/officer/reports", "/officer/reports.csv?section=queue"} {
			if rec := w.get(t, who, path); rec.Code != http.StatusForbidden {
				t.Errorf("%s reads %s: status %d", who, path, rec.Code)
			}
		}
	}
}

// Files and paper are of whole months, whatever days were asked for: the page leads to those that hold
// them, and no address gives others.
func TestReportsLeaveByWholeMonths(t *testing.T) {
	w := newWorld(t)
	body := w.page(t, officer, "/officer/reports?lang=en&from=2026-03-02&to=2026-04-30")
	holds(t, body, "2 March 2026", "1 March 2026", "from=2026-03-01&print=1&to=2026-04-30", "/officer/reports.csv?from=2026-03-01&section=queue&to=2026-04-30")
	for _, query := range []string{"from=2026-03-02&to=2026-04-30", "from=2026-03-01&to=2026-04-29", "to=2026-04-29"} {
		for _, path := range []string{"/officer/reports?print=1&", "/officer/reports.csv?section=queue&"} {
			if rec := w.get(t, officer, path+query+"&lang=en"); rec.Code != http.StatusUnprocessableEntity || strings.Contains(rec.Body.String(), "<table") || !strings.Contains(rec.Body.String(), "whole months") {
				t.Errorf("%s%s: status %d", path, query, rec.Code)
			}
		}
	}
	for _, path := range []string{"/officer/reports?print=1&", "/officer/reports.csv?section=queue&"} {
		if rec := w.get(t, officer, path+"from=2026-03-01&to=2026-04-30"); rec.Code != http.StatusOK {
			t.Errorf("%s of whole months: status %d", path, rec.Code)
		}
	}
}

// A file of each section, blurred, in the officer's language, with no title in it and no formula.
func TestReportFiles(t *testing.T) {
	w := newWorld(t)
	titles, err := w.db.PracticesAfter(ctx, 0, 1000)
	must(t, err)
	for i := range 3 {
		must(t, w.db.CountEmptySearches(ctx, []postgres.EmptySearch{{Day: time.Now().AddDate(0, 0, -i), Language: "en", Query: "=cmd|' /c calc'!a0", Times: 2}}))
	}
	for _, section := range reporting.Sections {
		rec := w.get(t, officer, "/officer/reports.csv?lang=en&period=all&section="+section)
		if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/csv") || rec.Header().Get("Cache-Control") != "private, no-store" ||
			rec.Header().Get("Content-Disposition") != fmt.Sprintf(`attachment; filename="praxis-%s-begin-now.csv"`, section) {
			t.Errorf("%s: status %d, %v", section, rec.Code, rec.Header())
		}
		text, marked := strings.CutPrefix(rec.Body.String(), "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || !marked || len(rows) < 2 || strings.Count(text, "\r\n") != strings.Count(text, "\n") {
			t.Errorf("%s cannot be read: %v, %q", section, err, text)
		}
		for _, row := range rows {
			for _, cell := range row {
				if regexp.MustCompile(`^([1-4]|[=+@\t\r-].*)$`).MatchString(cell) {
					t.Errorf("%s: the cell %q", section, cell)
				}
			}
		}
		for _, p := range titles {
			if strings.Contains(text, p.Title) {
				t.Errorf("%s names the practice %q", section, p.Title)
			}
		}
		if section == reporting.Searches {
			holds(t, text, "'=cmd|' /c calc'!a0,English,6,<5,")
		}
	}
	holds(t, w.get(t, officer, "/officer/reports.csv?lang=ar&section=queue").Body.String(), "وسيط الانتظار")
}

// The search page tells of what it did not find: its first page, in words, not narrowed.
func TestEmptySearchesFromThePage(t *testing.T) {
	w := newWorld(t)
	counter := reporting.NewEmptySearches(w.db, slog.New(slog.DiscardHandler))
	w.f.Search.OnNothing(counter.Add)
	for _, path := range []string{"/search?q=Zzzqqq+Yyyxxx", "/search?q=zzzqqq+yyyxxx&lang=en", "/search?q=naloxone", "/search?q=", "/search?q=zzzqqq+yyyxxx&country=EC", "/search?q=zzzqqq+yyyxxx&from=2026-01-01",
		"/search?q=" + strings.Repeat("zzzqqq", 2000)} {
		w.page(t, visitor, path)
	}
	w.page(t, ana, "/search?q=zzzqqq+yyyxxx&lang=es")
	counter.Flush(ctx)
	var kept string
	must(t, w.db.Raw().QueryRow(`select string_agg(concat_ws(' ', language, left(query, 13), times), ', ' order by query, language) from empty_searches`).Scan(&kept))
	if kept != "en zzzqqq yyyxxx 2, es zzzqqq yyyxxx 1, en zzzqqqzzzqqqz 1" {
		t.Errorf("kept is %s", kept)
	}
}
