package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/internal/portal"
)

// Two tabs, or two authors, save one draft: what does not clash is put together, what does is shown
// as both wrote it, and nothing is written over.
func TestTwoTabsAreMerged(t *testing.T) {
	w := newWorld(t)
	path := w.draft(t, ana, "Written in two tabs")
	p := w.practiceAt(t, ana, path)
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("Written in two tabs"), "version", fmt.Sprint(p.Version), "do", "save"), status: 303})
	p = w.practiceAt(t, ana, path)
	base := fmt.Sprint(p.Version)
	first := with(whole("Written in two tabs"), "version", base, "sections.results", "Forty lived.", "do", "save")
	second := with(whole("Written in two tabs"), "version", base, "sections.barriers", "Two villages refused.", "do", "save")
	w.send(t, sending{name: "the first tab", who: ana, path: path + "/edit", values: first, status: 303})
	w.send(t, sending{name: "the second tab", who: ana, path: path + "/edit", values: second, status: 303})
	p = w.practiceAt(t, ana, path)
	if p.Sections["results"] != "Forty lived." || p.Sections["barriers"] != "Two villages refused." {
		t.Fatalf("together they made %q", p.Sections)
	}
	third := with(whole("Written in two tabs"), "version", base, "sections.results", "Fifty lived.", "sections.barriers", p.Sections["barriers"], "do", "save")
	body := w.send(t, sending{name: "the same section", who: ana, path: path + "/edit", values: third, status: 422, keeps: []string{"Fifty lived."}, says: []string{"<del>Forty", "<ins>Fifty"}}).Body.String()
	if now := w.practiceAt(t, ana, path); now.Version != p.Version {
		t.Errorf("version %d was written over %d", now.Version, p.Version)
	}
	w.send(t, sending{name: "knowingly", who: ana, path: path + "/edit", values: with(third, "version", hidden(t, body, "version")), status: 303})
	if now := w.practiceAt(t, ana, path); now.Sections["results"] != "Fifty lived." {
		t.Errorf("it says %q", now.Sections["results"])
	}
}

// A co-author reads and edits a draft as its author does; the label is not hers to change; whoever
// is out sees nothing of it.
func TestCoAuthors(t *testing.T) {
	w := newWorld(t)
	path := w.draft(t, ana, "Written by two")
	p := w.practiceAt(t, ana, path)
	at := fmt.Sprintf("/p/%d/authors", p.ID)
	if rec := w.get(t, karim, path+"/edit"); rec.Code != http.StatusNotFound {
		t.Fatalf("a stranger's draft answers %d", rec.Code)
	}
	w.sendAll(t, []sending{
		{name: "a stranger", who: karim, path: at, values: values("named_more", "Karim"), status: 404},
		{name: "nobody of that name", who: ana, path: at, values: values("named_more", "Nobody At All"), status: 422, keeps: []string{"Nobody At All"}},
		{name: "invited", who: ana, path: at, values: values("named_more", w.who(t, karim).Name), status: 303, to: at},
	})
	holds(t, w.page(t, karim, at), w.who(t, karim).Name, "Leave this practice")
	p = w.practiceAt(t, karim, path)
	w.sendAll(t, []sending{
		{name: "her own co-author", who: karim, path: at, values: values("named_more", w.who(t, "somchai@demo.example").Name), status: 403},
		{name: "relabels", who: karim, path: fmt.Sprintf("/p/%d/handling", p.ID), values: values("version", fmt.Sprint(p.Version), "handling", "clear"), status: 403},
		{name: "writes", who: karim, path: path + "/edit", values: with(whole("Written by two"), "version", fmt.Sprint(p.Version), "handling", "clear", "sections.results", "From Rabat.", "do", "save"), status: 303},
	})
	if now := w.practiceAt(t, ana, path); now.Handling != p.Handling || now.WorkspaceID != p.WorkspaceID {
		t.Errorf("a co-author made it %s in workspace %d", now.Handling, now.WorkspaceID)
	}
	lacks(t, w.page(t, karim, path+"/edit"), `name="handling"`, `name="workspace_id"`)
	body := w.page(t, ana, path+"/edit")
	holds(t, body, "From Rabat.", "Last changed by "+w.who(t, karim).Name)
	w.send(t, sending{name: "leaves", who: karim, path: at, values: values("leave", fmt.Sprint(w.who(t, karim).MemberID)), status: 303})
	if rec := w.get(t, karim, path+"/edit"); rec.Code != http.StatusNotFound {
		t.Errorf("whoever left reads on: status %d", rec.Code)
	}
	if now := w.practiceAt(t, ana, path); now.Sections["results"] != "From Rabat." || now.Status != portal.Draft {
		t.Errorf("what she wrote is gone: %q", now.Sections)
	}
}
