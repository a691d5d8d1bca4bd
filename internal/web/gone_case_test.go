package web_test

import (
	"fmt"
	"strings"
	"testing"

	"praxis/internal/collection"
	"praxis/internal/portal"
)

// What was decided over a thing stays readable when whoever made it has taken it away: by its case, and in her
// record.
func TestDecisionsOutliveWhatTheyWereAbout(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Reported on")
	w.change(t, `update practices set handling = 'green' where id = $1`, p.ID)
	reporter := w.who(t, lena)
	report := w.told(t, lena, p, "result", "failed", "country", "IS", "year", "2025", "note", "Nurse Huber said so.")
	file, err := w.f.Attachments.AddEvidence(ctx, reporter, report, "ward.txt", strings.NewReader("Forty kits."))
	must(t, err)
	title, room := "Where to begin", int64(1)
	list, err := w.f.Collections.Create(ctx, w.who(t, moderator), collection.Fields{Title: &title, WorkspaceID: &room, Handling: new(portal.Green)})
	must(t, err)
	things := []struct {
		target portal.Ref
		name   string
		remove func() error
	}{
		{portal.Ref{Kind: portal.KindAttachment, ID: file.ID}, "ward.txt", func() error { return w.f.Attachments.Remove(ctx, reporter, file.ID) }},
		{portal.Ref{Kind: portal.KindAdoption, ID: report}, "Reported on", func() error { return w.f.Practices.WithdrawAdoption(ctx, reporter, report) }},
		{portal.Ref{Kind: portal.KindCollection, ID: list.ID}, "Where to begin", func() error { return w.f.Collections.Delete(ctx, w.who(t, moderator), list.ID) }},
	}
	for _, thing := range things {
		at, _ := w.flagged(t, karim, thing.target, "Flagged by Karim.")
		w.send(t, sending{who: officer, path: at, values: values("action", "hide", "note", "It names a source."), status: 303})
		must(t, w.f.Moderation.Show(ctx, w.who(t, officer), thing.target))
		must(t, thing.remove())
		body := w.page(t, officer, at)
		holds(t, body, thing.name, "Flagged by Karim.", "It names a source.", "It was taken away since")
		lacks(t, body, `value="hide"`, "Show it again")
		of := fmt.Sprintf("/queue/of/%s/%d", thing.target.Kind, thing.target.ID)
		if to := w.get(t, officer, of).Header().Get("Location"); to != at {
			t.Errorf("%s leads to %q", of, to)
		}
	}
	record, err := w.db.AuthorRecord(ctx, w.who(t, officer).Viewer, reporter.MemberID)
	must(t, err)
	if record.Hidden != 2 {
		t.Errorf("the record of whoever reported is %+v", record)
	}
	if n := w.count(t, `select count(*) from cases where gone is not null`); n != 3 {
		t.Errorf("%d cases outlive what they were about", n)
	}
}
