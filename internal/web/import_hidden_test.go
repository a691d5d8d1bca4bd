package web_test

import (
	"strings"
	"testing"

	"praxis/internal/portal"
)

// An import brings no bytes that moderators have hidden on a report of the practice's use, as no upload does.
func TestImportBringsNoHiddenEvidence(t *testing.T) {
	w := newWorld(t)
	line := `{"key":"hidden-1","workspace":"1","title":"Imported with a file","language":"en","handling":"green","attachments":["b.txt"],"sections":{"results":"Ninety lived."}}` + "\n"
	words := "Nurse Huber said so."
	holds(t, w.importing(t, "import", strings.Replace(line, `"b.txt"`, "", 1), nil).Body.String(), "1 new")
	w.change(t, `update practices set status = 'published', published_at = now() where external_key = 'hidden-1'`)
	var p portal.Practice
	must(t, w.db.Raw().QueryRow(`select id from practices where external_key = 'hidden-1'`).Scan(&p.ID))
	report := w.told(t, lena, p, "result", "failed", "country", "IS", "year", "2025", "note", "Told.")
	a, err := w.f.Attachments.AddEvidence(ctx, w.who(t, lena), report, "a.txt", strings.NewReader(words))
	must(t, err)
	w.change(t, `update attachments set hidden_at = now(), hidden_by = (select id from members where email = $2) where id = $1`, a.ID, moderator)
	holds(t, w.importing(t, "import", line, zipped(t, "b.txt", words)).Body.String(), "have hidden this file")
	if n := w.count(t, `select count(*) from attachments where practice_id = $1`, p.ID); n != 1 {
		t.Errorf("%d files are there", n)
	}
	holds(t, w.importing(t, "import", line, zipped(t, "b.txt", "A nurse said so.")).Body.String(), "1 changed")
}
