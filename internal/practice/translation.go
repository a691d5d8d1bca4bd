package practice

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
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
		if err := oneOfALanguage(ctx, s.db.Conn, &c, who, original, p.ID, *f.Language); err != nil {
			return err
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	text := original.PracticeText
	p.Country, p.Organization, p.Year, p.Type, p.Level = text.Country, text.Organization, text.Year, text.Type, text.Level
	p.Sectors, p.Topics, p.Substances, p.References = text.Sectors, text.Topics, text.Substances, text.References
	return nil
}

// oneOfALanguage notes where a translation's language is its original's, or has a translation already
// as far as the writer may see: of others she is not told.
func oneOfALanguage(ctx context.Context, db postgres.Conn, c *portal.Checks, who portal.Identity, original portal.Practice, id int64, language string) error {
	there, err := db.HasTranslation(ctx, who.Viewer, original.ID, id, language,
		portal.Draft, portal.Submitted, portal.ChangesRequested, portal.Published)
	c.Add(language != original.Language, "language", "error.original_language")
	c.Add(!there, "language", "error.translated_already")
	return err
}

// standsBeside holds what must be true of a translation in any hands but its author's: it is the one in
// its language, and nobody reads it who may not read its original, unless those say so whose original it
// is. It locks the original, so that of two at once the second is refused.
func standsBeside(ctx context.Context, tx *postgres.Tx, who portal.Identity, p portal.Practice) error {
	if p.TranslationOf == 0 {
		return nil
	}
	original, err := tx.LockPractice(ctx, p.TranslationOf)
	if err != nil {
		return err
	}
	var c portal.Checks
	if err := oneOfALanguage(ctx, tx.Conn, &c, who, original, p.ID, p.Language); err != nil {
		return err
	}
	c.Add(who.Can(portal.ActLabel, original.Audience) || !p.ReachesFurther(original.Audience), "handling", "error.wider_than_original")
	return c.Err()
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

// StaleAmong tells which of several practices are translations with stale parts. Whoever asks sees their
// originals.
func (s *Service) StaleAmong(ctx context.Context, translations []int64) ([]int64, error) {
	if len(translations) == 0 {
		return nil, nil
	}
	return s.db.StaleAmong(ctx, translations)
}
