package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/collection"
	"praxis/internal/portal"
)

// Nobody flags what is her own to change.
func TestNobodyFlagsHerOwn(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Reported on")
	w.change(t, `update practices set handling = 'green' where id = $1`, p.ID)
	report := w.told(t, lena, p, "result", "failed", "country", "IS", "year", "2025", "note", "It failed.")
	a, err := w.f.Attachments.AddEvidence(ctx, w.who(t, lena), report, "ward.txt", strings.NewReader("Forty kits."))
	must(t, err)
	title, room := "Where to begin", int64(1)
	k, err := w.f.Collections.Create(ctx, w.who(t, moderator), collection.Fields{Title: &title, WorkspaceID: &room, Handling: new(portal.Green)})
	must(t, err)
	for target, who := range map[portal.Ref]string{
		{Kind: portal.KindAdoption, ID: report}:                   lena,
		{Kind: portal.KindAttachment, ID: a.ID}:                   lena,
		{Kind: portal.KindMember, ID: w.who(t, lena).MemberID}:    lena,
		{Kind: portal.KindMember, ID: w.who(t, officer).MemberID}: officer,
		{Kind: portal.KindCollection, ID: k.ID}:                   moderator,
	} {
		form := values("kind", string(target.Kind), "id", fmt.Sprint(target.ID), "reason", "spam")
		if rec := w.post(t, who, "/flag", form); rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "This is your own.") {
			t.Errorf("her own %s is flagged: %d %s", target.Kind, rec.Code, summary(rec.Body.String()))
		}
		w.send(t, sending{who: karim, path: "/flag", values: form, status: 303})
	}
}

// A list is the work of all who wrote in it: none of them decides over it.
func TestWhoeverWroteInAListDoesNotDecideOverIt(t *testing.T) {
	w := newWorld(t)
	w.change(t, `update workspace_members set role = 'moderator' where workspace_id = 1 and member_id = (select id from members where email = $1)`, ana)
	title, words, room := "Where to begin", "Ask Huber.", int64(1)
	k, err := w.f.Collections.Create(ctx, w.who(t, moderator), collection.Fields{Title: &title, WorkspaceID: &room, Handling: new(portal.Green)})
	must(t, err)
	_, err = w.f.Collections.Update(ctx, w.who(t, ana), k.ID, 0, collection.Fields{Introduction: &words})
	must(t, err)
	target := portal.Ref{Kind: portal.KindCollection, ID: k.ID}
	at, of := w.flagged(t, karim, target, "Flagged by Karim.")
	for _, who := range []string{moderator, ana} {
		page := w.page(t, who, at)
		holds(t, page, "This is yours")
		lacks(t, page, "Flagged by Karim.")
		w.send(t, sending{who: who, path: at, values: values("action", "keep"), status: 403})
	}
	w.settle(t)
	var told string
	must(t, w.db.Raw().QueryRowContext(ctx, `select coalesce(string_agg(m.email, ' '), '') from notifications n join members m on m.id = n.member_id
		where n.case_id = $1 and m.email = any(array[$2, $3])`, of.ID, moderator, ana).Scan(&told))
	if told != "" {
		t.Errorf("the case is told to %s, who wrote the list", told)
	}
	if rec := w.post(t, ana, "/flag", values("kind", "collection", "id", fmt.Sprint(k.ID), "reason", "spam")); rec.Code != http.StatusForbidden {
		t.Errorf("who wrote in it flags it: %d", rec.Code)
	}
	w.send(t, sending{who: officer, path: at, values: values("action", "keep"), status: 303})
}

// An officer reads in the audit who flagged what, but not who flagged her own.
func TestAuditDoesNotNameFlaggersToTheFlagged(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Reported on")
	w.change(t, `update practices set handling = 'green' where id = $1`, p.ID)
	hers := portal.Ref{Kind: portal.KindAdoption, ID: w.told(t, officer, p, "result", "failed", "country", "IS", "year", "2025", "note", "It failed.")}
	other := portal.Ref{Kind: portal.KindAdoption, ID: w.told(t, lena, p, "result", "failed", "country", "IS", "year", "2025", "note", "It failed.")}
	me := portal.Ref{Kind: portal.KindMember, ID: w.who(t, officer).MemberID}
	for _, target := range []portal.Ref{hers, other, me} {
		w.flagged(t, karim, target, "")
	}
	rows, err := w.f.Admin.Audit(ctx, w.who(t, officer), portal.Page{Limit: portal.MaxPage})
	must(t, err)
	seen := 0
	for _, r := range rows {
		if r.Action == "flag.create" && (r.Target == hers || r.Target == other || r.Target == me) {
			seen++
			if (r.Actor != nil) != (r.Target == other) {
				t.Errorf("who flagged %v: %v", r.Target, r.Actor)
			}
		}
	}
	if seen != 3 {
		t.Errorf("the audit tells of %d flags", seen)
	}
	holds(t, w.page(t, officer, "/officer/audit"), "a member", "Karim")
}
