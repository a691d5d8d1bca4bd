package practice

import (
	"context"

	"praxis/internal/portal"
)

// translates begins a translation: the facts are its original's, one in a language is enough.
func (s *Service) translates(ctx context.Context, who portal.Identity, p *portal.Practice, f Fields) error {
	if f.TranslationOf == nil || *f.TranslationOf == 0 {
		return nil
	}
	original, err := s.db.Practice(ctx, who.Viewer, *f.TranslationOf)
	if portal.KindOf(err) == portal.NotFound {
		return nil // which the check of its place says better
	}
	if err != nil {
		return err
	}
	var c portal.Checks
	c.Add(original.TranslationOf == 0, "translation_of", "error.translation_of_translation")
	if f.Language != nil { // else it is not chosen yet
		there, err := s.db.HasTranslation(ctx, who.Viewer, original.ID, *f.Language)
		if err != nil {
			return err
		}
		c.Add(*f.Language != original.Language, "language", "error.original_language")
		c.Add(!there, "language", "error.translated_already")
	}
	if err := c.Err(); err != nil {
		return err
	}
	text := original.PracticeText
	p.Country, p.Organization, p.Year, p.Type, p.Level = text.Country, text.Organization, text.Year, text.Type, text.Level
	p.Sectors, p.Topics, p.Substances, p.References = text.Sectors, text.Topics, text.Substances, text.References
	return nil
}

// retranslates makes a draft a translation of another original, or of none. What was handed in stays
// what it was judged as: readers of its language are led to it from its original.
func (s *Service) retranslates(ctx context.Context, who portal.Identity, p *portal.Practice, f Fields) error {
	if p.Status != portal.Draft {
		return portal.Fail(portal.Conflict, "error.translation_fixed")
	}
	if f.Language == nil {
		f.Language = &p.Language
	}
	return s.translates(ctx, who, p, f)
}

// Original reads the practice of which p is a translation, and the parts of p that are stale because
// they changed there since; NotFound where p is none, or its original is not for the viewer.
func (s *Service) Original(ctx context.Context, who portal.Identity, p portal.Practice) (original portal.Practice, stale []string, err error) {
	if p.TranslationOf == 0 {
		return original, nil, portal.ErrNotFound()
	}
	if original, err = s.db.Practice(ctx, who.Viewer, p.TranslationOf); err != nil {
		return original, nil, err
	}
	stale, err = s.db.StaleParts(ctx, p.ID)
	return original, stale, err
}
