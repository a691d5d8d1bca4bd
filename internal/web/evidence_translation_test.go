package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/internal/moderation"
	"praxis/internal/portal"
)

// A translation carries its original's rating: nothing is asked or taken there, and the page leads to
// where it can be judged. One whose original nobody has judged is judged itself.
func TestTranslationIsRatedAtItsOriginal(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Judged once")
	es := w.translated(t, somchai, p, "Juzgado una vez", "es")
	original, page := fmt.Sprintf("/p/%d/evidence", p.ID), fmt.Sprintf("/p/%d/evidence", es.ID)
	rate := func(rating string) sending {
		return sending{who: moderator, path: page, values: values("do", "rate", "evidence.rating", rating, "evidence.basis", "Read it."), status: http.StatusSeeOther, to: page}
	}
	rated := func() int { return w.count(t, `select count(*) from evidence_ratings where practice_id = $1`, es.ID) }
	w.send(t, rate("emerging"))
	must(t, w.f.Moderation.Rate(ctx, w.who(t, moderator), p.ID, portal.Evidence{Rating: "monitored", Basis: "Figures of three years."}))
	before := rated()
	body := w.page(t, moderator, page)
	holds(t, body, `href="`+original+`"`, `value="quote"`)
	lacks(t, body, `value="rate"`)
	refused := rate("replicated")
	refused.status, refused.to = http.StatusUnprocessableEntity, ""
	holds(t, w.send(t, refused).Body.String(), original)
	if now := rated(); now != before || w.practiceAt(t, moderator, page).Evidence.Rating != "monitored" {
		t.Errorf("%d judgements were kept that are nowhere in force", now-before)
	}

	// Nor does the review of one ask for it.
	w.change(t, `update practices set status = 'submitted' where id = $1`, es.ID)
	w.change(t, `insert into cases (kind, target_kind, target_id, practice_id, workspace_id) values ('submission', 'practice', $1, $1, $2)`, es.ID, es.WorkspaceID)
	k := w.caseOf(t, portal.Ref{Kind: portal.KindPractice, ID: es.ID})
	at := fmt.Sprintf("/queue/%d", k.ID)
	body = w.page(t, moderator, at)
	holds(t, body, `href="`+original+`"`)
	lacks(t, body, `name="evidence.rating"`)
	_, err := w.f.Moderation.Act(ctx, w.who(t, moderator), k.ID, moderation.Decision{Action: "approve", Evidence: &portal.Evidence{Rating: "replicated", Basis: "Read it."}})
	if portal.KindOf(err) != portal.Conflict {
		t.Errorf("approved with a rating of its own: %v", err)
	}
	w.send(t, sending{who: moderator, path: at, values: values("action", "approve"), status: http.StatusSeeOther})
	if now := rated(); now != before {
		t.Errorf("%d judgements were kept by its approval", now-before)
	}
}
