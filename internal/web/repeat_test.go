package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"praxis/internal/portal"
)

// A new practice that came with as many files as there may be, sent once more because the answer was lost,
// is the same draft, and its files are there once.
func TestDraftWithAllItsFilesIsSentTwice(t *testing.T) {
	w := newWorld(t)
	words := with(whole("With twenty files"), "do", "save", "once", "twenty")
	send := func() string {
		t.Helper()
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for field, list := range words {
			for _, v := range list {
				must(t, m.WriteField(field, v))
			}
		}
		for i := range portal.MaxAttachments {
			part, err := m.CreateFormFile("file", fmt.Sprintf("ports-%d.txt", i))
			must(t, err)
			_, err = fmt.Fprintf(part, "Port %d had forty kits.", i)
			must(t, err)
		}
		must(t, m.Close())
		r := httptest.NewRequest(http.MethodPost, "/write", &b)
		r.Header.Set("Content-Type", m.FormDataContentType())
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		rec := w.do(t, ana, r)
		if rec.Code != http.StatusSeeOther {
			t.Fatalf("status %d: %s", rec.Code, summary(rec.Body.String()))
		}
		return rec.Header().Get("Location")
	}
	first := send()
	if second := send(); second != first {
		t.Errorf("the second sending leads to %s, the first to %s", second, first)
	}
	files, err := w.f.Attachments.List(ctx, w.who(t, ana), w.practiceAt(t, ana, first).ID)
	must(t, err)
	if len(files) != portal.MaxAttachments {
		t.Errorf("%d files are there", len(files))
	}
}
