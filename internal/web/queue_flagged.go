package web

import (
	"context"

	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

// caseFlagged shows a flagged report, file, reading list or profile to whoever decides over it, whole.
func (w *Web) caseFlagged(ctx context.Context, v *page.View, d *caseData) error {
	switch d.Target.Kind {
	case portal.KindAdoption:
		a, err := w.f.Practices.Adoption(ctx, v.Who, d.Target.ID)
		if err != nil {
			return err
		}
		r := w.report(v.L, v.Who, a)
		r.CanConfirm, r.CanFlag, r.Hidden = false, false, false // said once, above
		whole := []report{r}
		if err := w.withFiles(ctx, v.Who, whole); err != nil {
			return err
		}
		d.Report, d.Path, d.Lang, d.Hidden = &whole[0], practicePath(a.PracticeID, a.Practice.Title)+"#report-"+decimal(a.ID), a.Practice.Language, a.Hidden
	case portal.KindAttachment:
		f, err := w.f.Attachments.Get(ctx, v.Who, d.Target.ID)
		if err != nil {
			return err
		}
		p, err := w.f.Practices.Get(ctx, v.Who, f.PracticeID)
		d.Flagged, d.Path, d.Hidden = []postgres.Attachment{f}, practicePath(p.ID, p.Title), f.Hidden
		d.Meta = append(d.Meta, p.Title)
		return err
	case portal.KindCollection:
		return w.caseCollection(ctx, v, d)
	case portal.KindMember:
		m, err := w.f.Accounts.Member(ctx, v.Who, d.Target.ID)
		if err != nil {
			return err
		}
		d.Path, d.Hidden = memberPath(m.ID), m.Hidden
		d.Text = w.markup.html(markupKey{portal.KindMember, m.ID, m.Version, "bio"}, m.Bio, markup.Options{})
		for _, words := range []string{m.Expertise, m.OrganizationText} {
			if words != "" {
				d.Words = append(d.Words, words)
			}
		}
	}
	return nil
}

func (w *Web) caseCollection(ctx context.Context, v *page.View, d *caseData) error {
	k, err := w.f.Collections.Get(ctx, v.Who, d.Target.ID)
	if err != nil {
		return err
	}
	d.Path, d.Lang, d.Hidden = collectionPath(k.ID, k.Title), k.Language, k.Hidden
	d.Text = w.markup.html(markupKey{portal.KindCollection, k.ID, k.Version, ""}, k.Introduction, markup.Options{})
	for _, item := range k.Items {
		words := item.Practice.Title
		if item.Note != "" {
			words += between + item.Note
		}
		d.Words = append(d.Words, words)
	}
	return nil
}

// passing lists the officers of whom one is chosen to read what none but those named do.
func (w *Web) passing(ctx context.Context, v *page.View, d *caseData) error {
	officers, err := w.f.Moderation.Officers(ctx, v.Who, d.Case)
	for _, o := range officers {
		d.Officers = append(d.Officers, form.Choice{Value: decimal(o.ID), Label: o.Name + between + v.L.Country(o.Country)})
	}
	return err
}
