package web_test

import (
	"net/http"
	"testing"
)

// Officers try a file, read what is wrong line by line, and import all of it or nothing.
func TestImportPage(t *testing.T) {
	w := newWorld(t)
	good := `{"key":"imported-1","workspace":"1","title":"Imported in a file","language":"en","handling":"green","sections":{"results":"Ninety lived."}}` + "\n"
	bad := good + `{"key":"imported-2","workspace":"nowhere","title":"","language":"en"}` + "\n"
	holds(t, w.page(t, officer, "/officer/import"), "Import practices", "Check the file")
	body := w.upload(t, officer, "/officer/import?lang=en", values("do", "import"), "list.jsonl", bad).Body.String()
	holds(t, body, "Nothing was imported", "Line 2", "imported-2", "workspace:")
	body = w.upload(t, officer, "/officer/import?lang=en", values("do", "check"), "list.jsonl", good).Body.String()
	holds(t, body, "The file is in order.", "1 new")
	found, err := w.db.PracticesAfter(ctx, 0, 1000)
	must(t, err)
	for _, p := range found {
		if p.Title == "Imported in a file" {
			t.Fatal("a trial wrote something")
		}
	}
	holds(t, w.upload(t, officer, "/officer/import?lang=en", values("do", "import"), "list.jsonl", good).Body.String(), "Imported.", "1 new")
	holds(t, w.upload(t, officer, "/officer/import?lang=en", values("do", "import"), "list.jsonl", good).Body.String(), "1 the same")
	if rec := w.upload(t, moderator, "/officer/import?lang=en", values("do", "import"), "list.jsonl", good); rec.Code != http.StatusForbidden {
		t.Errorf("a moderator imports: status %d", rec.Code)
	}
	if rec := w.upload(t, officer, "/officer/import?lang=en", values("do", "import"), "list.jsonl", ""); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a file: status %d", rec.Code)
	}
}
