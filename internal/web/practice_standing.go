package web

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/page"
)

// standingOf reads how a published practice stands: whether it is due for review, what registries
// say of it, whether the viewer is told of new editions.
func (w *Web) standingOf(ctx context.Context, v *page.View, d *practiceData) error {
	p, who := d.Practice, v.Who
	if p.Status != portal.Published && p.Status != portal.Archived {
		return nil
	}
	if !p.ReviewDueAt.IsZero() && v.Now.After(p.ReviewDueAt) && p.Status == portal.Published {
		d.Overdue = v.L.Date(p.ReviewDueAt, v.Zone)
		d.CanVouch = who.Can(portal.ActEdit, p.Audience) || who.Can(portal.ActLabel, p.Audience)
	}
	d.CanTranslate = who.SignedIn() && p.TranslationOf == 0 && p.Status == portal.Published
	for _, id := range slices.Compact([]int64{d.ReportOn, p.ID}) { // a translation has its original's, too
		quoted, err := w.f.Moderation.Quoted(ctx, id)
		if err != nil {
			return err
		}
		d.Quoted = append(d.Quoted, quoted...)
	}
	merged, err := w.f.Moderation.MergedFrom(ctx, who, p)
	if err != nil {
		return err
	}
	for _, m := range merged {
		d.Merged = append(d.Merged, translation{Path: "/p/" + decimal(m.ID) + "/merge", Lang: m.Language, Name: m.Title})
	}
	if d.CanWatch = who.SignedIn() && !who.Wrote(p.Audience) && p.Status == portal.Published; d.CanWatch {
		d.Follow.Path = "/p/" + decimal(p.ID)
		d.Follow.Level, err = w.f.Practices.Level(ctx, who, p.ID)
	}
	return err
}

// confirmPractice notes that a practice still holds.
func (w *Web) confirmPractice(c echo.Context) error {
	p, _, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if err := w.f.Practices.Confirm(c.Request().Context(), middleware.Who(c), p.ID); err != nil {
		return err
	}
	return seeOther(c, practicePath(p.ID, p.Title), "confirmed")
}
