package attachment_test

import (
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// reported publishes the world's practice and has another member report on it.
func (w *world) reported() (reporter portal.Identity, report int64) {
	w.Helper()
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		room, err := tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"})
		if err != nil {
			return err
		}
		if _, err = tx.JoinWorkspace(ctx, room, w.author.MemberID); err != nil {
			return err
		}
		p, err := tx.LockPractice(ctx, w.practice)
		if err != nil {
			return err
		}
		p.WorkspaceID = room
		if _, err = tx.UpdatePractice(ctx, p, postgres.Save{Editor: w.author.MemberID}); err != nil {
			return err
		}
		if err = tx.MovePractice(ctx, w.practice, portal.Published, w.author.MemberID, nil); err != nil {
			return err
		}
		reporter.MemberID, err = tx.InsertMember(ctx, portal.Member{Email: "bea@example.org", Name: "Bea", Country: "EC", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing})
		if err != nil {
			return err
		}
		report, err = tx.InsertAdoption(ctx, portal.Adoption{PracticeID: w.practice, Author: portal.Person{ID: reporter.MemberID}, Country: "EC", Result: "worked"})
		return err
	}))
	var err error
	w.author.Viewer, err = w.db.Viewer(ctx, w.author.MemberID)
	w.must(err)
	return reporter, report
}

// What a report rests on is its reporter's to give, and is read by whoever reads the report.
func TestEvidenceIsTheReporters(t *testing.T) {
	w := newWorld(t)
	reporter, report := w.reported()
	file := func(who portal.Identity, name string) (postgres.Attachment, error) {
		return w.svc.AddEvidence(ctx, who, report, name, strings.NewReader("Forty kits, nine used. "+name))
	}
	if _, err := file(w.author, "a.txt"); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("the practice's author: %v", err)
	}
	if _, err := file(portal.Identity{}, "a.txt"); portal.KindOf(err) != portal.Unauthorized {
		t.Errorf("a visitor: %v", err)
	}
	if _, err := w.svc.AddEvidence(ctx, reporter, report+1000, "a.txt", strings.NewReader("x")); portal.KindOf(err) != portal.NotFound {
		t.Errorf("of no report: %v", err)
	}
	first, err := file(reporter, "a.txt")
	w.must(err)
	again, err := file(reporter, "a.txt")
	w.must(err)
	if again.ID != first.ID {
		t.Error("sent twice it stands there twice")
	}
	w.must(w.svc.Remove(ctx, w.author, w.add("own").ID)) // the practice's own files are as they were
	for _, name := range []string{"b.txt", "c.txt", "d.txt", "e.txt"} {
		_, err := file(reporter, name)
		w.must(err)
	}
	if _, err := file(reporter, "f.txt"); portal.KindOf(err) != portal.Conflict {
		t.Errorf("a sixth: %v", err)
	}
	if _, err := w.svc.BeginEvidence(ctx, reporter, report, "f.txt", 10); portal.KindOf(err) != portal.Conflict {
		t.Errorf("a sixth in pieces: %v", err)
	}
	list, err := w.svc.Evidence(ctx, portal.Identity{}, report)
	w.must(err)
	own, err := w.svc.List(ctx, portal.Identity{}, w.practice)
	w.must(err)
	if len(list) != portal.MaxEvidence || list[0].Name != "a.txt" || len(own) != 0 {
		t.Errorf("of the report %d files, of the practice %d", len(list), len(own))
	}
	if err := w.svc.Remove(ctx, w.author, first.ID); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("the practice's author takes it away: %v", err)
	}
	w.must(w.svc.Remove(ctx, reporter, first.ID))
	w.must(w.svc.In(t.TempDir()))
	u, err := w.svc.BeginEvidence(ctx, reporter, report, "g.txt", 5)
	w.must(err)
	_, became, err := w.svc.Append(ctx, reporter, u.ID, 0, strings.NewReader("words"))
	w.must(err)
	if became == nil || became.AdoptionID != report {
		t.Errorf("in pieces it became %+v", became)
	}
}

// A file of a report has the label of the practice, and is hidden with the report; with the report it goes.
func TestEvidenceIsReadAsItsReport(t *testing.T) {
	w := newWorld(t)
	reporter, report := w.reported()
	a, err := w.svc.AddEvidence(ctx, reporter, report, "a.txt", strings.NewReader("Forty kits."))
	w.must(err)
	reads := func(who portal.Identity, want bool, what string) {
		t.Helper()
		_, f, err := w.svc.Open(ctx, who, a.ID)
		if err == nil {
			f.Close()
		}
		list, listed := w.svc.Evidence(ctx, who, report)
		w.must(listed)
		if (err == nil) != want || (len(list) == 1) != want {
			t.Errorf("%s: %v, %d listed", what, err, len(list))
		}
	}
	reads(portal.Identity{}, true, "a visitor")
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.SetHidden(ctx, portal.Ref{Kind: portal.KindAdoption, ID: report}, w.author.MemberID)
	}))
	reads(portal.Identity{}, false, "a visitor, hidden")
	reads(w.author, false, "the practice's author, hidden")
	reads(reporter, true, "its reporter, hidden")
	text, err := w.db.AttachedText(ctx, []int64{w.practice}, 1000)
	w.must(err)
	if len(text) != 0 {
		t.Errorf("the index is given %v", text)
	}
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.SetHidden(ctx, portal.Ref{Kind: portal.KindAdoption, ID: report}, 0); err != nil {
			return err
		}
		p, err := tx.LockPractice(ctx, w.practice)
		if err != nil {
			return err
		}
		p.Handling = portal.Green
		_, err = tx.UpdatePractice(ctx, p, postgres.Save{Editor: p.AuthorID})
		return err
	}))
	reads(portal.Identity{}, false, "a visitor, of a green one")
	reads(w.author, true, "a member, of a green one")
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.DeleteAdoption(ctx, report) }))
	reads(reporter, false, "its reporter, withdrawn")
}

// Where two practices are merged, the files of a report go where the report goes, and come back with it.
func TestEvidenceMovesWithItsReport(t *testing.T) {
	w := newWorld(t)
	reporter, report := w.reported()
	a, err := w.svc.AddEvidence(ctx, reporter, report, "a.txt", strings.NewReader("Forty kits."))
	w.must(err)
	var into int64
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		var err error
		if into, err = tx.InsertPractice(ctx, portal.Practice{PracticeText: portal.PracticeText{Title: "The same", Language: "en"},
			Audience: portal.Audience{Handling: portal.Clear, WorkspaceID: w.author.Workspaces[0], AuthorID: w.author.MemberID}}); err != nil {
			return err
		}
		if err := tx.MovePractice(ctx, into, portal.Published, w.author.MemberID, nil); err != nil {
			return err
		}
		return tx.MergePractice(ctx, w.practice, into, w.author.MemberID)
	}))
	at := func() int64 {
		t.Helper()
		got, err := w.db.Attachment(ctx, reporter.Viewer, a.ID)
		w.must(err)
		return got.PracticeID
	}
	if at() != into {
		t.Errorf("it stayed with %d", at())
	}
	_, err = w.svc.AddEvidence(ctx, reporter, report, "b.txt", strings.NewReader("Later."))
	w.must(err)
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		_, err := tx.UnmergePractice(ctx, w.practice)
		return err
	}))
	var astray int
	w.must(w.db.Raw().QueryRow(`select count(*) from attachments a join adoptions d on d.id = a.adoption_id where d.practice_id <> a.practice_id`).Scan(&astray))
	if at() != w.practice || astray != 0 {
		t.Errorf("taken back it is with %d, and %d files are elsewhere than their report", at(), astray)
	}
}

// A report that is withdrawn while its file is begun or comes in is not there: that is no failure of ours.
func TestEvidenceOfWhatGoesMeanwhile(t *testing.T) {
	w := newWorld(t)
	reporter, report := w.reported()
	began := make(chan error, 1)
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		if _, err := tx.LockPractice(ctx, w.practice); err != nil {
			return err
		}
		if err := tx.DeleteAdoption(ctx, report); err != nil {
			return err
		}
		go func() {
			_, err := w.svc.BeginEvidence(ctx, reporter, report, "a.txt", 5)
			began <- err
		}()
		for waits := 0; waits == 0; time.Sleep(5 * time.Millisecond) {
			if err := w.db.Raw().QueryRow(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waits); err != nil {
				return err
			}
		}
		return nil
	}))
	if err := <-began; portal.KindOf(err) != portal.NotFound {
		t.Errorf("begun for what goes: %v", err)
	}
}

// Bytes that moderators have hidden on a practice are not put there again, under no other name and on no
// report; elsewhere they are as any others.
func TestHiddenBytesStayHidden(t *testing.T) {
	w := newWorld(t)
	reporter, report := w.reported()
	words := "A nurse's name."
	a, err := w.svc.AddEvidence(ctx, reporter, report, "a.txt", strings.NewReader(words))
	w.must(err)
	hide := func(by int64) {
		t.Helper()
		w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
			return tx.SetHidden(ctx, portal.Ref{Kind: portal.KindAttachment, ID: a.ID}, by)
		}))
	}
	hide(w.author.MemberID)
	again, err := w.svc.AddEvidence(ctx, reporter, report, "a.txt", strings.NewReader(words))
	if w.must(err); again.ID != a.ID || !again.Hidden {
		t.Errorf("sent twice it is %+v", again)
	}
	refused := func(err error, what string) {
		t.Helper()
		if portal.KindOf(err) != portal.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = w.svc.AddEvidence(ctx, reporter, report, "b.txt", strings.NewReader(words))
	refused(err, "under another name")
	_, err = w.svc.Add(ctx, w.author, w.practice, "a.txt", strings.NewReader(words))
	refused(err, "on the practice itself")
	w.must(w.svc.In(t.TempDir()))
	u, err := w.svc.BeginEvidence(ctx, reporter, report, "c.txt", int64(len(words)))
	w.must(err)
	_, _, err = w.svc.Append(ctx, reporter, u.ID, 0, strings.NewReader(words))
	refused(err, "in pieces")
	hide(0)
	_, err = w.svc.AddEvidence(ctx, reporter, report, "b.txt", strings.NewReader(words))
	w.must(err)
}
