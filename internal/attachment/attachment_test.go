package attachment_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"praxis/internal/attachment"
	"praxis/internal/blob"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

// world has one author with one draft, and the folder of bytes.
type world struct {
	testing.TB
	db       *postgres.DB
	svc      *attachment.Service
	store    blob.Store
	dir      string
	author   portal.Identity
	practice int64
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, dir: t.TempDir()}
	var err error
	w.db = storetest.Open(t)
	w.store, err = blob.Open(w.dir)
	w.must(err)
	w.svc = attachment.New(w.db, w.store, slog.New(slog.DiscardHandler))
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		w.author.MemberID, err = tx.InsertMember(ctx, portal.Member{Email: "ada@example.org", Name: "Ada", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing})
		if err != nil {
			return err
		}
		w.practice, err = tx.InsertPractice(ctx, portal.Practice{PracticeText: portal.PracticeText{Title: "Testing strips", Language: "en"},
			Audience: portal.Audience{Handling: portal.Clear, AuthorID: w.author.MemberID}})
		return err
	}))
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// document gives a Word document with the body.
func (w *world) document(body string) []byte {
	w.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`},
		{"word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="urn:w"><w:body><w:p><w:r><w:t>` + body + `</w:t></w:r></w:p></w:body></w:document>`},
	} {
		f, err := z.Create(part[0])
		w.must(err)
		_, err = f.Write([]byte(part[1]))
		w.must(err)
	}
	w.must(z.Close())
	return b.Bytes()
}

func (w *world) add(body string) postgres.Attachment { return w.named("report.docx", body) }

func (w *world) named(name, body string) postgres.Attachment {
	w.Helper()
	a, err := w.svc.Add(ctx, w.author, w.practice, name, bytes.NewReader(w.document(body)))
	w.must(err)
	return a
}

func (w *world) stored(a postgres.Attachment) bool {
	f, err := w.store.Get(a.SHA256)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// age makes all bytes look as if they had been stored long ago.
func (w *world) age() {
	w.Helper()
	w.must(w.store.Walk(func(sum []byte, _ int64) error {
		name := hex.EncodeToString(sum)
		return os.Chtimes(filepath.Join(w.dir, name[:2], name), time.Now(), time.Now().Add(-48*time.Hour))
	}))
}

func TestReadTexts(t *testing.T) {
	tests := []struct{ name, body, state string }{
		{"words", "naloxone", "read"},
		{"no words", "", "empty"},
		{"an entity that is no text", "a &\xff; b", "failed"},
		{"an entity that nobody knows", "a &nothing; b", "failed"},
	}
	w := newWorld(t)
	want := map[int64]string{}
	for _, tt := range tests {
		want[w.add(tt.body).ID] = tt.state
	}
	w.states(want)
}

// A file whose reading ends the process is read twice and never again; one whose reading was
// broken off by a stop in good order is read the next time, however often that was.
func TestReadingThatKillsIsGivenUp(t *testing.T) {
	w := newWorld(t)
	killer := w.add("naloxone")
	claim := func() postgres.Attachment {
		t.Helper()
		a, err := w.db.ClaimAttachment(ctx, 0)
		w.must(err)
		return a
	}
	for range 5 {
		claim()
		w.must(w.db.ReleaseAttachment(ctx, killer.ID))
	}
	for n := 1; n <= 2; n++ { // a process takes it and is no more
		if a := claim(); a.ID != killer.ID || a.TextTries != n {
			t.Fatalf("try %d takes %+v", n, a)
		}
	}
	well := w.add("strips")
	w.states(map[int64]string{killer.ID: "failed", well.ID: "read"})
	if _, err := w.db.ClaimAttachment(ctx, 0); portal.KindOf(err) != portal.NotFound {
		t.Errorf("a file that was given up is taken once more: %v", err)
	}
}

// states reads the waiting files until the practice's files stand so.
func (w *world) states(want map[int64]string) {
	w.Helper()
	reading, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { w.svc.ReadTexts(reading); close(done) }()
	defer func() { stop(); <-done }()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		files, err := w.svc.List(ctx, w.author, w.practice)
		w.must(err)
		wrong := 0
		for _, f := range files {
			if f.TextState != want[f.ID] {
				wrong++
			}
		}
		if wrong == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.Fatalf("the files are %+v, want %v", files, want)
		}
	}
}

// An upload whose answer was lost is sent again: the file is there once.
func TestTheSameFileIsThereOnce(t *testing.T) {
	w := newWorld(t)
	first, other := w.add("naloxone"), w.add("strips")
	if again := w.add("naloxone"); again.ID != first.ID || other.ID == first.ID {
		t.Errorf("the files are %d, %d and %d", first.ID, other.ID, again.ID)
	}
	if files, err := w.svc.List(ctx, w.author, w.practice); err != nil || len(files) != 2 {
		t.Errorf("there are %d files: %v", len(files), err)
	}
}

func TestSweep(t *testing.T) {
	w := newWorld(t)
	kept, twice, again, off := w.add("kept"), w.add("under two names"), w.named("copy.docx", "under two names"), w.add("taken off")
	w.age()
	w.must(w.svc.Remove(ctx, w.author, off.ID))
	w.must(w.svc.Remove(ctx, w.author, again.ID))
	w.must(w.svc.Sweep(ctx))
	if !w.stored(off) {
		t.Error("the bytes of a file that was just taken off are gone: a backup may be reading them")
	}
	w.age()
	w.must(w.svc.Sweep(ctx))
	if w.stored(off) {
		t.Error("the bytes of a file that was taken off long ago are still there")
	}
	for _, a := range []postgres.Attachment{kept, twice} {
		if !w.stored(a) {
			t.Errorf("the bytes of attachment %d are gone", a.ID)
		}
	}
}

func TestNamesAreCleaned(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("é", 300) + ".docx"
	for name, want := range map[string]string{
		"report.docx":            "report.docx",
		`C:\private\report.docx`: "report.docx",
		"../../etc/report.docx":  "report.docx",
		"two\nlines\x00.docx":    "twolines.docx",
		"gpj\u202excod.docx":     "gpjxcod.docx",
		"bad\xffbytes.docx":      "badbytes.docx",
		long:                     strings.Repeat("é", 195) + ".docx",
		"تقرير.docx":             "تقرير.docx",
	} {
		a, err := w.svc.Add(ctx, w.author, w.practice, name, bytes.NewReader(w.document("x")))
		if err != nil || a.Name != want {
			t.Errorf("a file %.40q is named %.40q (%v), want %.40q", name, a.Name, err, want)
		}
	}
}
