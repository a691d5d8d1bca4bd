package attachment_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"io"
	"runtime"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// located is a picture that tells where it was taken.
func located(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00GPSLatitude 2 11 24 S"
	segment := append(binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(exif)+2)), exif...)
	return append(append([]byte{0xFF, 0xD8}, segment...), b.Bytes()[2:]...)
}

func (w *world) bytesOf(a postgres.Attachment) []byte {
	w.Helper()
	f, err := w.store.Get(a.SHA256)
	w.must(err)
	defer f.Close()
	b, err := io.ReadAll(f)
	w.must(err)
	return b
}

func TestPicturesLoseWhatTheCameraWrote(t *testing.T) {
	w := newWorld(t)
	a, err := w.svc.Add(ctx, w.author, w.practice, "dock.jpg", bytes.NewReader(located(t)))
	w.must(err)
	kept := w.bytesOf(a)
	if a.MediaType != "image/jpeg" || a.Name != "dock.jpg" || a.Size != int64(len(kept)) || bytes.Contains(kept, []byte("GPS")) || bytes.Contains(kept, []byte("Exif")) {
		t.Errorf("kept is %+v, with the place: %v", a, bytes.Contains(kept, []byte("GPS")))
	}
	again, err := w.svc.Add(ctx, w.author, w.practice, "dock.jpg", bytes.NewReader(located(t)))
	if err != nil || again.ID != a.ID {
		t.Errorf("sent twice it is %d and %d: %v", a.ID, again.ID, err)
	}
	w.states(map[int64]string{a.ID: "empty"})
	_, err = w.svc.Add(ctx, w.author, w.practice, "half.jpg", bytes.NewReader(located(t)[:200]))
	if portal.KindOf(err) != portal.Unsupported || !strings.Contains(err.Error(), "error.picture_unread") {
		t.Errorf("half a picture: %v", err)
	}
}

// A file passes through: of 50 MiB nothing near that is ever held.
func TestAnUploadIsNeverWholeInMemory(t *testing.T) {
	w := newWorld(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := w.svc.Add(ctx, w.author, w.practice, "large.txt", io.LimitReader(words{}, portal.MaxAttachment))
	w.must(err)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
		t.Errorf("all in all %d KiB were taken", took>>10)
	}
	if _, err := w.svc.Add(ctx, w.author, w.practice, "larger.txt", io.LimitReader(words{}, portal.MaxAttachment+1)); portal.KindOf(err) != portal.TooLarge {
		t.Errorf("a byte more: %v", err)
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
