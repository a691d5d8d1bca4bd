package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/moderation"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Nobody decides over her own: not as a co-author without a word in it, not over a report that she wrote
// or that is on a practice of hers, nor over a file that she sent.
func TestNobodyDecidesOverHerOwn(t *testing.T) {
	w := newWorld(t)
	me := w.who(t, moderator)
	decide := func(of portal.Case, status int, action string) {
		t.Helper()
		at := fmt.Sprintf("/queue/%d", of.ID)
		w.send(t, sending{who: moderator, path: at, values: values("action", action), status: status})
		if status == http.StatusForbidden {
			holds(t, w.page(t, moderator, at), "This is yours")
			lacks(t, w.page(t, moderator, at), `value="`+action+`"`)
		}
	}
	path, k := w.submitted(t, ana, "Two wrote it")
	p := w.practiceAt(t, ana, path)
	w.change(t, `update practices set coauthors = array[$2::bigint] where id = $1`, p.ID, me.MemberID)
	decide(k, http.StatusForbidden, "approve")
	if _, err := w.f.Moderation.DecidePractice(ctx, me, p.ID, moderation.Decision{Action: "approve"}); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("a co-author approves: %v", err)
	}
	w.send(t, sending{who: officer, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})

	onHers := portal.Ref{Kind: portal.KindAdoption, ID: w.told(t, somchai, p, "result", "failed", "country", "TH", "note", "It failed.")}
	other := w.published(t, ana, "Another's")
	hers := portal.Ref{Kind: portal.KindAdoption, ID: w.told(t, moderator, other, "result", "worked", "country", "EC", "note", "It worked.")}
	free := portal.Ref{Kind: portal.KindAdoption, ID: w.told(t, somchai, other, "result", "mixed", "country", "TH", "note", "So so.")}
	for target, status := range map[portal.Ref]int{onHers: http.StatusForbidden, hers: http.StatusForbidden, free: http.StatusSeeOther} {
		_, err := w.f.Moderation.Flag(ctx, w.who(t, officer), target, "spam", "")
		must(t, err)
		decide(w.caseOf(t, target), status, "keep")
	}
	var file int64
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		file, err = tx.InsertAttachment(ctx, postgres.Attachment{PracticeID: other.ID, UploadedBy: me.MemberID, Name: "hers.pdf", MediaType: "application/pdf", Size: 9, SHA256: make([]byte, 32)})
		return err
	}))
	target := portal.Ref{Kind: portal.KindAttachment, ID: file}
	_, err := w.f.Moderation.Flag(ctx, w.who(t, officer), target, "spam", "")
	must(t, err)
	decide(w.caseOf(t, target), http.StatusForbidden, "hide")
}

// What only those named read is passed on to an officer who becomes one of them; taken back, she is none.
func TestRedIsPassedOnToAnOfficer(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "Only for those named")
	path, k := w.submitted(t, ana, "A red practice")
	p := w.practiceAt(t, ana, path)
	w.send(t, sending{who: officer, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	me, chief := w.who(t, moderator), w.who(t, officer)
	w.settle(t)
	for _, table := range []string{"threads", "practices"} {
		w.change(t, `update `+table+` set handling = 'red', named = array[$1::bigint] where id in ($2, $3)`, me.MemberID, map[string]int64{"threads": th.ID, "practices": p.ID}[table], 0)
	}
	for _, target := range []portal.Ref{{Kind: portal.KindThread, ID: th.ID}, {Kind: portal.KindPost, ID: th.LastPostID}, {Kind: portal.KindPractice, ID: p.ID}} {
		_, err := w.f.Moderation.Flag(ctx, me, target, "other", "")
		must(t, err)
		queue, err := w.f.Moderation.Queue(ctx, me, 0, portal.Page{Limit: portal.MaxPage})
		must(t, err)
		var at string
		for _, of := range queue {
			if of.Target == target {
				at = fmt.Sprintf("/queue/%d", of.ID)
			}
		}
		if rec := w.get(t, officer, at); rec.Code != http.StatusNotFound {
			t.Fatalf("an officer reads a red %s: status %d", target.Kind, rec.Code)
		}
		pass := values("action", "escalate", "note", "Too hot for me.")
		w.send(t, sending{who: moderator, path: at, values: pass, status: 422, links: []string{"officer"}, keeps: []string{"Too hot for me."}})
		for _, wrong := range []int64{me.MemberID, w.who(t, karim).MemberID, 1 << 40} {
			w.send(t, sending{who: moderator, path: at, values: with(pass, "officer", fmt.Sprint(wrong)), status: 422, links: []string{"officer"}})
		}
		pass = with(pass, "officer", fmt.Sprint(chief.MemberID))
		w.send(t, sending{who: moderator, path: at, values: pass, status: 303})
		holds(t, w.page(t, officer, at), "Too hot for me.")
		w.settle(t)
		holds(t, w.page(t, officer, "/notifications"), at)
		w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: 303})
		if rec := w.get(t, officer, at); rec.Code != http.StatusNotFound {
			t.Errorf("taken back, an officer still reads the %s: status %d", target.Kind, rec.Code)
		}
		lacks(t, w.page(t, officer, "/notifications"), at)
		w.send(t, sending{who: moderator, path: at, values: pass, status: 303})
		w.send(t, sending{who: officer, path: at, values: values("action", "keep"), status: 303})
		var detail string
		must(t, w.db.Raw().QueryRowContext(ctx, `select detail::text from audit where action = 'case.escalate' order by id desc limit 1`).Scan(&detail))
		if !strings.Contains(detail, fmt.Sprintf(`"officer": %d`, chief.MemberID)) {
			t.Errorf("the audit holds %s", detail)
		}
		w.change(t, `update threads set named = array[$1::bigint] where id = $2`, me.MemberID, th.ID) // the post needs her anew
	}
}

// An author who had read of a decision learns that it was taken back.
func TestReadNoticeIsUndone(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Published by a slip")
	at := fmt.Sprintf("/queue/%d", k.ID)
	w.settle(t)
	w.send(t, sending{who: moderator, path: at, values: values("action", "reject", "note", "Not for us."), status: 303})
	w.settle(t)
	holds(t, w.page(t, ana, "/notifications"), "Not for us.")
	w.send(t, sending{who: ana, path: "/notifications/read", values: values("up_to", "0"), status: 303})
	w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: 303})
	body := w.page(t, ana, "/notifications")
	holds(t, body, "was taken back", "Published by a slip")
	lacks(t, body, "Not for us.", "Not accepted")
	if who := w.who(t, ana); who.Unread == 0 {
		t.Error("it does not wait to be read")
	}
	var notice int64
	must(t, w.db.Raw().QueryRowContext(ctx, `select id from notifications where kind = 'undone'`).Scan(&notice))
	if d, err := w.db.DecisionToTell(ctx, notice); portal.KindOf(err) != portal.NotFound {
		t.Errorf("a mail would tell of %+v, %v", d, err)
	}
	if p := w.practiceAt(t, ana, path); p.Status != portal.Submitted {
		t.Errorf("it is %s", p.Status)
	}
}
