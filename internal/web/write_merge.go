package web

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/practice"
	"praxis/internal/web/form"
)

// mergeEdit puts what was typed together with what was saved meanwhile, p. Where nothing clashes it
// is saved; else the form comes back with what is not in question merged, and both texts of the rest.
func (w *Web) mergeEdit(c echo.Context, f *form.State, p portal.Practice, fields practice.Fields, mine portal.PracticeText, stale error) error {
	l, ctx, who := middleware.Locale(c), c.Request().Context(), middleware.Who(c)
	base, err := w.f.Practices.Version(ctx, who, p.ID, f.ID(l, "version"))
	if portal.KindOf(err) == portal.NotFound {
		base.Text = portal.PracticeText{} // a version that never was: all that differs is in question
	} else if err != nil {
		return err
	}
	if f.Has("as_original") {
		text := p.PracticeText
		text.Title, text.Summary, text.Sections, text.Language = mine.Title, mine.Summary, mine.Sections, mine.Language
		mine = text
	}
	relabelled := fields.Handling != nil && (*fields.Handling != p.Handling || !slices.Equal(*fields.Named, p.Named))
	merged, clashes := practice.Merge(plain(base.Text), plain(mine), plain(p.PracticeText))
	if len(clashes) == 0 && !relabelled {
		whole := practice.FieldsOf(merged)
		whole.UpToDate = fields.UpToDate
		whole.Edition, whole.Why = fields.Edition, fields.Why
		if _, err = w.f.Practices.Update(ctx, who, p.ID, p.Version, whole); err == nil {
			return w.afterSave(c, f, p.ID)
		}
		if portal.KindOf(err) != portal.Stale {
			if !f.Take(l, err) {
				return err
			}
			return w.editor(c, f, p, nil)
		}
	}
	f.Take(l, stale)
	putText(f, merged)
	putLabel(f, p)                       // who reads it is chosen anew, knowing what stands there now
	f.Set("version", decimal(p.Version)) // the next save is made knowing of the other one
	var both []practice.SectionDiff
	for _, part := range w.f.Practices.Compare(p.PracticeText, mine) {
		if slices.Contains(clashes, part.Part) || slices.Contains(clashes, "sections."+part.Part) {
			both = append(both, part)
		}
	}
	return w.editor(c, f, p, both)
}

// plain is a text as it would be saved, so that what only looks different is not: lines end in one
// way, and nothing stands around them.
func plain(t portal.PracticeText) portal.PracticeText {
	for _, s := range []*string{&t.Title, &t.Summary, &t.Organization} {
		*s = strings.TrimSpace(*s)
	}
	sections := make(map[string]string, len(t.Sections))
	for key, text := range t.Sections {
		if strings.TrimSpace(text) == "" {
			text = ""
		}
		sections[key] = strings.ReplaceAll(text, "\r\n", "\n")
	}
	t.Sections = sections
	for _, list := range []*[]string{&t.Sectors, &t.Topics, &t.Substances} {
		*list = slices.Compact(slices.Sorted(slices.Values(*list)))
	}
	return t
}
