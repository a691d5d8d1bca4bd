package web

import (
	"context"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

// translations tells in which other languages a practice can be read, and in which of them words are
// older than in their original, where that is among them.
func (w *Web) translations(ctx context.Context, p portal.Practice, same []portal.Practice) (also []translation, err error) {
	var translated []int64
	for _, s := range same {
		if s.TranslationOf != 0 && (s.TranslationOf == p.ID || slices.ContainsFunc(same, func(o portal.Practice) bool { return o.ID == s.TranslationOf })) {
			translated = append(translated, s.ID)
		}
	}
	stale, err := w.f.Practices.StaleAmong(ctx, translated)
	if err != nil {
		return nil, err
	}
	for _, s := range same {
		t := translationOf(s)
		if s.ID == p.TranslationOf {
			t.Path += asWritten
		}
		t.Older = slices.Contains(stale, s.ID)
		also = append(also, t)
	}
	return also, nil
}

// living follows a practice to the one that it was merged into, as far as the viewer sees it.
func (w *Web) living(ctx context.Context, who portal.Identity, p portal.Practice) (portal.Practice, error) {
	for p.Status == portal.Archived {
		into, err := w.f.Moderation.MergedInto(ctx, who, p.ID)
		if err != nil || into == 0 {
			return p, err
		}
		if p, err = w.f.Practices.Get(ctx, who, into); err != nil {
			return p, err
		}
	}
	return p, nil
}

// asWritten asks for a practice in the language in which it was written, whatever the reader's.
const asWritten = "?original=1"

// inHerLanguage is where a member reads a practice in her own language, when it was written in
// another and somebody has translated it; "" where she reads it as it is. Its authors and moderators
// come to work on it, and whoever asks for the original gets it. A visitor is offered her language
// and not sent there: her browser has only guessed it.
func (d *practiceData) inHerLanguage(c echo.Context, who portal.Identity) string {
	if !who.SignedIn() || d.TranslationOf != 0 || c.QueryParams().Has("original") || c.QueryParams().Has("done") ||
		who.Wrote(d.Audience) || who.ModeratorOf(d.WorkspaceID) {
		return ""
	}
	return d.Yours.Path
}

func translationOf(p portal.Practice) translation {
	return translation{Path: practicePath(p.ID, p.Title), Lang: p.Language, Name: i18n.LanguageName(language.Make(p.Language))}
}

// translationIn is translationOf with the language named in the reader's own.
func (w *Web) translationIn(v *page.View, p portal.Practice) translation {
	t := translationOf(p)
	t.Name = v.L.Language(p.Language)
	return t
}

// original tells of a translation what it is one of and what is stale in it; and of a practice in
// another language than the reader's, where it stands in hers.
// It returns the original, where the reader may see it; else what is read itself.
func (w *Web) original(ctx context.Context, v *page.View, d *practiceData, same []portal.Practice) (portal.Practice, error) {
	if !sameLanguage(d.Language, v.Lang()) {
		for _, s := range same { // whom its own moderators have let in
			if sameLanguage(s.Language, v.Lang()) && s.Status == portal.Published && s.WorkspaceID == d.WorkspaceID {
				d.Yours = w.translationIn(v, s)
			}
		}
	}
	original, stale, err := w.f.Practices.Original(ctx, v.Who, d.Practice)
	if portal.KindOf(err) == portal.NotFound {
		return d.Practice, nil
	}
	if err == nil { // a translation into a language that the other had already stays with the merged one
		original, err = w.living(ctx, v.Who, original)
	}
	if err != nil {
		return d.Practice, err
	}
	d.Original = w.translationIn(v, original)
	if d.Yours.Path == d.Original.Path {
		d.Yours = translation{} // said once is enough
	}
	d.Original.Path += asWritten
	for _, part := range stale {
		d.Stale = append(d.Stale, w.partName(v.L, part))
	}
	return original, nil
}

func sameLanguage(a, b string) bool {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return a == b
}

// partName names a part of a practice's text: the title, the summary, a section by its key.
func (w *Web) partName(l *i18n.Localizer, part string) string {
	if part == "title" || part == "summary" {
		return l.T("write." + part)
	}
	if text, fact := factTexts[part]; fact {
		return l.T(text)
	}
	return w.f.Vocabulary.Name("sections", part, l.Lang())
}

// translating reads what a translation is one of, for the editor. It is of a practice that the
// writer may see, or it is written as any other practice.
func (w *Web) translating(c echo.Context, f *form.State, d *editorData) error {
	p := d.Practice
	if p.ID == 0 {
		p.TranslationOf = f.ID(middleware.Locale(c), "translation_of")
	}
	if p.TranslationOf == 0 {
		return nil
	}
	original, err := w.f.Practices.Get(c.Request().Context(), middleware.Who(c), p.TranslationOf)
	if portal.KindOf(err) == portal.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	d.Source = original
	if p.ID != 0 {
		_, d.Stale, err = w.f.Practices.Original(c.Request().Context(), middleware.Who(c), p)
	}
	return err
}

// besideOriginal puts each part of the original beside the part that says it in another language.
// What the original has nothing of is still there to be written.
func besideOriginal(d *editorData) {
	for i, part := range d.Parts {
		key := strings.TrimPrefix(part.Field, "sections.")
		d.Parts[i].Original, d.Parts[i].Stale = d.Source.Sections[key], slices.Contains(d.Stale, key)
	}
}
