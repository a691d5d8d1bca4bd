package storytest

import (
	"crypto/rand"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// BenchmarkImport imports 10,000 whole and published practices by the command, from its start to its
// end, beside a running portal.
func BenchmarkImport(b *testing.B) {
	const practices = 10_000
	list := importList(b, practices)
	files := importFiles(b)
	var took time.Duration
	for range b.N {
		dir := b.TempDir()
		p := launch(b, "demo", "--data-dir", dir)
		begin := time.Now()
		out, code := command(b, "practice", "import", list, "--attachments", files, "--data-dir", dir)
		took += time.Since(begin)
		if code != 0 || !strings.Contains(out, "10000 new") {
			b.Fatalf("the import ends with %d and says:\n%s", code, out)
		}
		stop(b, p)
	}
	b.ReportMetric(float64(practices*b.N)/took.Seconds(), "practices/s")
}

// BenchmarkUpload50MB streams a file of nearly 50 MiB to the program and reports by how much its memory
// grew at the most until it had answered; and beside that, while the file's text was read afterwards,
// which has bounds of its own. A small file goes before, so that what any first upload needs is there.
func BenchmarkUpload50MB(b *testing.B) {
	const size = 50<<20 - 1
	dir := b.TempDir()
	p := launch(b, "demo", "--data-dir", dir)
	db := insideOf(b, dir)
	ana := (&Portal{URL: p.url}).As(b, "ana")
	var grown, reading float64
	for n := range b.N {
		draft := ana.Do("POST", "/practices", map[string]any{"title": "A large file", "workspace_id": 1}).Want(201).Thing()
		path := p.url + "/api/v1/practices/" + itoa(draft.ID) + "/attachments"
		if n == 0 {
			uploadOf(b, path, ana.Token, "small.txt", "Words of a colleague. ", 20)
		}
		watch := func(over func() bool) (most float64) {
			for !over() {
				most = max(most, rss(b, p.cmd.Process.Pid))
				time.Sleep(5 * time.Millisecond)
			}
			return max(most, rss(b, p.cmd.Process.Pid))
		}
		read := func() bool {
			return number(b, db, `select count(*) from attachments where text_state = 'waiting'`) == 0
		}
		watch(read)
		time.Sleep(2 * time.Second) // what went before is done with
		before := rss(b, p.cmd.Process.Pid)
		done := make(chan struct{})
		go func() {
			defer close(done)
			uploadOf(b, path, ana.Token, "report.pdf", "%PDF-1.7\n", size)
		}()
		grown = max(grown, watch(func() bool {
			select {
			case <-done:
				return true
			default:
				return false
			}
		})-before)
		reading = max(reading, watch(read)-before)
	}
	b.ReportMetric(grown, "MB-grown")
	b.ReportMetric(reading, "MB-read-afterwards")
}

// uploadOf streams so many bytes that begin as said.
func uploadOf(b *testing.B, url, token, name, start string, size int64) {
	body, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() {
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = io.Copy(part, io.LimitReader(io.MultiReader(strings.NewReader(start), rand.Reader), size))
		}
		if err == nil {
			err = form.Close()
		}
		write.CloseWithError(err)
	}()
	r, err := http.NewRequest("POST", url, body)
	if err != nil {
		b.Error(err)
		return
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", form.FormDataContentType())
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Error(err)
		return
	}
	defer res.Body.Close()
	if answer, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusCreated {
		b.Errorf("an upload is answered %d: %.300s (%v)", res.StatusCode, answer, err)
	}
}
