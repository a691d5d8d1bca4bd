package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/collection"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// flagging is a thing that is flagged by page, and who stands where to it.
type flagging struct {
	target         portal.Ref
	owner, decides string // whose it is, and who hides it
	at             string // the page on which it stands
	words          string // of it
	outsider       string // who reads the page, and not what is hidden
	shown          string // in the case
}

// hiddenAndBack has a thing flagged twice, hidden, taken back, hidden again and shown again.
func (w *world) hiddenAndBack(t *testing.T, f flagging, seen func() bool) {
	t.Helper()
	holds(t, w.page(t, f.outsider, f.at), f.words, fmt.Sprintf("/flag?kind=%s&id=%d", f.target.Kind, f.target.ID))
	form := values("kind", string(f.target.Kind), "id", fmt.Sprint(f.target.ID), "reason", "names_a_person", "note", "It names the source.")
	w.send(t, sending{who: f.outsider, path: "/flag", values: form, status: 303})
	w.send(t, sending{who: karim, path: "/flag", values: form, status: 303})
	k := w.caseOf(t, f.target)
	at := fmt.Sprintf("/queue/%d", k.ID)
	if len(k.Reasons) != 1 || w.caseOf(t, f.target).ID != k.ID {
		t.Errorf("two flags make %+v", k)
	}
	holds(t, w.page(t, f.decides, at), f.shown, "It names the source.", "Names a person")
	w.settle(t)
	hide := sending{who: f.decides, path: at, values: values("action", "hide", "note", "Leave the name out."), status: 303}
	w.send(t, hide)
	if seen() {
		t.Errorf("the hidden %s is seen", f.target.Kind)
	}
	lacks(t, w.page(t, f.outsider, f.at), f.words)
	w.settle(t)
	holds(t, w.page(t, f.owner, "/notifications"), "Leave the name out.")
	holds(t, w.page(t, karim, "/notifications"), "flagged")
	w.change(t, `update notifications set read_at = now()`)
	w.send(t, sending{who: f.decides, path: at, values: values("action", "undo"), status: 303})
	if !seen() {
		t.Errorf("what was hidden and taken back is not seen: %s", f.target.Kind)
	}
	lacks(t, w.page(t, f.owner, "/notifications"), "Leave the name out.")
	for _, who := range []string{f.owner, karim} {
		holds(t, w.page(t, who, "/notifications"), "was taken back")
	}
	w.send(t, hide)
	way := fmt.Sprintf("/queue/of/%s/%d", f.target.Kind, f.target.ID)
	holds(t, w.page(t, f.decides, at), "Show it again", "Leave the name out.")
	w.send(t, sending{who: f.decides, path: at, values: values("action", "show"), status: 303})
	if !seen() {
		t.Errorf("what is shown again is not seen: %s", f.target.Kind)
	}
	if rec := w.get(t, f.decides, way); rec.Code != http.StatusSeeOther {
		t.Errorf("the case of a %s is not found: status %d", f.target.Kind, rec.Code)
	}
}

func TestHiddenReportCountsNowhere(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, somchai, "Reported on")
	w.change(t, `update practices set handling = 'clear' where id = $1`, p.ID)
	id := w.told(t, lena, p, "result", "failed", "country", "IS", "year", "2025", "note", "Nurse Huber said so.", "organization", "Hospital of Graz")
	path := fmt.Sprintf("/p/%d", p.ID)
	target := portal.Ref{Kind: portal.KindAdoption, ID: id}
	v := w.who(t, ana).Viewer
	counted := func() bool {
		t.Helper()
		read, err := w.db.Practice(ctx, v, p.ID)
		must(t, err)
		all, err := w.db.AllAdoptions(ctx, v, postgres.AdoptionFilter{Country: "IS", Page: portal.Page{Limit: 100}})
		must(t, err)
		counts, err := w.db.CountAdoptions(ctx, v, postgres.AdoptionFilter{Country: "IS"}, 100)
		must(t, err)
		by, err := w.db.AdoptionsBy(ctx, v, []string{"hospital of graz"}, 10)
		must(t, err)
		n := strings.Count(w.page(t, ana, path), "Nurse Huber") + strings.Count(w.page(t, visitor, "/adoptions?country=IS"), "Nurse Huber")
		in := []bool{read.Adoptions.Failed == p.Adoptions.Failed+1, len(all) == 1, counts.Total() == 1, len(by) == 1, n == 2}
		for _, one := range in {
			if one != in[0] {
				t.Errorf("it counts here and not there: %v", in)
			}
		}
		return in[0]
	}
	w.hiddenAndBack(t, flagging{target: target, owner: lena, decides: moderator, at: path, words: "Nurse Huber", outsider: ana, shown: "Nurse Huber said so."}, counted)
	at, _ := w.flagged(t, ana, target, "")
	w.send(t, sending{who: moderator, path: at, values: values("action", "hide", "note", "Leave the name out."), status: 303})
	holds(t, w.page(t, moderator, path), "Nurse Huber", "has hidden this report", "Hidden by", "Leave the name out.")
	mine := w.page(t, lena, path)
	holds(t, mine, "Nurse Huber", "has hidden this report")
	lacks(t, mine, "Hidden by")
	if rec := w.post(t, ana, fmt.Sprintf("/adoptions/%d/confirm", id), values()); rec.Code != http.StatusNotFound {
		t.Errorf("what is hidden is confirmed: status %d", rec.Code)
	}
	if _, err := w.f.Moderation.Flag(ctx, w.who(t, ana), target, "spam", ""); portal.KindOf(err) != portal.NotFound {
		t.Errorf("what is hidden is flagged: %v", err)
	}
}

// A file that a report rests on is flagged and hidden by itself, too; with its report it is hidden anyway.
func TestHiddenEvidence(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Tried with evidence")
	w.change(t, `update practices set handling = 'green' where id = $1`, p.ID)
	report := w.told(t, lena, p, "result", "failed", "country", "AT", "note", "It failed.")
	var file int64
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		file, err = tx.InsertAttachment(ctx, postgres.Attachment{PracticeID: p.ID, AdoptionID: report, UploadedBy: w.who(t, lena).MemberID, Name: "ward.pdf", MediaType: "application/pdf", Size: 9, SHA256: make([]byte, 32)})
		return err
	}))
	path := fmt.Sprintf("/p/%d", p.ID)
	seen := func() bool { return strings.Contains(w.page(t, somchai, path), "ward.pdf") }
	for _, target := range []portal.Ref{{Kind: portal.KindAttachment, ID: file}, {Kind: portal.KindAdoption, ID: report}} {
		at, _ := w.flagged(t, somchai, target, "")
		holds(t, w.page(t, moderator, at), "ward.pdf")
		if !seen() {
			t.Errorf("the evidence is gone before the %s is hidden", target.Kind)
		}
		w.send(t, sending{who: moderator, path: at, values: values("action", "hide", "note", "A ward's name."), status: 303})
		if seen() {
			t.Errorf("the %s is hidden and its evidence read", target.Kind)
		}
		holds(t, w.page(t, moderator, path), "ward.pdf", "Hidden by", "A ward's name.")
		w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: 303})
	}
}

func TestHiddenFileIsNotFetched(t *testing.T) {
	w := newWorld(t)
	rec := w.upload(t, ana, "/write", with(whole("With a file"), "do", "attach"), "witness.pdf", "%PDF-1.4\n%%EOF\n")
	path, _, _ := strings.Cut(rec.Header().Get("Location"), "/edit")
	p := w.practiceAt(t, ana, path)
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("With a file"), "version", fmt.Sprint(p.Version), "do", "submit"), status: 303})
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", w.caseOf(t, portal.Ref{Kind: portal.KindPractice, ID: p.ID}).ID), values: values("action", "approve"), status: 303})
	w.change(t, `update practices set handling = 'green' where id = $1`, p.ID)
	w.settle(t)
	files, err := w.f.Attachments.List(ctx, w.who(t, ana), p.ID)
	must(t, err)
	target := portal.Ref{Kind: portal.KindAttachment, ID: files[0].ID}
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.SetAttachmentText(ctx, target.ID, "read", "", []int64{1}, []string{"testimony"})
	}))
	got := func() bool {
		t.Helper()
		_, f, err := w.f.Attachments.Open(ctx, w.who(t, somchai), target.ID)
		if err == nil {
			f.Close()
		}
		text, textErr := w.db.AttachedText(ctx, []int64{p.ID}, 100)
		must(t, textErr)
		pages, pagesErr := w.db.PagesWith(ctx, []int64{p.ID}, []string{"testimony"})
		must(t, pagesErr)
		if (err == nil) != (len(text) == 1) || (err == nil) != (len(pages) == 1) {
			t.Errorf("the file is fetched: %v; its text is searched: %d, %d", err, len(text), len(pages))
		}
		return err == nil
	}
	w.hiddenAndBack(t, flagging{target: target, owner: ana, decides: moderator, at: path, words: "witness.pdf", outsider: somchai, shown: "witness.pdf"}, got)
	at, _ := w.flagged(t, somchai, target, "")
	w.send(t, sending{who: moderator, path: at, values: values("action", "hide", "note", "It names a witness."), status: 303})
	holds(t, w.page(t, moderator, path), "witness.pdf", "has hidden this file", "It names a witness.")
	holds(t, w.page(t, ana, path), "witness.pdf", "has hidden this file")
}

func TestHiddenListIsItsModerators(t *testing.T) {
	w := newWorld(t)
	title, words, room, open := "Where to begin", "Ask Huber.", int64(1), portal.Clear
	w.change(t, `update workspace_members set role = 'member' where workspace_id = 1 and member_id <> $1`, w.who(t, moderator).MemberID)
	k, err := w.f.Collections.Create(ctx, w.who(t, moderator), collection.Fields{Title: &title, Introduction: &words, WorkspaceID: &room, Handling: &open})
	must(t, err)
	path := fmt.Sprintf("/c/%d-where-to-begin", k.ID)
	target := portal.Ref{Kind: portal.KindCollection, ID: k.ID}
	at := func() int {
		page, feed := w.get(t, visitor, path).Code, w.get(t, visitor, fmt.Sprintf("/feeds/collections/%d.atom", k.ID)).Code
		if page != feed {
			t.Errorf("its page answers %d, its feed %d", page, feed)
		}
		return page
	}
	w.settle(t)
	holds(t, w.page(t, ana, path), fmt.Sprintf("/flag?kind=collection&id=%d", k.ID))
	w.send(t, sending{who: ana, path: "/flag", values: values("kind", "collection", "id", fmt.Sprint(k.ID), "reason", "names_a_person"), status: 303, to: path})
	of := w.caseOf(t, target)
	queue := fmt.Sprintf("/queue/%d", of.ID)
	w.settle(t)
	var told string
	must(t, w.db.Raw().QueryRowContext(ctx, `select string_agg(m.email, ' ') from notifications n join members m on m.id = n.member_id where n.case_id = $1`, of.ID).Scan(&told))
	if told != officer { // for no other moderator is there
		t.Errorf("the case of a list of the only moderator's is told to %q", told)
	}
	holds(t, w.page(t, moderator, queue), "Ask Huber.", "This is yours")
	w.send(t, sending{who: moderator, path: queue, values: values("action", "keep"), status: 403})
	w.send(t, sending{who: officer, path: queue, values: values("action", "hide", "note", "Leave the name out."), status: 303})
	if at() != http.StatusNotFound {
		t.Errorf("a hidden list is read: %d", at())
	}
	lacks(t, w.page(t, visitor, "/collections"), title)
	w.settle(t)
	holds(t, w.page(t, moderator, "/notifications"), "reading list of yours", "Leave the name out.")
	own := w.page(t, moderator, path)
	holds(t, own, "has hidden this reading list")
	lacks(t, own, "Hidden by")
	holds(t, w.page(t, officer, path), "Hidden by", "Leave the name out.")
	holds(t, w.page(t, officer, "/collections"), title, "It is hidden.")
	w.send(t, sending{who: officer, path: queue, values: values("action", "undo"), status: 303})
	if at() != http.StatusOK {
		t.Errorf("what was taken back is not there: %d", at())
	}
}

func TestHiddenProfileKeepsItsName(t *testing.T) {
	w := newWorld(t)
	m := w.who(t, lena)
	bio, expertise := "I know who Huber is.", "Hubers"
	w.change(t, `update members set bio = $2, expertise = $3, sharing = sharing || '{"bio": true, "expertise": true}' where id = $1`, m.MemberID, bio, expertise)
	path := fmt.Sprintf("/m/%d", m.MemberID)
	shared := func() bool {
		t.Helper()
		found, err := w.f.Accounts.Directory(ctx, w.who(t, somchai), postgres.Directory{Query: "hubers", Page: portal.Page{Limit: 10}})
		must(t, err)
		body := w.page(t, somchai, path)
		holds(t, body, m.Name)
		if strings.Contains(body, bio) != (len(found) == 1) || strings.Contains(body, expertise) != (len(found) == 1) {
			t.Errorf("the profile and the directory differ: %d found", len(found))
		}
		return len(found) == 1
	}
	target := portal.Ref{Kind: portal.KindMember, ID: m.MemberID}
	w.hiddenAndBack(t, flagging{target: target, owner: lena, decides: officer, at: path, words: bio, outsider: somchai, shown: bio}, shared)
	at, k := w.flagged(t, somchai, target, "")
	if rec := w.get(t, moderator, at); rec.Code != http.StatusNotFound {
		t.Errorf("a moderator reads the case of a profile: %d", rec.Code)
	}
	lacks(t, w.page(t, officer, at), `value="escalate"`, `value="relabel"`)
	w.send(t, sending{who: officer, path: at, values: values("action", "escalate"), status: 422})
	w.send(t, sending{who: officer, path: at, values: values("action", "hide"), status: 303})
	holds(t, w.page(t, officer, path), bio, "Hidden by")
	holds(t, w.page(t, lena, path), bio, "have hidden what is written freely")
	if read, err := w.f.Moderation.Case(ctx, w.who(t, officer), k.ID); err != nil || read.WorkspaceID != 0 {
		t.Errorf("its case: %+v, %v", read, err)
	}
}

// What hangs on a thing that a member may not see she cannot flag, nor what is no thing to flag.
func TestFlagsNeedEyes(t *testing.T) {
	w := newWorld(t)
	p := w.amber(t)
	report := w.told(t, ana, p, "result", "worked", "country", "EC")
	for _, kind := range []string{"case", "workspace", "nonsense", ""} {
		w.send(t, sending{who: somchai, path: "/flag", values: values("kind", kind, "id", "1", "reason", "spam"), status: 404})
	}
	for kind, id := range map[string]int64{"adoption": report, "attachment": 1 << 40, "collection": 1 << 40, "member": 1 << 40} {
		w.send(t, sending{who: karim, path: "/flag", values: values("kind", kind, "id", fmt.Sprint(id), "reason", "spam"), status: 404})
	}
}
