package web_test

import (
	"fmt"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/practice"
)

// A translation takes the facts of its original, is written beside it, and says which parts are
// stale when the original changes; there is one in each language.
func TestTranslation(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "The original")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	p := w.practiceAt(t, ana, path)
	somchai := "somchai@demo.example"
	holds(t, w.page(t, somchai, path), fmt.Sprintf("/write?translation_of=%d", p.ID))
	form := w.page(t, somchai, fmt.Sprintf("/write?translation_of=%d", p.ID))
	holds(t, form, "You are translating", p.Sections["problem"])
	lacks(t, form, `name="sectors"`, `name="topics"`)
	made := func(once, language, title string) sending {
		return sending{name: title, who: somchai, path: "/write", values: values("once", once, "title", title, "summary", "Resumen.", "language", language, "handling", "amber",
			"workspace_id", "1", "translation_of", fmt.Sprint(p.ID), "as_original", "1", "sections.problem", "El problema.", "sections.results", "Resultados.", "do", "save")}
	}
	same, again, right := made("tr-1", "en", "In its own language"), made("tr-2", "es", "Otra vez"), made("tr-0", "es", "La traducción")
	same.status, again.status, right.status = 422, 422, 303
	w.send(t, same)
	at := w.send(t, right).Header().Get("Location")
	w.send(t, again)
	var id int64
	if _, err := fmt.Sscanf(at, "/p/%d/edit", &id); err != nil {
		t.Fatal(err)
	}
	translated := fmt.Sprintf("/p/%d", id)
	q := w.practiceAt(t, somchai, translated)
	if fmt.Sprint(q.PracticeText.Sectors) != fmt.Sprint(p.PracticeText.Sectors) || q.Country != p.Country {
		t.Errorf("its facts are %v, %q, not its original's", q.PracticeText.Sectors, q.Country)
	}
	lacks(t, w.page(t, somchai, translated), "Changed there since")
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("The original"), "version", fmt.Sprint(p.Version), "sections.results", "Seventy presses.", "do", "save"), status: 303})
	holds(t, w.page(t, somchai, translated), "Changed there since", "Results", "The original has changed here since.")
	holds(t, w.page(t, somchai, translated+"/edit"), "The original has changed here since.", "Seventy presses.")
	w.send(t, sending{who: somchai, path: translated + "/edit", values: values("version", fmt.Sprint(q.Version), "title", q.Title, "summary", q.Summary, "language", "es", "handling", "amber",
		"workspace_id", "1", "as_original", "1", "sections.problem", "El problema.", "sections.results", "Setenta prensas.", "up_to_date", "1", "do", "save"), status: 303})
	lacks(t, w.page(t, somchai, translated), "Changed there since")
	if now := w.practiceAt(t, somchai, translated); fmt.Sprint(now.PracticeText.Sectors) != fmt.Sprint(p.PracticeText.Sectors) {
		t.Errorf("saving it emptied its facts: %v", now.PracticeText.Sectors)
	}
}

// A member reads a practice in her language, and the original wherever she asks for it; whoever works
// on it stays at what she works on, and a visitor is only offered her language.
func TestReadersLanguageFirst(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "The original")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	p := w.practiceAt(t, ana, path)
	somchai := "somchai@demo.example"
	at := w.send(t, sending{who: somchai, path: "/write", values: values("once", "tr", "title", "La traducción", "summary", "Resumen.", "language", "es", "handling", "amber",
		"workspace_id", "1", "translation_of", fmt.Sprint(p.ID), "as_original", "1", "sections.problem", "El problema.", "sections.steps", "1. Uno.", "sections.results", "Resultados.", "do", "submit"), status: 303}).Header().Get("Location")
	var id int64
	if _, err := fmt.Sscanf(at, "/p/%d", &id); err != nil {
		t.Fatal(err)
	}
	from := func(who, path string) string { return w.get(t, who, path).Header().Get("Location") }
	address := from(ana, path)
	member := "luis@demo.example" // reads Spanish
	if to := from(member, address); to != "" {
		t.Errorf("sent to %s before it is published", to)
	}
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", w.caseOf(t, portal.Ref{Kind: portal.KindPractice, ID: id}).ID), values: values("action", "approve"), status: 303})
	hers := from(somchai, fmt.Sprintf("/p/%d", id))
	for who, want := range map[string]string{member: hers, ana: "", moderator: "", somchai: ""} {
		if to := from(who, address); to != want {
			t.Errorf("%s is sent to %q, want %q", who, to, want)
		}
	}
	if to := from(member, address+"?original=1"); to != "" {
		t.Errorf("whoever asks for the original is sent to %s", to)
	}
	holds(t, w.page(t, member, hers), address+"?original=1")

	// What the practice is worth is the same in each language: reports show on both and go to the original.
	w.send(t, sending{who: member, path: fmt.Sprintf("/p/%d/adopt", p.ID), values: values("once", "ad", "result", "failed", "country", "CO", "note", "Not with our law."), status: 303})
	holds(t, w.page(t, member, hers), "Not with our law.", fmt.Sprintf("/p/%d/adopt", p.ID))
}

// Nobody leads the readers of another's practice to a text of her own: what is handed in stays a
// translation of what it was one of.
func TestTranslationIsSettledOnceHandedIn(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Hers")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	other, k := w.submitted(t, "somchai@demo.example", "Another's")
	w.send(t, sending{who: officer, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	target, mine := w.practiceAt(t, ana, path).ID, w.practiceAt(t, "somchai@demo.example", other).ID
	_, err := w.f.Practices.Update(ctx, w.who(t, "somchai@demo.example"), mine, 0, practice.Fields{TranslationOf: &target})
	if portal.KindOf(err) != portal.Conflict {
		t.Errorf("a published practice became a translation of another's: %v", err)
	}
}

// The evidence is the practice's, whatever language it is read in; and a translation is older where
// words changed in its original since, not where somebody touched either.
func TestTranslationShowsTheEvidenceAndItsAge(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "The judged original")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve", "evidence.rating", "replicated", "evidence.basis", "Two trials."), status: 303})
	p := w.practiceAt(t, ana, path)
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/p/%d/evidence", p.ID), values: values("do", "quote", "registry", "CrimeSolutions", "registry_rating", "Promising", "url", "https://crimesolutions.example/1"), status: 303})
	q := w.translated(t, somchai, p, "La traducción juzgada", "es")
	translated := fmt.Sprintf("/p/%d-la-traducci%%C3%%B3n-juzgada", q.ID)
	if to := w.get(t, somchai, fmt.Sprintf("/p/%d", q.ID)).Header().Get("Location"); to != "" {
		translated = to
	}
	body := w.page(t, somchai, translated)
	holds(t, body, "Replicated", "Two trials.", "CrimeSolutions", "Promising", fmt.Sprintf(`href="/p/%d/evidence"`, p.ID))
	lacks(t, body, "Not yet rated")
	lacks(t, w.page(t, ana, path+"?original=1"), `class="older"`)
	w.change(t, `update practices set updated_at = now() + interval '1 hour' where id = $1`, p.ID) // a label, an archive
	lacks(t, w.page(t, ana, path+"?original=1"), `class="older"`)
	p = w.practiceAt(t, ana, path)
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("The judged original"), "version", fmt.Sprint(p.Version), "sections.results", "Seventy presses.", "do", "save"), status: 303})
	w.change(t, `update practices set updated_at = now() + interval '2 hours' where id = $1`, q.ID) // a slip of the pen
	holds(t, w.page(t, ana, path+"?original=1"), `class="older"`)
}
