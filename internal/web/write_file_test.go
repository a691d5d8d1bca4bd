package web_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/portal"
)

// A file that was chosen is kept whichever button sends it: without scripts no other button says
// that it is there.
func TestFileComesWithEveryButton(t *testing.T) {
	w := newWorld(t)
	for _, do := range []string{"save", "preview", "submit"} {
		for _, fresh := range []bool{true, false} {
			title := fmt.Sprintf("A file by %s, %v", do, fresh)
			path, words := "/write", with(whole(title), "do", do)
			if !fresh {
				path = w.draft(t, ana, title)
				words.Set("version", fmt.Sprint(w.practiceAt(t, ana, path).Version))
				path += "/edit"
			}
			rec := w.upload(t, ana, path, words, "ports.txt", strings.Repeat("words\n", 100))
			if rec.Code != http.StatusSeeOther {
				t.Fatalf("%s: status %d: %s", title, rec.Code, summary(rec.Body.String()))
			}
			files, err := w.f.Attachments.List(ctx, w.who(t, ana), w.practiceAt(t, ana, rec.Header().Get("Location")).ID)
			must(t, err)
			if len(files) != 1 || files[0].Name != "ports.txt" {
				t.Errorf("%s: the files are %+v", title, files)
			}
		}
	}
}

// Where there is no room for the file that comes with a form, the answer says so, and gives the words
// back. A folder that is missing stands for a full one: neither takes a file.
func TestFormWithoutRoomForItsFile(t *testing.T) {
	w := newWorld(t)
	words := with(whole("Words beside a file that finds no room"), "do", "save")
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	rec := w.upload(t, ana, "/write", words, "ports.txt", strings.Repeat("words\n", 4<<20/6))
	body := rec.Body.String()
	if rec.Code != http.StatusServiceUnavailable || !strings.Contains(body, "espacio") {
		t.Errorf("status %d: %s", rec.Code, summary(body))
	}
	if got := fieldsOf(body); got.Encode() != words.Encode() {
		t.Errorf("gives back %v", got)
	}
	holds(t, body, "Elija los archivos de nuevo")
}

// What is more than may come with one form is refused by a sentence that names the bound of all together,
// and how they can be sent.
func TestFormWithMoreThanItsBound(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	rec := w.upload(t, lena, fmt.Sprintf("/p/%d/adopt?lang=en", p.ID), values("once", "a", "result", "worked", "country", "AT", "note", "Forty kits."), "large.txt",
		strings.Repeat("words\n", (portal.MaxAttachment+2*portal.MaxBody)/6))
	if body := rec.Body.String(); rec.Code != http.StatusRequestEntityTooLarge || !strings.Contains(body, "sent with one form") || !strings.Contains(body, "Forty kits.") {
		t.Errorf("status %d: %s", rec.Code, summary(body))
	}
}
