package attachment_test

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"praxis/internal/attachment"
	"praxis/internal/portal"
)

// What came before a line was cut is kept on its node; another node begins anew, and neither mixes up
// what the other has.
func TestUploadOverNodesAndCutLines(t *testing.T) {
	w := newWorld(t)
	here, there := w.svc, attachment.New(w.db, w.store, slog.New(slog.DiscardHandler))
	w.must(here.In(t.TempDir()))
	w.must(there.In(t.TempDir()))
	const words = "Guayaquil, Callao, Manta."
	u, err := here.Begin(ctx, w.author, w.practice, "ports.txt", int64(len(words)))
	w.must(err)
	cut := io.MultiReader(strings.NewReader(words[:11]), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, _, err := here.Append(ctx, w.author, u.ID, 0, cut); portal.KindOf(err) != portal.Malformed {
		t.Errorf("a cut line: %v", err)
	}
	if u, _, err = here.Upload(ctx, w.author, u.ID); err != nil || u.Received != 11 {
		t.Fatalf("after a cut line it stands at %d: %v", u.Received, err)
	}
	if u, _, err = there.Upload(ctx, w.author, u.ID); err != nil || u.Received != 0 {
		t.Fatalf("on another node it stands at %d: %v", u.Received, err)
	}
	if _, _, err = there.Append(ctx, w.author, u.ID, 0, strings.NewReader(words[:5])); err != nil {
		t.Fatal(err)
	}
	if u, _, err = here.Upload(ctx, w.author, u.ID); err != nil || u.Received != 5 {
		t.Fatalf("back on the first it stands at %d: %v", u.Received, err)
	}
	_, made, err := here.Append(ctx, w.author, u.ID, 5, strings.NewReader(words[5:]))
	if err != nil || made == nil {
		t.Fatalf("in the end: %+v, %v", made, err)
	}
	if got := string(w.bytesOf(*made)); got != words {
		t.Errorf("kept is %q", got)
	}
}

func TestOldUploadsAreForgotten(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	w.must(w.svc.In(dir))
	first, err := w.svc.Begin(ctx, w.author, w.practice, "ports.txt", 100)
	w.must(err)
	_, _, err = w.svc.Append(ctx, w.author, first.ID, 0, strings.NewReader("Guayaquil"))
	w.must(err)
	for range 10 { // so many a member may have; the oldest goes
		_, err = w.svc.Begin(ctx, w.author, w.practice, "ports.txt", 100)
		w.must(err)
	}
	if _, _, err := w.svc.Upload(ctx, w.author, first.ID); portal.KindOf(err) != portal.NotFound {
		t.Errorf("the eleventh leaves the first: %v", err)
	}
	bytes := filepath.Join(dir, "upload-"+strconv.FormatInt(first.ID, 10))
	if _, err := os.Stat(bytes); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its bytes stay: %v", err)
	}
	w.must(os.WriteFile(bytes, []byte("as another node has them"), 0o600))
	w.must(attachment.SweepUploads(ctx, w.svc))
	if _, err := os.Stat(bytes); err != nil {
		t.Errorf("new bytes are swept: %v", err)
	}
	w.must(os.Chtimes(bytes, time.Now(), time.Now().Add(-25*time.Hour)))
	w.must(attachment.SweepUploads(ctx, w.svc))
	if _, err := os.Stat(bytes); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("old bytes are still there: %v", err)
	}
}
