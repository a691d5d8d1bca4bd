package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

// casePractice shows a practice to its reviewer: what changed, what is missing, who wrote it.
func (w *Web) casePractice(ctx context.Context, v *page.View, d *caseData) error {
	p, err := w.f.Practices.Get(ctx, v.Who, d.Target.ID)
	if err != nil {
		return err
	}
	d.Practice, d.Path, d.Lang, d.Hidden = p, practicePath(p.ID, p.Title), p.Language, p.Hidden
	if d.Open && d.Kind == "flag" {
		hers, others, err := w.f.Moderation.Translated(ctx, v.Who, p)
		if err != nil {
			return err
		}
		d.HiddenToo, d.Others = inLanguages(hers), inLanguages(others)
	}
	if d.RatedAt, err = w.ratedElsewhere(ctx, p); err != nil {
		return err
	}
	record, err := w.f.Moderation.Record(ctx, v.Who, p.AuthorID)
	if err != nil {
		return err
	}
	d.Meta = append(d.Meta, recordLine(v.L, record))
	likeness := search.LikenessOf(p)
	likeness.Limit = alikeShown
	if d.Alike, err = w.related(ctx, v, likeness, duplicateLine); err != nil {
		return err
	}
	if !p.SubmittedAt.IsZero() {
		d.Meta = append(d.Meta, v.L.T("queue.submitted", "When", v.L.Relative(p.SubmittedAt, v.Now, v.Zone)))
	}
	if d.Files, err = w.f.Attachments.List(ctx, v.Who, p.ID); err != nil {
		return err
	}
	for _, field := range p.Missing(w.f.Vocabulary) {
		d.Missing = append(d.Missing, w.needName(v.L, field))
	}
	before, asked, err := w.f.Moderation.SeenBefore(ctx, v.Who, d.Case, p.Version)
	switch {
	case portal.KindOf(err) == portal.NotFound:
	case err != nil:
		return err
	default:
		d.Since = v.L.T("queue.since_published")
		if before.Status != portal.Published {
			d.Since = v.L.T("queue.since_decision", "When", v.L.Relative(asked, v.Now, v.Zone))
		}
		d.Parts = w.diffParts(v, w.f.Practices.Compare(before.Text, p.PracticeText))
	}
	d.Facts = w.facts(v.L, p.PracticeText)
	for _, s := range w.f.Vocabulary.Sections() {
		if text := p.Sections[s.Key]; text != "" {
			d.Sections = append(d.Sections, section{Key: s.Key, Name: s.Name(v.Lang()),
				HTML: w.markup.html(markupKey{portal.KindPractice, p.ID, p.Version, s.Key}, text, markup.Options{})})
		}
	}
	return nil
}

// inLanguages leads to practices by their titles.
func inLanguages(practices []portal.Practice) (rows []translation) {
	for _, p := range practices {
		rows = append(rows, translation{Path: practicePath(p.ID, p.Title) + "?original=1", Lang: p.Language, Name: p.Title})
	}
	return rows
}

// standing tells who is at a case, until when an answer is expected, and what can be
// written to her with one press.
func (w *Web) standing(c echo.Context, v *page.View, d *caseData) error {
	if d.Claim != nil {
		if d.Mine = d.Claim.By.ID == v.Who.MemberID; !d.Mine {
			d.Holder = d.Claim.By.Name
		}
	}
	if !d.Open {
		return nil
	}
	due, promise := d.OpenedAt.Add(portal.AnswerWithin), "queue.due"
	if d.Kind == "flag" { // its author may not even know of it
		promise = "queue.due_flagged"
	}
	d.Due = v.L.T(promise, "Date", v.L.Date(due, v.Zone))
	if v.Now.After(due) {
		d.Due = v.L.N("queue.overdue", int(v.Now.Sub(due)/(24*time.Hour))+1)
	}
	if d.WorkspaceID == 0 { // replies are a workspace's
		return nil
	}
	var err error
	d.Replies, err = w.f.Moderation.SavedReplies(c.Request().Context(), v.Who, d.WorkspaceID)
	return err
}

// recordLine sums up what became of an author's submissions.
func recordLine(l *i18n.Localizer, r postgres.AuthorRecord) string {
	parts := []string{l.N("queue.record", r.Published)}
	for _, of := range []struct {
		id string
		n  int
	}{{"queue.record_returned", r.Returned}, {"queue.record_rejected", r.Rejected}, {"queue.record_hidden", r.Hidden}} {
		if of.n > 0 {
			parts = append(parts, l.N(of.id, of.n))
		}
	}
	return strings.Join(parts, between)
}

// handle does what is no decision: claiming, giving back, undoing, showing again, putting a saved
// reply into the note. done tells that it was one of them, and is answered.
func (w *Web) handle(c echo.Context, f *form.State, k portal.Case) (done bool, err error) {
	ctx, who, path := c.Request().Context(), middleware.Who(c), "/queue/"+decimal(k.ID)
	action := f.Text("action")
	if reply, ok := strings.CutPrefix(action, "reply:"); ok {
		return true, w.insertReply(c, f, k, reply)
	}
	switch action {
	case "propose":
		propose(f)
		return true, w.showCase(c, http.StatusOK, k, f)
	case "show":
		err = w.f.Moderation.Show(ctx, who, k.Target)
	case "claim":
		_, err = w.f.Moderation.Claim(ctx, who, k.ID)
	case "release":
		_, err = w.f.Moderation.Release(ctx, who, k.ID)
	case "undo":
		_, err = w.f.Moderation.Undo(ctx, who, k.ID)
	default:
		return false, nil
	}
	if err != nil {
		return true, err
	}
	return true, seeOther(c, path, "case_"+action)
}

// insertReply shows the case again with a saved reply under what was typed.
func (w *Web) insertReply(c echo.Context, f *form.State, k portal.Case, id string) error {
	replies, err := w.f.Moderation.SavedReplies(c.Request().Context(), middleware.Who(c), k.WorkspaceID)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if decimal(r.ID) == id {
			f.Set("note", strings.TrimSpace(f.Value("note")+"\n\n"+r.Body))
		}
	}
	return w.showCase(c, http.StatusOK, k, f)
}

// caseOf leads from a hidden thing to its case: who hid it, why, and how it is shown again.
func (w *Web) caseOf(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	of, err := w.f.Moderation.CaseOf(c.Request().Context(), middleware.Who(c), portal.Ref{Kind: portal.Kind(c.Param("kind")), ID: id})
	if err != nil {
		return err
	}
	return seeOther(c, "/queue/"+decimal(of), "")
}
