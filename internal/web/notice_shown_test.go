package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/moderation"
	"praxis/internal/portal"
)

// notices are what a member is told, newest first, since she last looked.
func (w *world) notices(t *testing.T, who string) []string {
	t.Helper()
	w.settle(t)
	list, err := w.f.Notify.List(ctx, w.who(t, who), portal.Page{Limit: portal.MaxPage})
	must(t, err)
	var kinds []string
	for _, n := range list {
		if n.ReadAt.IsZero() {
			kinds = append(kinds, n.Kind)
		}
	}
	must(t, w.f.Notify.MarkRead(ctx, w.who(t, who), nil, 0))
	return kinds
}

func (w *world) hears(t *testing.T, who, kind string) {
	t.Helper()
	if got := w.notices(t, who); strings.Join(got, " ") != kind {
		t.Errorf("%s is told %q, want %q", who, got, kind)
	}
}

// Whoever translated hears that her translation reaches fewer since its original does, whoever narrowed
// that one; and nothing where it was taken back.
func TestTranslatorHearsOfANarrowedLabel(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Narrowed with its translation")
	es := w.translated(t, somchai, p, "Restringida", "es")
	label := func(handling string) {
		w.change(t, `update practices set handling = $2 where id in ($1, $3)`, p.ID, handling, es.ID)
	}
	label("green")
	w.notices(t, somchai)
	w.send(t, sending{who: ana, path: fmt.Sprintf("/p/%d/handling", p.ID), values: values("version", fmt.Sprint(w.practiceAt(t, ana, fmt.Sprintf("/p/%d", p.ID)).Version), "handling", "amber"), status: http.StatusSeeOther})
	w.hears(t, somchai, "narrowed")
	holds(t, w.page(t, somchai, "/notifications"), "Restringida", "fewer")

	label("green")
	at, _ := w.flagged(t, officer, portal.Ref{Kind: portal.KindPractice, ID: p.ID}, "Too wide.")
	w.send(t, sending{who: moderator, path: at, values: values("action", "relabel", "handling", "amber"), status: http.StatusSeeOther})
	w.hears(t, somchai, "narrowed")
	w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: http.StatusSeeOther})
	w.hears(t, somchai, "undone")
	w.send(t, sending{who: moderator, path: at, values: values("action", "relabel", "handling", "amber"), status: http.StatusSeeOther})
	w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: http.StatusSeeOther})
	w.hears(t, somchai, "")
}

// Whose report, file, reading list or profile was hidden hears when it is shown again; and the moderators
// hear when a hidden report was corrected.
func TestOwnersHearWhatIsShownAgain(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "With a hidden report")
	w.settle(t)
	report := w.told(t, somchai, p, "result", "worked", "country", "TH", "note", "It worked.")
	file, err := w.f.Attachments.AddEvidence(ctx, w.who(t, somchai), report, "figures.txt", strings.NewReader("Nine of ten."))
	must(t, err)
	for _, target := range []portal.Ref{{Kind: portal.KindAttachment, ID: file.ID}, {Kind: portal.KindMember, ID: w.who(t, somchai).MemberID}, {Kind: portal.KindAdoption, ID: report}} {
		at, k := w.flagged(t, ana, target, "Not so.")
		_, err := w.f.Moderation.Act(ctx, w.who(t, officer), k.ID, moderation.Decision{Action: "hide"})
		must(t, err)
		w.hears(t, somchai, string(target.Kind)+"_hidden")
		w.notices(t, moderator)
		if target.Kind == portal.KindAdoption {
			w.send(t, sending{who: somchai, path: fmt.Sprintf("/adoptions/%d", report), values: values("result", "mixed", "country", "TH", "note", "It worked in part."), status: http.StatusSeeOther})
			w.hears(t, moderator, "report_corrected")
			holds(t, w.page(t, moderator, "/notifications"), `href="`+at+`"`)
		}
		must(t, w.f.Moderation.Show(ctx, w.who(t, officer), target))
		w.hears(t, somchai, string(target.Kind)+"_shown")
	}
	for _, lang := range []string{"en", "es", "ar"} {
		if body := w.get(t, somchai, "/notifications?lang="+lang).Body.String(); strings.Contains(body, "Novedades sobre") || strings.Contains(body, "News about") {
			t.Errorf("in %s a notice has no words of its own", lang)
		}
	}
}
