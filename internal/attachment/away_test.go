package attachment_test

import (
	"log/slog"
	"strings"
	"testing"

	"praxis/internal/attachment"
	"praxis/internal/blob"
	"praxis/internal/blob/s3test"
	"praxis/internal/portal"
)

// While the object store is away files are neither taken nor given out, and it is said; what waited to
// be read is read when it is back.
func TestObjectStoreAway(t *testing.T) {
	server := s3test.Start(t)
	w := newWorld(t)
	var err error
	w.store, err = blob.At(t.TempDir(), server.URL)
	w.must(err)
	w.svc = attachment.New(w.db, w.store, slog.New(slog.DiscardHandler))
	kept := w.add("naloxone")
	server.Refuse()
	add := func() error {
		_, err := w.svc.Add(ctx, w.author, w.practice, "notes.txt", strings.NewReader("words"))
		return err
	}
	open := func() error {
		_, f, err := w.svc.Open(ctx, w.author, kept.ID)
		if err == nil {
			f.Close()
		}
		return err
	}
	take := func(trial bool) error {
		_, err := w.archive(w.packed("a.txt", "words of an import")).Take(ctx, w.author, "a.txt", trial)
		return err
	}
	w.must(take(true)) // a trial needs no store
	for what, err := range map[string]error{"Take": take(false), "Add": add(), "Open": open(), "Remove": w.svc.Remove(ctx, w.author, kept.ID)} {
		if portal.KindOf(err) != portal.Unavailable || !strings.Contains(err.Error(), "error.files_away") {
			t.Errorf("%s = %v, want that the files are away", what, err)
		}
	}
	if again, err := attachment.ReadNext(ctx, w.svc); again || err == nil {
		t.Errorf("a file is read without its bytes: %v, %v", again, err)
	}
	server.Back(t)
	w.must(open())
	w.must(add())
	w.must(take(false))
	files, err := w.svc.List(ctx, w.author, w.practice)
	w.must(err)
	if len(files) != 2 {
		t.Fatalf("there are %d files", len(files))
	}
	w.states(map[int64]string{kept.ID: "read", files[1].ID: "read"})
	w.must(w.svc.Sweep(ctx))
	if !w.stored(kept) {
		t.Error("a needed file was swept")
	}
}
