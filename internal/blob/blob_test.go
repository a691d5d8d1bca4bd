package blob_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"praxis/internal/blob"
)

func TestStoreKeepsBytesUnderTheirSum(t *testing.T) {
	dir := t.TempDir()
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := sha256.Sum256([]byte("standing order"))
	for range 2 { // the same bytes twice are stored once
		sum, size, err := s.Put(strings.NewReader("standing order"), 100)
		if err != nil || !bytes.Equal(sum, want[:]) || size != 14 {
			t.Fatalf("Put = %x, %d, %v", sum, size, err)
		}
	}
	stored := 0
	if err := s.Walk(func([]byte, int64) error { stored++; return nil }); err != nil || stored != 1 {
		t.Errorf("Walk met %d (%v), want 1", stored, err)
	}
	f, err := s.Get(want[:])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "standing order" {
		t.Errorf("Get = %q, %v", got, err)
	}
	other := sha256.Sum256(nil)
	if _, err := s.Get(other[:]); !errors.Is(err, blob.ErrMissing) {
		t.Errorf("Get of nothing = %v, want ErrMissing", err)
	}
}

func TestStoreRemovesWhatIsOld(t *testing.T) {
	dir := t.TempDir()
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	sum, _, err := s.Put(strings.NewReader("standing order"), 100)
	if err != nil {
		t.Fatal(err)
	}
	age := func() {
		name := hex.EncodeToString(sum)
		if err := os.Chtimes(filepath.Join(dir, name[:2], name), time.Now(), time.Now().Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(what string, want bool) {
		t.Helper()
		if removed, err := s.Remove(sum, time.Hour); err != nil || removed != want {
			t.Errorf("Remove of what is %s = %v, %v; want %v", what, removed, err, want)
		}
		f, err := s.Get(sum)
		if err == nil {
			f.Close()
		}
		if there := err == nil; there == want {
			t.Errorf("after Remove of what is %s the bytes are there: %v", what, there)
		}
	}
	remove("new", false)
	age()
	if err := s.Touch(sum); err != nil {
		t.Fatal(err)
	}
	remove("touched", false)
	age()
	if _, _, err := s.Put(strings.NewReader("standing order"), 100); err != nil {
		t.Fatal(err)
	}
	remove("put again", false)
	age()
	remove("old", true)
	if removed, err := s.Remove(sum, time.Hour); err != nil || removed {
		t.Errorf("Remove of what is gone = %v, %v", removed, err)
	}
	if err := s.Touch(sum); err != nil {
		t.Errorf("Touch of what is gone: %v", err)
	}
}

func TestStoreLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Put(strings.NewReader("too long"), 7); !errors.Is(err, blob.ErrTooLarge) {
		t.Errorf("Put over the limit = %v, want ErrTooLarge", err)
	}
	if _, _, err := s.Put(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("the line went dead"))), 100); err == nil {
		t.Error("Put of a broken stream succeeds")
	}
	left, err := os.ReadDir(filepath.Join(dir, "incoming"))
	if err != nil || len(left) != 0 {
		t.Errorf("%d files are left behind (%v)", len(left), err)
	}
}
