package web_test

import (
	"fmt"
	"strings"
	"testing"

	"praxis/internal/collection"
	"praxis/internal/portal"
)

// kept has a thing that waits for a decision, and then is hidden, taken away in vain: it is read as it
// was, and so are its case and who flagged it. Once nothing waits, it goes.
func (w *world) kept(t *testing.T, what string, target portal.Ref, takeAway sending) {
	t.Helper()
	at, k := w.flagged(t, karim, target, "Flagged by Karim.")
	refused := func(sentence string) {
		t.Helper()
		takeAway.status = 409
		w.send(t, takeAway)
		rec := w.post(t, takeAway.who, takeAway.path, takeAway.values)
		holds(t, rec.Body.String(), sentence)
		holds(t, w.page(t, officer, at), "Flagged by Karim.")
	}
	refused("Somebody flagged this, and the moderators have not decided yet.")
	w.send(t, sending{who: officer, path: at, values: values("action", "hide", "note", "It names a source."), status: 303})
	refused("The moderators have hidden this.")
	holds(t, w.page(t, officer, at), "It names a source.")
	must(t, w.f.Moderation.Show(ctx, w.who(t, officer), target))
	takeAway.status = 303
	w.send(t, takeAway)
	if _, err := w.db.Flagged(ctx, target); portal.KindOf(err) != portal.NotFound {
		t.Errorf("%s, of which nothing waits, stays: %v (case %d)", what, err, k.ID)
	}
}

// Nobody washes away what was flagged or hidden by withdrawing, taking off or deleting it.
func TestFlaggedAndHiddenIsNotTakenAway(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Reported on")
	w.change(t, `update practices set handling = 'green' where id = $1`, p.ID)
	evidence := func(report int64, name string) portal.Ref {
		t.Helper()
		a, err := w.f.Attachments.AddEvidence(ctx, w.who(t, lena), report, name, strings.NewReader("Forty kits, nine used: "+name))
		must(t, err)
		return portal.Ref{Kind: portal.KindAttachment, ID: a.ID}
	}
	report := w.told(t, lena, p, "result", "failed", "country", "IS", "year", "2025", "note", "Nurse Huber said so.")
	file := evidence(report, "first.txt")
	w.kept(t, "a file", file, sending{who: lena, path: fmt.Sprintf("/adoptions/%d", report), values: values("result", "failed", "country", "IS", "year", "2025", "note", "Nurse Huber said so.", "do", fmt.Sprintf("detach-%d", file.ID))})
	withdraw := sending{who: lena, path: fmt.Sprintf("/adoptions/%d/withdraw", report), values: values()}
	w.kept(t, "a report", portal.Ref{Kind: portal.KindAdoption, ID: report}, withdraw)

	title, room := "Where to begin", int64(1)
	list, err := w.f.Collections.Create(ctx, w.who(t, moderator), collection.Fields{Title: &title, WorkspaceID: &room, Handling: new(portal.Green)})
	must(t, err)
	w.kept(t, "a list", portal.Ref{Kind: portal.KindCollection, ID: list.ID}, sending{who: moderator, path: fmt.Sprintf("/c/%d/remove", list.ID), values: values()})
}

// What hangs together waits together: a report does not take a flagged file with it, nor does the file of a
// flagged report go before it. A hidden report is not given anew, nor made room for by another place or year.
func TestReportsAndTheirFilesWaitTogether(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Reported on")
	w.change(t, `update practices set handling = 'green' where id = $1`, p.ID)
	who := w.who(t, lena)
	pairs := []string{"result", "failed", "country", "IS", "year", "2025", "note", "Nurse Huber said so."}
	report := w.told(t, lena, p, pairs...)
	a, err := w.f.Attachments.AddEvidence(ctx, who, report, "ward.txt", strings.NewReader("Forty kits."))
	must(t, err)
	wants := func(err error, what string) {
		t.Helper()
		if portal.KindOf(err) != portal.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
	file, of := portal.Ref{Kind: portal.KindAttachment, ID: a.ID}, portal.Ref{Kind: portal.KindAdoption, ID: report}
	at, _ := w.flagged(t, karim, file, "")
	wants(w.f.Practices.WithdrawAdoption(ctx, who, report), "a report goes with its flagged file")
	w.send(t, sending{who: officer, path: at, values: values("action", "keep"), status: 303})
	at, _ = w.flagged(t, karim, of, "")
	wants(w.f.Attachments.Remove(ctx, who, a.ID), "a file of a flagged report goes")
	w.send(t, sending{who: officer, path: at, values: values("action", "hide"), status: 303})
	wants(w.f.Attachments.Remove(ctx, who, a.ID), "a file of a hidden report goes")
	again := portal.Adoption{Country: "IS", Year: 2025, Result: "failed", Note: "Nurse Huber said so."}
	_, err = w.f.Practices.Adopt(ctx, who, p.ID, again)
	wants(err, "a hidden report is given anew")
	_, err = w.f.Practices.CorrectAdoption(ctx, who, report, func(a portal.Adoption) portal.Adoption { a.Year = 2024; return a })
	wants(err, "a hidden report makes room for another")
	_, err = w.f.Practices.CorrectAdoption(ctx, who, report, func(a portal.Adoption) portal.Adoption { a.Note = "A nurse said so."; return a })
	must(t, err)
}

// An import neither takes away what moderators have hidden or are to decide over, nor brings it once more.
func TestImportKeepsWhatIsFlaggedAndHidden(t *testing.T) {
	w := newWorld(t)
	line := func(name string) string {
		return `{"key":"kept-1","workspace":"1","title":"Imported with a file","language":"en","handling":"green","attachments":["` + name + `"],"sections":{"results":"Ninety lived."}}` + "\n"
	}
	files := func() (names []string) {
		t.Helper()
		rows, err := w.db.Raw().Query(`select a.name || ' ' || a.size from attachments a join practices p on p.id = a.practice_id where p.external_key = 'kept-1' order by a.id`)
		must(t, err)
		defer rows.Close()
		for rows.Next() {
			var name string
			must(t, rows.Scan(&name))
			names = append(names, name)
		}
		must(t, rows.Err())
		return names
	}
	run := func(name, content, says string) {
		t.Helper()
		holds(t, w.importing(t, "import", line(name), zipped(t, name, content)).Body.String(), says)
	}
	run("a.txt", "Nurse Huber said so.", "1 new")
	run("a.txt", "A nurse said so, she.", "1 changed")
	if got := files(); len(got) != 1 {
		t.Fatalf("replaced, there is %v", got)
	}
	var id int64
	must(t, w.db.Raw().QueryRow(`select a.id from attachments a join practices p on p.id = a.practice_id where p.external_key = 'kept-1'`).Scan(&id))
	w.change(t, `update practices set status = 'published', published_at = now() where external_key = 'kept-1'`)
	at, _ := w.flagged(t, karim, portal.Ref{Kind: portal.KindAttachment, ID: id}, "")
	run("a.txt", "Nobody said so.", "1 changed")
	if got := files(); len(got) != 2 {
		t.Errorf("what is flagged was replaced: %v", got)
	}
	w.send(t, sending{who: moderator, path: at, values: values("action", "hide"), status: 303})
	run("b.txt", "A nurse said so, she.", "have hidden this file")
	if got := files(); len(got) != 2 {
		t.Errorf("what is hidden came again: %v", got)
	}
}
