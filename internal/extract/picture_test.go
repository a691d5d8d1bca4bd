package extract_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"praxis/internal/extract"
)

// cameraJPEG is a picture, red on its left and blue on its right, that says how the camera was held
// and where it stood.
func cameraJPEG(t testing.TB, orientation uint16) []byte {
	t.Helper()
	return cameraPicture(t, orientation, 64, 32)
}

func cameraPicture(t testing.TB, orientation uint16, width, height int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{R: 255, A: 255}
			if x >= width/2 {
				c = color.RGBA{B: 255, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	tiff := le.AppendUint32([]byte("II*\x00"), 8)
	tiff = le.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(tiff, tag), kind), count), value)
	}
	entry(0x0112, 3, 1, uint32(orientation))
	entry(0x8825, 4, 1, 38) // the GPS directory
	tiff = le.AppendUint32(tiff, 0)
	tiff = append(tiff, "GPSLatitude 2 11 24 S"...)
	exif := append([]byte("Exif\x00\x00"), tiff...)
	segment := append(binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(exif)+2)), exif...)
	comment := append([]byte{0xFF, 0xFE, 0, 19}, "taken by officer x"[:17]...)
	return append(append([]byte{0xFF, 0xD8}, append(segment, comment...)...), b.Bytes()[2:]...)
}

func onePointWebP(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func redraw(t *testing.T, kind string, data []byte, most int64) (string, []byte, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "picture")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	mediaType, err := extract.Picture(context.Background(), kind, f, &out, most)
	return mediaType, out.Bytes(), err
}

func TestPictureKeepsOnlyItsPoints(t *testing.T) {
	data := cameraJPEG(t, 6) // held so that its left is up
	if !bytes.Contains(data, []byte("GPSLatitude")) {
		t.Fatal("the test's own picture says nothing of where it was taken")
	}
	mediaType, got, err := redraw(t, extract.JPEG, data, 1<<20)
	if err != nil || mediaType != extract.JPEG {
		t.Fatalf("%s, %v", mediaType, err)
	}
	for _, told := range []string{"GPS", "Exif", "taken by"} {
		if bytes.Contains(got, []byte(told)) {
			t.Errorf("%q has survived", told)
		}
	}
	m, err := jpeg.Decode(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if size := m.Bounds().Size(); size != image.Pt(32, 64) {
		t.Errorf("the picture is %v, want 32 × 64", size)
	}
	if r, _, b, _ := m.At(16, 8).RGBA(); r < 0xC000 || b > 0x4000 {
		t.Error("what was left is not up")
	}
	if r, _, b, _ := m.At(16, 56).RGBA(); b < 0xC000 || r > 0x4000 {
		t.Error("what was right is not down")
	}
}

// The largest picture that is taken, turned, fits into what its reader may use.
func TestLargestPicture(t *testing.T) {
	mediaType, got, err := redraw(t, extract.JPEG, cameraPicture(t, 6, 7900, 5060), 50<<20)
	if err != nil || mediaType != extract.JPEG {
		t.Fatalf("%s, %v", mediaType, err)
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(got))
	if err != nil || config.Width != 5060 || config.Height != 7900 {
		t.Errorf("it is %+v, %v", config, err)
	}
}

func TestPictures(t *testing.T) {
	var clear bytes.Buffer
	if err := png.Encode(&clear, image.NewNRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	text := []byte("\x00\x00\x00\x0etEXtAuthor\x00officer")
	text = binary.BigEndian.AppendUint32(text, crc32.ChecksumIEEE(text[4:]))
	told := append(bytes.Clone(clear.Bytes()[:33]), append(text, clear.Bytes()[33:]...)...)
	huge := bytes.Clone(clear.Bytes())
	binary.BigEndian.PutUint32(huge[16:], 30_000)
	binary.BigEndian.PutUint32(huge[20:], 30_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for _, tt := range []struct {
		name, kind, want string
		data             []byte
		most             int64
		err              error
	}{
		{"WebP becomes JPEG", extract.WebP, extract.JPEG, onePointWebP(t), 1 << 20, nil},
		{"PNG stays PNG", extract.PNG, extract.PNG, told, 1 << 20, nil},
		{"nine hundred million points", extract.PNG, "", huge, 1 << 20, extract.ErrTooLarge},
		{"half", extract.JPEG, "", cameraJPEG(t, 1)[:400], 1 << 20, extract.ErrCorrupt},
		{"more bytes than allowed", extract.JPEG, "", cameraJPEG(t, 1), 100, extract.ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mediaType, got, err := redraw(t, tt.kind, tt.data, tt.most)
			if !errors.Is(err, tt.err) || err == nil && mediaType != tt.want {
				t.Fatalf("%s, %v; want %s, %v", mediaType, err, tt.want, tt.err)
			}
			if err == nil && bytes.Contains(got, []byte("officer")) {
				t.Error("the author's name has survived")
			}
		})
	}
}
