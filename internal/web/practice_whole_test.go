package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// A practice's page shows some of its reports and threads, says how many there are, and leads to all.
func TestPracticeLeadsToAllReportsAndThreads(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	page := fmt.Sprintf("/p/%d", p.ID)
	all, threads := fmt.Sprintf(`href="/adoptions?practice=%d"`, p.ID), fmt.Sprintf(`href="/p/%d/threads"`, p.ID)
	w.wants(t, w.page(t, visitor, page), nil, []string{all, threads})
	raw := func(statement string) {
		t.Helper()
		_, err := w.db.Raw().Exec(statement, p.ID)
		must(t, err)
	}
	raw(`insert into adoptions (practice_id, member_id, country, year, result, note)
		select $1, m.id, 'AT', 1990 + n % 30, 'worked', 'Report ' || n from generate_series(1, 120) n
		join lateral (select id from members order by id offset n / 30 limit 1) m on true`)
	raw(`insert into threads (workspace_id, practice_id, title, language, handling, author_id, author_country, author_organization, last_post_at)
		select p.workspace_id, p.id, 'Question ' || n, 'en', 'clear', p.author_id, 'AT', '', now() - make_interval(mins => n)
		from practices p, generate_series(1, 45) n where p.id = $1`)
	var reports, seen int
	must(t, w.db.Raw().QueryRow(`select count(*) from adoptions where practice_id = $1`, p.ID).Scan(&reports))
	must(t, w.db.Raw().QueryRow(`select count(*) from threads where practice_id = $1 and handling = 'clear'`, p.ID).Scan(&seen))
	w.wants(t, w.page(t, visitor, page), []string{all, threads, fmt.Sprintf("All %d reports", reports), fmt.Sprintf("All %d threads", seen)}, nil)

	// The list of reports is of this practice alone, says so, and can be widened again.
	list := w.page(t, visitor, fmt.Sprintf("/adoptions?practice=%d", p.ID))
	w.wants(t, list, []string{fmt.Sprintf("%d reports", reports), `class="chip on" href="/adoptions"`, p.Title}, nil)
	others := regexp.MustCompile(`href="/p/(\d+)-[^"]*#report-`).FindAllStringSubmatch(list, -1)
	for _, m := range others {
		if m[1] != fmt.Sprint(p.ID) {
			t.Errorf("a report on practice %s is in the list of %d", m[1], p.ID)
		}
	}
	if len(others) == 0 || !strings.Contains(list, fmt.Sprintf("practice=%d", p.ID)) {
		t.Errorf("%d reports stand there, and the way on leads elsewhere", len(others))
	}
	hidden := w.practiceByKey(t, "is-prevention-model")
	raw(fmt.Sprintf(`update practices set handling = case when id = %d then 'amber' else handling end where $1 > 0`, hidden.ID))
	if body := w.page(t, visitor, fmt.Sprintf("/adoptions?practice=%d", hidden.ID)); strings.Contains(body, hidden.Title) {
		t.Error("the list names a practice that a visitor may not see")
	}

	// All threads, page by page, as far as the reader may see them.
	var titles []string
	for path := page + "/threads"; path != ""; {
		body := w.page(t, visitor, path)
		for _, m := range regexp.MustCompile(`>(Question \d+)<`).FindAllStringSubmatch(body, -1) {
			titles = append(titles, m[1])
		}
		next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(body)
		if path = ""; next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	if len(titles) != 45 || titles[0] != "Question 1" || titles[44] != "Question 45" {
		t.Errorf("the pages list %d threads: %v", len(titles), titles)
	}
	for _, lang := range []string{"es", "ar"} {
		w.sound(t, w.get(t, visitor, page+"/threads?lang="+lang), lang, map[string]string{"es": "ltr", "ar": "rtl"}[lang])
	}
}
