package web_test

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"praxis/internal/portal"
)

// A file that comes with the form is never whole in memory either.
func TestFileOfAFormIsNeverWholeInMemory(t *testing.T) {
	w := newWorld(t)
	path := w.draft(t, ana, "With a large file")
	p := w.practiceAt(t, ana, path)
	body, send := io.Pipe()
	m := multipart.NewWriter(send)
	go func() {
		for field, list := range with(whole("With a large file"), "version", fmt.Sprint(p.Version), "do", "attach") {
			for _, v := range list {
				if err := m.WriteField(field, v); err != nil {
					send.CloseWithError(err)
					return
				}
			}
		}
		part, err := m.CreateFormFile("file", "ports.txt")
		if err == nil {
			_, err = io.Copy(part, io.LimitReader(words{}, portal.MaxAttachment))
		}
		if err == nil {
			err = m.Close()
		}
		send.CloseWithError(err)
	}()
	r := httptest.NewRequest(http.MethodPost, path+"/edit", body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w.page(t, ana, "/search?q=naloxnoe") // what a start leaves for later is done before anything is counted
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rec := w.do(t, ana, r)
	runtime.ReadMemStats(&after)
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", rec.Code, summary(rec.Body.String()))
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
		t.Errorf("all in all %d KiB were taken", took>>10)
	}
	files, err := w.f.Attachments.List(ctx, w.who(t, ana), p.ID)
	must(t, err)
	if len(files) != 1 || files[0].Size != portal.MaxAttachment {
		t.Errorf("the files are %+v", files)
	}
}

// words is a text without end.
type words struct{}

// Read implements io.Reader.
func (words) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "word "[i%5]
	}
	return len(p), nil
}
