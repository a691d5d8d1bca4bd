package web_test

import (
	"fmt"
	"testing"

	"praxis/internal/portal"
)

// What is hidden is hidden in every language: the case names the published translations, one decision
// hides them too unless the moderator leaves them, and taking it back shows all that it hid.
func TestHidingAnOriginalHidesItsTranslations(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "The hidden original")
	es, fr := w.translated(t, somchai, p, "El original oculto", "es"), w.translated(t, somchai, p, "L'original", "fr")
	w.change(t, `update practices set handling = 'clear' where id in ($1, $2)`, p.ID, es.ID)
	w.change(t, `update practices set handling = 'clear' where id = $1`, fr.ID)
	reader := "luis@demo.example"
	seen := func(want int) {
		t.Helper()
		for _, id := range []int64{p.ID, es.ID, fr.ID} {
			if rec := w.get(t, "", fmt.Sprintf("/p/%d?original=1", id)); (rec.Code == 404) != (want == 404) {
				t.Errorf("a visitor gets %d from practice %d, want %d", rec.Code, id, want)
			}
		}
	}
	w.settle(t)
	at, _ := w.flagged(t, reader, portal.Ref{Kind: portal.KindPractice, ID: p.ID}, "Not true.")
	holds(t, w.page(t, moderator, at), "El original oculto", `name="keep_translations"`)
	w.send(t, sending{who: moderator, path: at, values: values("action", "hide", "note", "It is not true."), status: 303})
	seen(404)
	holds(t, w.page(t, somchai, fmt.Sprintf("/p/%d?original=1", es.ID)), "hidden")
	for _, id := range []int64{p.ID, es.ID, fr.ID} {
		if n := w.count(t, `select count(*) from audit where action = 'case.hide' and target_id = $1`, id); n != 1 {
			t.Errorf("the audit tells %d times that %d was hidden", n, id)
		}
	}
	w.settle(t)
	holds(t, w.page(t, somchai, "/notifications"), "It is not true.")
	holds(t, w.page(t, moderator, w.get(t, moderator, fmt.Sprintf("/queue/of/practice/%d", es.ID)).Header().Get("Location")), "It is not true.", `value="show"`)

	w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: 303})
	seen(200)
	lacks(t, w.page(t, somchai, "/notifications"), "It is not true.")
	if n := w.count(t, `select count(*) from cases where closed_at is null and target_id in ($1, $2)`, es.ID, fr.ID); n != 0 {
		t.Errorf("%d cases wait that nobody flagged", n)
	}
	if n := w.count(t, `select count(*) from audit where action = 'case.undo' and target_id in ($1, $2)`, es.ID, fr.ID); n != 2 {
		t.Errorf("the audit tells of %d translations that were shown again", n)
	}

	w.send(t, sending{who: moderator, path: at, values: values("action", "hide", "keep_translations", "1"), status: 303})
	if rec := w.get(t, "", fmt.Sprintf("/p/%d?original=1", es.ID)); rec.Code == 404 {
		t.Error("a translation that was to stay is gone")
	}
}

// count reads one number out of the database.
func (w *world) count(t *testing.T, statement string, args ...any) (n int) {
	t.Helper()
	must(t, w.db.Raw().QueryRowContext(ctx, statement, args...).Scan(&n))
	return n
}
