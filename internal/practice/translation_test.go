package practice_test

import (
	"errors"
	"slices"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
)

// whole fills what a practice needs to be handed in.
func whole(title, language string, room int64) practice.Fields {
	return practice.Fields{Title: new(title), Language: new(language), Summary: new("A summary."), WorkspaceID: new(room), Country: new("AT"),
		Sectors: &[]string{"health"}, Sections: map[string]string{"problem": "A.", "steps": "B.", "results": "C."}}
}

// translation is a draft by somebody, of the world's practice, in its room.
func (w *world) translation(who portal.Identity, language string, room int64) portal.Practice {
	w.Helper()
	f := whole("Tiras reactivas", language, room)
	f.TranslationOf = new(w.published)
	p, err := w.svc.Create(ctx, who, f)
	w.must(err)
	return p
}

// wrong wants a refusal of one field.
func (w *world) wrong(err error, field, message string) {
	w.Helper()
	var refused *portal.Error
	var fields []portal.FieldError
	if errors.As(err, &refused) {
		fields = refused.Fields
	}
	if !slices.ContainsFunc(fields, func(f portal.FieldError) bool { return f.Field == field && f.Message == message }) {
		w.Errorf("answered %v with %v, want %s at %s", err, fields, message, field)
	}
}

// A translation is the one in its language, also where two were begun or the language was changed later.
func TestOneTranslationOfALanguage(t *testing.T) {
	w := newWorld(t)
	first, second := w.translation(w.reader, "es", w.room), w.translation(w.author, "fr", w.room)
	_, err := w.svc.Submit(ctx, w.reader, first.ID)
	w.must(err)
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.MovePractice(ctx, first.ID, portal.Published, w.author.MemberID, nil)
	}))
	_, err = w.svc.Update(ctx, w.author, second.ID, 0, practice.Fields{Language: new("es")})
	w.must(err) // while it is hers alone
	_, err = w.svc.Submit(ctx, w.author, second.ID)
	w.wrong(err, "language", "error.translated_already")
	_, err = w.svc.Update(ctx, w.author, second.ID, 0, practice.Fields{Language: new("en")})
	w.must(err)
	_, err = w.svc.Submit(ctx, w.author, second.ID)
	w.wrong(err, "language", "error.original_language")
	_, err = w.svc.Update(ctx, w.author, second.ID, 0, practice.Fields{Language: new("fr")})
	w.must(err)
	_, err = w.svc.Submit(ctx, w.author, second.ID)
	w.must(err)
	_, err = w.svc.Update(ctx, w.author, second.ID, 0, practice.Fields{Language: new("es")})
	w.wrong(err, "language", "error.translated_already")
}

// Whoever translates does not give her words, which are another's, to more readers than that one did.
func TestTranslationsReachNoFurther(t *testing.T) {
	w := newWorld(t)
	var elsewhere int64
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		if elsewhere, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Elsewhere", Access: "open"}); err != nil {
			return err
		}
		_, err = tx.JoinWorkspace(ctx, elsewhere, w.reader.MemberID)
		return err
	}))
	var err error
	w.reader.Viewer, err = w.db.Viewer(ctx, w.reader.MemberID)
	w.must(err)
	inside := w.translation(w.reader, "es", w.room)
	for _, wider := range []practice.Fields{{Handling: new(portal.Green)}, {Handling: new(portal.Clear)}, {Handling: new(portal.Amber), WorkspaceID: &elsewhere}} {
		_, err := w.svc.Update(ctx, w.reader, inside.ID, 0, wider)
		w.must(err)
		_, err = w.svc.Submit(ctx, w.reader, inside.ID)
		w.wrong(err, "handling", "error.wider_than_original")
	}
	_, err = w.svc.Update(ctx, w.reader, inside.ID, 0, practice.Fields{Handling: new(portal.AmberStrict), WorkspaceID: &w.room})
	w.must(err)
	_, err = w.svc.Submit(ctx, w.reader, inside.ID)
	w.must(err)
	_, err = w.svc.Update(ctx, w.reader, inside.ID, 0, practice.Fields{Handling: new(portal.Green)})
	w.wrong(err, "handling", "error.wider_than_original")
	own := w.translation(w.author, "fr", w.room)
	_, err = w.svc.Update(ctx, w.author, own.ID, 0, practice.Fields{Handling: new(portal.Green)})
	w.must(err)
	_, err = w.svc.Submit(ctx, w.author, own.ID)
	w.must(err) // it is hers to say
}

// publish has a practice handed in and let in.
func (w *world) publish(who portal.Identity, id int64) {
	w.Helper()
	_, err := w.svc.Submit(ctx, who, id)
	w.must(err)
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.MovePractice(ctx, id, portal.Published, w.author.MemberID, nil)
	}))
}

// When an original is read by fewer, so are its translations, at once; a draft is its author's anyway.
func TestTranslationsFollowTheOriginalsLabel(t *testing.T) {
	w := newWorld(t)
	_, err := w.svc.Update(ctx, w.author, w.published, 0, practice.Fields{Handling: new(portal.Clear)})
	w.must(err)
	es, fr, de := w.translation(w.reader, "es", w.room), w.translation(w.reader, "fr", w.room), w.translation(w.reader, "de", w.room)
	for id, label := range map[int64]portal.Handling{es.ID: portal.Clear, fr.ID: portal.AmberStrict, de.ID: portal.Clear} {
		_, err := w.svc.Update(ctx, w.reader, id, 0, practice.Fields{Handling: new(label)})
		w.must(err)
	}
	w.publish(w.reader, es.ID)
	w.publish(w.reader, fr.ID)
	sees := func(who portal.Identity, id int64, want bool) {
		t.Helper()
		_, err := w.svc.Get(ctx, who, id)
		if (err == nil) != want {
			t.Errorf("member %d reads %d: %v, want %v", who.MemberID, id, err, want)
		}
	}
	label := func(id int64, want portal.Handling, named ...int64) {
		t.Helper()
		p, err := w.svc.Get(ctx, w.reader, id)
		w.must(err)
		if p.Handling != want || !slices.Equal(p.Named, named) {
			t.Errorf("%d is %s for %v, want %s for %v", id, p.Handling, p.Named, want, named)
		}
	}
	sees(portal.Identity{}, es.ID, true)
	_, err = w.svc.Update(ctx, w.author, w.published, 0, practice.Fields{Handling: new(portal.Amber)})
	w.must(err)
	label(es.ID, portal.Amber)
	label(fr.ID, portal.AmberStrict)
	label(de.ID, portal.Clear)
	sees(portal.Identity{}, es.ID, false)
	sees(w.stranger, es.ID, false)
	sees(w.author, es.ID, true)
	_, err = w.svc.Update(ctx, w.author, w.published, 0, practice.Fields{Handling: new(portal.Red), Named: &[]int64{w.stranger.MemberID, w.reader.MemberID}})
	w.must(err)
	label(es.ID, portal.Red, w.author.MemberID) // who reads both; the stranger was not let in before
	sees(w.stranger, es.ID, false)
	sees(w.author, fr.ID, true)
	_, err = w.svc.Update(ctx, w.author, w.published, 0, practice.Fields{Handling: new(portal.Clear)})
	w.must(err)
	label(es.ID, portal.Red, w.author.MemberID) // what was written since was written for few
	var told int
	w.must(w.db.Raw().QueryRow(`select count(*) from events where type = 'practice.changed' and practice_id = $1 and data ->> 'step' = 'narrow'`, es.ID).Scan(&told))
	if told != 4 { // twice, to its topic and its workspace's
		t.Errorf("the log tells of it %d times, want 4", told)
	}
}

// What is not translated is the original's, also when that changes later.
func TestFactsAreTheOriginals(t *testing.T) {
	w := newWorld(t)
	es := w.translation(w.reader, "es", w.room)
	_, err := w.svc.Update(ctx, w.author, w.published, 0, practice.Fields{Country: new("EC"), Sectors: &[]string{"customs"}})
	w.must(err)
	got, err := w.svc.Get(ctx, w.reader, es.ID)
	w.must(err)
	if got.Country != "EC" || !slices.Equal(got.Sectors, []string{"customs"}) || got.Title != "Tiras reactivas" || got.Version != es.Version {
		t.Errorf("the translation is now %+v", got.PracticeText)
	}
}

// The author changes her label at any time, also when she has left, and then nothing else.
func TestLabelIsTheAuthorsAtAnyTime(t *testing.T) {
	w := newWorld(t)
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.DeleteWorkspaceMember(ctx, w.room, w.author.MemberID)
	}))
	var err error
	w.author.Viewer, err = w.db.Viewer(ctx, w.author.MemberID)
	w.must(err)
	_, err = w.svc.Update(ctx, w.author, w.published, 0, practice.Fields{Title: new("Another")})
	w.want(portal.Forbidden, err, "she writes on")
	p, err := w.svc.Update(ctx, w.author, w.published, 0, practice.Fields{Handling: new(portal.Red)})
	w.want("", err, "she narrows it, and names nobody")
	if p.Handling != portal.Red {
		t.Errorf("it is %s", p.Handling)
	}
}

func TestKeyIsGivenOnce(t *testing.T) {
	w := newWorld(t)
	p, err := w.svc.Create(ctx, w.author, practice.Fields{Title: new("Keyed"), Language: new("en"), ExternalKey: new("a-key")})
	w.must(err)
	_, err = w.svc.Update(ctx, w.author, p.ID, 0, practice.Fields{ExternalKey: new("another")})
	w.wrong(err, "external_key", "error.key_fixed")
	_, err = w.svc.Update(ctx, w.author, p.ID, 0, practice.Fields{ExternalKey: new("a-key"), Title: new("Keyed still")})
	w.must(err)
}

func TestFactsDiffer(t *testing.T) {
	w := newWorld(t)
	before := portal.PracticeText{Title: "T", Country: "EC", Sectors: []string{"customs", "health"}, References: []portal.Reference{{Title: "Report", Publisher: "WHO", Year: 2020, URL: "https://example.org"}}}
	after := before
	after.Country, after.Year, after.Sectors = "CO", 2021, []string{"health", "police"}
	after.References = append([]portal.Reference{{Title: "Note"}}, before.References...)
	got := map[string][]practice.Change{}
	for _, part := range w.svc.Compare(before, after) {
		got[part.Part] = part.Changes
	}
	for part, want := range map[string][]practice.Change{
		"country":    {{Op: "removed", Text: "EC"}, {Op: "added", Text: "CO"}},
		"year":       {{Op: "added", Text: "2021"}},
		"sectors":    {{Op: "removed", Text: "customs"}, {Op: "same", Text: "health"}, {Op: "added", Text: "police"}},
		"references": {{Op: "same", Text: "Report, WHO, 2020, https://example.org"}, {Op: "added", Text: "Note"}},
	} {
		if !slices.Equal(got[part], want) {
			t.Errorf("%s: %v, want %v", part, got[part], want)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d parts differ, want 4: %v", len(got), got)
	}
}
