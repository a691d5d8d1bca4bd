package attachment_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"

	"praxis/internal/attachment"
	"praxis/internal/portal"
)

const smallPDF = "%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n"

// packed makes a ZIP of names and contents, in pairs.
func (w *world) packed(pairs ...string) []byte {
	w.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		f, err := z.Create(pairs[i])
		w.must(err)
		_, err = f.Write([]byte(pairs[i+1]))
		w.must(err)
	}
	w.must(z.Close())
	return b.Bytes()
}

func (w *world) archive(raw []byte) *attachment.Archive {
	w.Helper()
	a, err := w.svc.Archive(bytes.NewReader(raw), int64(len(raw)))
	w.must(err)
	return a
}

func (w *world) blobs() (n int) {
	w.Helper()
	w.must(w.store.Walk(func([]byte, int64) error { n++; return nil }))
	return n
}

// What is in an archive is taken in as an upload would be, and refused as one: in a trial nothing is kept.
func TestArchive(t *testing.T) {
	w := newWorld(t)
	raw := w.packed("folder/decree.pdf", smallPDF, `windows\plan.pdf`, smallPDF, "cafe\u0301.txt", "Words of a colleague.", "empty.txt", "", "program.pdf", "MZ\x90\x00",
		"notes.exe", "Words.", "twice.txt", "One.", "./twice.txt", "Two.", "../out.txt", "Out.", "/root.txt", "Root.", "big.txt", strings.Repeat("x", portal.MaxAttachment+1),
		"bomb.txt", strings.Repeat("x", 20<<20), "folder/", "", "broken.png", "\x89PNG\r\n\x1a\n", "C:x.txt", "Drive.")
	for _, trial := range []bool{true, false} {
		a := w.archive(raw)
		for _, tt := range []struct{ path, want string }{
			{"folder/decree.pdf", ""}, {"./folder//decree.pdf", ""}, {"windows/plan.pdf", ""}, {`windows\plan.pdf`, ""}, {"caf\u00e9.txt", ""},
			{"nowhere.pdf", "import.file_missing"}, {"folder", "import.file_missing"}, {"decree.pdf", "import.file_missing"}, {"Folder/decree.pdf", "import.file_missing"},
			{"", "import.file_path"}, {".", "import.file_path"}, {"../out.txt", "import.file_path"}, {"folder/../out.txt", "import.file_path"},
			{"/root.txt", "import.file_path"}, {`\root.txt`, "import.file_path"}, {"C:x.txt", "import.file_path"}, {"a\x00b", "import.file_path"},
			{"twice.txt", "import.file_twice"}, {"empty.txt", "error.file_type"}, {"program.pdf", "error.file_type"}, {"notes.exe", "error.file_type"},
			{"big.txt", "error.file_too_large"}, {"bomb.txt", "import.file_bomb"}, {"broken.png", "error.picture_unread"},
		} {
			got, err := a.Take(ctx, w.author, tt.path, trial)
			if said := message(err); said != tt.want {
				t.Errorf("%q (trial: %v): %q (%v), want %q", tt.path, trial, said, err, tt.want)
			}
			if tt.want == "" && (len(got.SHA256) != 32 || got.Size == 0 || strings.ContainsAny(got.Name, `/\`) || w.stored(got) == trial) {
				t.Errorf("%q (trial: %v) is %+v, stored %v", tt.path, trial, got, w.stored(got))
			}
		}
		if n := w.blobs(); trial && n != 0 || !trial && n != 2 {
			t.Errorf("trial %v keeps %d", trial, n)
		}
	}
}

func message(err error) string {
	var e *portal.Error
	if errors.As(err, &e) {
		return e.Message
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// An entry that lies about itself is told as what it is, and nothing of it stays.
func TestArchiveThatLies(t *testing.T) {
	w := newWorld(t)
	whole := w.packed("a.txt", strings.Repeat("Some words of a colleague, and others. ", 4000))
	for _, tt := range []struct {
		name, want string
		change     func(raw []byte)
	}{
		{"locked by a password", "import.file_encrypted", func(raw []byte) { raw[central(raw)+8] |= 1 }},
		{"packed as nobody knows", "import.file_damaged", func(raw []byte) { raw[central(raw)+10] = 99 }},
		{"another sum", "import.file_damaged", func(raw []byte) { raw[central(raw)+16] ^= 1 }},
		{"less than it unpacks to", "import.file_damaged", func(raw []byte) { binary.LittleEndian.PutUint32(raw[central(raw)+24:], 10) }},
		{"far more than it has", "import.file_damaged", func(raw []byte) { binary.LittleEndian.PutUint32(raw[central(raw)+24:], 300_000) }},
		{"bytes that do not unpack", "import.file_damaged", func(raw []byte) {
			for i := 40; i < 200; i++ {
				raw[i] = 0xff
			}
		}},
	} {
		raw := bytes.Clone(whole)
		tt.change(raw)
		_, err := w.archive(raw).Take(ctx, w.author, "a.txt", false)
		if said := message(err); said != tt.want {
			t.Errorf("%s: %q (%v), want %q", tt.name, said, err, tt.want)
		}
	}
	if n := w.blobs(); n != 0 {
		t.Errorf("%d are kept", n)
	}
	for _, raw := range [][]byte{nil, []byte("no archive"), whole[:len(whole)/2]} {
		if _, err := w.svc.Archive(bytes.NewReader(raw), int64(len(raw))); message(err) != "import.not_zip" {
			t.Errorf("%d bytes are an archive: %v", len(raw), err)
		}
	}
}

// A ZIP whose list of entries is long is refused before they are all in memory, whatever its end says of
// how many there are.
func TestArchiveOfManyEntries(t *testing.T) {
	w := newWorld(t)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const many = 6 * 65_536 // whose lowest 16 bits are those of an empty one
	for range many {
		_, err := z.CreateRaw(&zip.FileHeader{Name: "a/"})
		w.must(err)
	}
	w.must(z.Close())
	raw := b.Bytes()
	end := len(raw) - 22
	for _, lies := range []bool{false, true} {
		if lies {
			binary.LittleEndian.PutUint16(raw[end+8:], 0)
			binary.LittleEndian.PutUint16(raw[end+10:], 0)
			binary.LittleEndian.PutUint32(raw[end+12:], 100)
			binary.LittleEndian.PutUint32(raw[end+16:], uint32(central(raw)))
		}
		read := &counted{ReaderAt: bytes.NewReader(raw)}
		if _, err := w.svc.Archive(read, int64(len(raw))); message(err) != "error.too_many" || read.n > 9<<20 {
			t.Errorf("lies: %v: %v, after %d bytes", lies, err, read.n)
		}
	}
}

// counted counts what is read.
type counted struct {
	io.ReaderAt
	n int
}

// ReadAt implements io.ReaderAt.
func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, at)
	c.n += n
	return n, err
}

// central finds the entry of the central directory.
func central(raw []byte) int { return bytes.Index(raw, []byte("PK\x01\x02")) }

// A picture is drawn anew, and the same way each time, or the same import would add it again.
func TestArchivePictureIsTheSameTwice(t *testing.T) {
	w := newWorld(t)
	var b bytes.Buffer
	w.must(png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))))
	raw := w.packed("quay.png", b.String()+"GPSLatitude")
	first, err := w.archive(raw).Take(ctx, w.author, "quay.png", true)
	w.must(err)
	second, err := w.archive(raw).Take(ctx, w.author, "quay.png", false)
	w.must(err)
	if !bytes.Equal(first.SHA256, second.SHA256) || first.MediaType != "image/png" {
		t.Errorf("first %+v, then %+v", first, second)
	}
}

// FuzzArchive opens what may come as an archive, and takes its first files.
func FuzzArchive(f *testing.F) {
	w := &world{TB: f}
	f.Add(w.packed("a.txt", "Words."))
	f.Add(w.packed("../a.txt", "Words.", "b.pdf", smallPDF))
	svc := attachment.New(nil, nil, nil)
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := svc.Archive(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			if portal.KindOf(err) == "" {
				t.Errorf("%v is no answer", err)
			}
			return
		}
		for _, path := range []string{"a.txt", "b.pdf"} {
			if _, err := a.Take(ctx, portal.Identity{}, path, true); err != nil && portal.KindOf(err) == "" {
				t.Errorf("%s: %v is no answer", path, err)
			}
		}
	})
}
