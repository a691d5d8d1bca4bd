package web_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
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

// zipped makes a ZIP of names and contents, in pairs.
func zipped(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		f, err := z.Create(pairs[i])
		must(t, err)
		_, err = f.Write([]byte(pairs[i+1]))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// importing sends both files of the form.
func (w *world) importing(t *testing.T, do, list string, archive []byte) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	must(t, m.WriteField("do", do))
	for field, content := range map[string][]byte{"file": []byte(list), "archive": archive} {
		part, err := m.CreateFormFile(field, map[string]string{"file": "list.jsonl", "archive": "files.zip"}[field])
		must(t, err)
		_, err = part.Write(content)
		must(t, err)
	}
	must(t, m.Close())
	r := httptest.NewRequest(http.MethodPost, "/officer/import?lang=en", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.do(t, officer, r)
}

// Files come from a ZIP beside the practices: tried, then all with their practices or none; the same
// again changes nothing, another file replaces what an import brought and nothing that a person put there.
func TestImportWithFiles(t *testing.T) {
	w := newWorld(t)
	line := func(key string, paths ...string) string {
		return fmt.Sprintf(`{"key":%q,"workspace":"1","title":"With files","handling":"green","attachments":["%s"]}`+"\n", key, strings.Join(paths, `","`))
	}
	files := func() (list []string) {
		t.Helper()
		rows, err := w.db.Raw().Query(`select a.name, a.size from attachments a join practices p on p.id = a.practice_id where p.external_key like 'filed-%' order by p.id, a.id`)
		must(t, err)
		defer rows.Close()
		for rows.Next() {
			var name string
			var size int
			must(t, rows.Scan(&name, &size))
			list = append(list, fmt.Sprint(name, " ", size))
		}
		must(t, rows.Err())
		return list
	}
	is := func(want ...string) {
		t.Helper()
		if got := files(); strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("the files are %q, want %q", got, want)
		}
	}
	archive := zipped(t, "one/a.txt", "First.", "b.txt", "Second one.", "x.exe", "MZ\x90")
	both := line("filed-1", "one/a.txt", "b.txt") + line("filed-2", "b.txt")

	holds(t, w.importing(t, "import", both, nil).Body.String(), "Nothing was imported", "attachments: This practice names files")
	body := w.importing(t, "import", line("filed-1", "b.txt")+line("filed-2", "a.txt", "x.exe", "../b.txt"), archive).Body.String()
	holds(t, body, "Nothing was imported", "Line 2", "a.txt: There is no such file in the ZIP.", "x.exe: ", "../b.txt: Name the file by its path")
	holds(t, w.importing(t, "import", both, []byte("no archive")).Body.String(), "The attachments are no ZIP")
	holds(t, w.importing(t, "check", both, archive).Body.String(), "The file is in order.", "2 new", "3 files added.")
	is()
	holds(t, w.importing(t, "import", both, archive).Body.String(), "Imported.", "2 new", "3 files added.")
	is("a.txt 6", "b.txt 11", "b.txt 11")
	holds(t, w.importing(t, "import", both, archive).Body.String(), "Imported.", "0 new, 0 changed, 2 the same")
	is("a.txt 6", "b.txt 11", "b.txt 11")

	// Somebody adds a file of the same name to the second; the first is a colleague's new edition.
	var second int64
	must(t, w.db.Raw().QueryRow(`select id from practices where external_key = 'filed-2'`).Scan(&second))
	rec := w.upload(t, officer, fmt.Sprintf("/p/%d/edit", second), with(whole("With files"), "do", "attach", "version", "1"), "c.txt", "By hand.")
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("a file by hand: status %d", rec.Code)
	}
	newer := zipped(t, "a.txt", "First, again.", "c.txt", "Imported.")
	holds(t, w.importing(t, "import", line("filed-1", "a.txt")+line("filed-2", "c.txt"), newer).Body.String(), "Imported.", "2 files added.")
	is("b.txt 11", "a.txt 13", "b.txt 11", "c.txt 8", "c.txt 9")
	holds(t, w.importing(t, "import", line("filed-1", "a.txt")+line("filed-2", "c.txt"), newer).Body.String(), "Imported.", "0 new, 0 changed")
	is("b.txt 11", "a.txt 13", "b.txt 11", "c.txt 8", "c.txt 9")
	many := make([]string, 25)
	var pairs []string
	for i := range many {
		many[i] = fmt.Sprintf("%d.txt", i)
		pairs = append(pairs, many[i], many[i])
	}
	holds(t, w.importing(t, "import", line("filed-1", many[:19]...), zipped(t, pairs...)).Body.String(), "Nothing was imported", "at most 20")
	holds(t, w.importing(t, "import", line("filed-3", many...), zipped(t, pairs...)).Body.String(), "Nothing was imported", "attachments: ")
	is("b.txt 11", "a.txt 13", "b.txt 11", "c.txt 8", "c.txt 9")
}
