package web_test

import (
	"testing"

	"praxis/internal/collection"
	"praxis/internal/moderation"
	"praxis/internal/portal"
)

// Whoever translated a red practice hears that its translation reaches fewer, or others, since an officer was
// named as its reader; and nothing where that was taken back before.
func TestTranslatorHearsOfAnEscalation(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Red with its translation")
	es := w.translated(t, somchai, p, "Roja", "es")
	me, chief, translator := w.who(t, moderator), w.who(t, officer), w.who(t, somchai)
	w.change(t, `update practices set handling = 'red', named = array[$1::bigint, $2] where id = $3`, me.MemberID, translator.MemberID, p.ID)
	w.change(t, `update practices set handling = 'red', named = array[$1::bigint, $2, $3] where id = $4`, me.MemberID, translator.MemberID, w.who(t, karim).MemberID, es.ID)
	w.notices(t, somchai)
	pass := func(undone bool, hears string) {
		t.Helper()
		_, err := w.f.Moderation.Flag(ctx, me, portal.Ref{Kind: portal.KindPractice, ID: p.ID}, "other", "")
		must(t, err)
		k, err := w.db.LastCase(ctx, me.Viewer, portal.Ref{Kind: portal.KindPractice, ID: p.ID})
		must(t, err)
		_, err = w.f.Moderation.Act(ctx, me, k, moderation.Decision{Action: "escalate", Officer: chief.MemberID})
		must(t, err)
		if undone {
			_, err = w.f.Moderation.Undo(ctx, me, k)
			must(t, err)
		}
		w.hears(t, somchai, hears)
	}
	pass(true, "")
	pass(false, "narrowed")
}

// Whoever made a reading list hears that it was hidden, and that it is shown again.
func TestListsMakerHearsThatItIsShownAgain(t *testing.T) {
	w := newWorld(t)
	title, room := "Where to begin", int64(1)
	list, err := w.f.Collections.Create(ctx, w.who(t, moderator), collection.Fields{Title: &title, WorkspaceID: &room, Handling: new(portal.Green)})
	must(t, err)
	target := portal.Ref{Kind: portal.KindCollection, ID: list.ID}
	_, k := w.flagged(t, karim, target, "Out of date.")
	w.notices(t, moderator)
	_, err = w.f.Moderation.Act(ctx, w.who(t, officer), k.ID, moderation.Decision{Action: "hide", Note: "Bring it up to date."})
	must(t, err)
	w.hears(t, moderator, "collection_hidden")
	must(t, w.f.Moderation.Show(ctx, w.who(t, officer), target))
	w.hears(t, moderator, "collection_shown")
}
