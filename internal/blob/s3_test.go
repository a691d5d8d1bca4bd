package blob_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"praxis/internal/blob"
	"praxis/internal/blob/s3test"
)

func TestBucketKeepsBytesUnderTheirSum(t *testing.T) {
	server := s3test.Start(t)
	dir := t.TempDir()
	s, err := blob.At(dir, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	large := bytes.Repeat([]byte("standing order "), 1<<20)
	want := sha256.Sum256(large)
	for range 2 { // the same bytes twice are stored once
		sum, size, err := s.Put(bytes.NewReader(large), 50<<20)
		if err != nil || !bytes.Equal(sum, want[:]) || size != int64(len(large)) {
			t.Fatalf("Put = %x, %d, %v", sum, size, err)
		}
	}
	stored := 0
	if err := s.Walk(func(sum []byte, size int64) error { stored++; return nil }); err != nil || stored != 1 {
		t.Errorf("Walk met %d (%v), want 1", stored, err)
	}
	f, err := s.Get(want[:])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, large) {
		t.Errorf("Get = %d bytes, %v", len(got), err)
	}
	part := make([]byte, 8)
	if _, err := f.Seek(-15, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(f, part); err != nil || string(part) != "standing" {
		t.Errorf("the end is %q, %v", part, err)
	}
	if _, err := f.ReadAt(part[:5], 15<<10+9); err != nil || string(part[:5]) != "order" {
		t.Errorf("the middle is %q, %v", part[:5], err)
	}
	other := sha256.Sum256(nil)
	if _, err := s.Get(other[:]); !errors.Is(err, blob.ErrMissing) {
		t.Errorf("Get of nothing = %v, want ErrMissing", err)
	}
	if err := s.Touch(other[:]); err != nil {
		t.Errorf("Touch of nothing = %v", err)
	}
	if _, _, err := s.Put(strings.NewReader("too long"), 7); !errors.Is(err, blob.ErrTooLarge) {
		t.Errorf("Put over the limit = %v, want ErrTooLarge", err)
	}
	if err := s.Touch(want[:]); err != nil {
		t.Error(err)
	}
	if removed, err := s.Remove(want[:], time.Hour); err != nil || removed {
		t.Errorf("Remove of what is new = %v, %v", removed, err)
	}
	if removed, err := s.Remove(want[:], 0); err != nil || !removed {
		t.Errorf("Remove of what is old = %v, %v", removed, err)
	}
	if _, err := s.Get(want[:]); !errors.Is(err, blob.ErrMissing) {
		t.Errorf("Get of what was removed = %v", err)
	}
	left, err := os.ReadDir(dir + "/incoming")
	if err != nil || len(left) != 0 {
		t.Errorf("%d files are left behind (%v)", len(left), err)
	}
}

func TestBucketAway(t *testing.T) {
	server := s3test.Start(t)
	s, err := blob.At(t.TempDir(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	sum, _, err := s.Put(strings.NewReader("standing order"), 100)
	if err != nil {
		t.Fatal(err)
	}
	for name, away := range map[string]func(){"refused": server.Refuse, "failing": server.Fail} {
		t.Run(name, func(t *testing.T) {
			away()
			defer server.Back(t)
			start := time.Now()
			_, _, putErr := s.Put(strings.NewReader("another"), 100)
			_, getErr := s.Get(sum)
			for what, err := range map[string]error{"Put": putErr, "Get": getErr, "Touch": s.Touch(sum), "Check": s.Check(),
				"Walk": s.Walk(func([]byte, int64) error { return nil })} {
				if !errors.Is(err, blob.ErrAway) {
					t.Errorf("%s = %v, want ErrAway", what, err)
				}
				if err != nil && strings.Contains(err.Error(), s3test.Secret) {
					t.Errorf("%s tells the secret: %v", what, err)
				}
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
		f, err := s.Get(sum)
		if err != nil {
			t.Fatalf("back again, Get = %v", err)
		}
		f.Close()
		if _, _, err := s.Put(strings.NewReader("another"), 100); err != nil {
			t.Errorf("back again, Put = %v", err)
		}
	}
}

func TestS3Addresses(t *testing.T) {
	for _, address := range []string{"http://a:b@h/c", "s3://h/bucket", "s3://a:b@h", "s3://a:b@h/one/two", "s3://a:b@/c"} {
		if _, err := blob.OpenS3(address, ""); err == nil || strings.Contains(err.Error(), "a:b") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
