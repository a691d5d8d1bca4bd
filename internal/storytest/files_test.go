package storytest

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"praxis/internal/blob/s3test"
	"praxis/internal/config"
)

type uploadState struct {
	ID, Offset, Size int64
	Attachment       *struct {
		ID        int64
		Name      string
		MediaType string `json:"media_type"`
	}
}

func (c *Client) state(a *Answer) (u uploadState) {
	c.T.Helper()
	a.Want(200, 201).Into(&u)
	return u
}

func (c *Client) piece(id, offset int64, content string) *Answer {
	c.T.Helper()
	return c.Raw("PATCH", "/uploads/"+itoa(id), []byte(content), "Content-Type", "application/octet-stream", "Upload-Offset", strconv.FormatInt(offset, 10))
}

// A file comes in pieces: from where it stands and from nowhere else, and the last piece makes the
// attachment, once.
func TestUploadInPieces(t *testing.T) {
	p := Start(t, nil)
	ana, somchai := p.As(t, "ana"), p.As(t, "somchai")
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Por partes", "workspace_id": 1}).Want(201).Thing()
	path := "/practices/" + itoa(draft.ID) + "/uploads"
	words := strings.Repeat("Guayaquil, Callao, Manta. ", 10_000)
	somchai.Do("POST", path, map[string]any{"name": "puertos.txt", "size": len(words)}).Want(404)
	ana.Do("POST", path, map[string]any{"name": "puertos.txt", "size": 60 << 20}).Want(413)
	ana.Do("POST", path, map[string]any{"name": "", "size": 0}).Want(422)
	u := ana.state(ana.Do("POST", path, map[string]any{"name": "puertos.txt", "size": len(words)}))
	somchai.Do("GET", "/uploads/"+itoa(u.ID), nil).Want(404)
	somchai.piece(u.ID, 0, "x").Want(404)
	ana.piece(u.ID, 7, words).Want(409)
	if u = ana.state(ana.piece(u.ID, 0, words[:100_000])); u.Offset != 100_000 || u.Attachment != nil {
		t.Fatalf("after a piece: %+v", u)
	}
	ana.piece(u.ID, 0, words).Want(409)
	if u = ana.state(ana.Do("GET", "/uploads/"+itoa(u.ID), nil)); u.Offset != 100_000 {
		t.Fatalf("it stands at %+v", u)
	}
	u = ana.state(ana.piece(u.ID, u.Offset, words[100_000:]))
	again := ana.state(ana.piece(u.ID, u.Offset, ""))
	if u.Attachment == nil || u.Attachment.MediaType != "text/plain" || again.Attachment == nil || again.Attachment.ID != u.Attachment.ID {
		t.Fatalf("in the end: %+v, and again %+v", u, again)
	}
	if got := ana.Do("GET", "/attachments/"+itoa(u.Attachment.ID), nil).Want(200); string(got.Body) != words {
		t.Errorf("the bytes are not those that were sent: %d of %d", len(got.Body), len(words))
	}
	program := ana.state(ana.Do("POST", path, map[string]any{"name": "notas.txt", "size": 4}))
	ana.piece(program.ID, 0, "MZ\x90\x00").Want(415)
	ana.Do("GET", "/uploads/"+itoa(program.ID), nil).Want(404)
}

// What was acknowledged of an upload is there after the portal was killed, and so is the place.
func TestKilledPortalKeepsUploads(t *testing.T) {
	t.Parallel()
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	portal := &Portal{URL: p.url}
	ana := portal.As(t, "ana")
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Cortes de luz", "workspace_id": 1}).Want(201).Thing()
	words := strings.Repeat("Guayaquil, Callao, Manta. ", 400_000)
	u := ana.state(ana.Do("POST", "/practices/"+itoa(draft.ID)+"/uploads", map[string]any{"name": "puertos.txt", "size": len(words)}))
	first := ana.state(ana.piece(u.ID, 0, words[:3_000_000]))
	// Of a piece that is under way when the portal is killed nobody knows how much came.
	half, write := io.Pipe()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		r, err := http.NewRequest("PATCH", p.url+"/api/v1/uploads/"+itoa(u.ID), half)
		if err != nil {
			return
		}
		r.Header.Set("Authorization", "Bearer "+ana.Token)
		r.Header.Set("Upload-Offset", itoa(first.Offset))
		if res, err := http.DefaultClient.Do(r); err == nil {
			res.Body.Close()
		}
	}()
	_, _ = write.Write([]byte(words[3_000_000:4_000_000]))
	p.kill()
	write.CloseWithError(io.ErrClosedPipe)
	<-sent
	p = launch(t, "demo", "--data-dir", dir)
	portal.URL, ana.URL = p.url, p.url
	u = ana.state(ana.Do("GET", "/uploads/"+itoa(u.ID), nil))
	if u.Offset < first.Offset {
		t.Fatalf("%d bytes were acknowledged, %d are there", first.Offset, u.Offset)
	}
	u = ana.state(ana.piece(u.ID, u.Offset, words[u.Offset:]))
	if u.Attachment == nil {
		t.Fatalf("in the end: %+v", u)
	}
	if got := ana.Do("GET", "/attachments/"+itoa(u.Attachment.ID), nil).Want(200); string(got.Body) != words {
		t.Errorf("the bytes are not those that were sent: %d of %d", len(got.Body), len(words))
	}
	picture := ana.upload("/practices/"+itoa(draft.ID)+"/attachments", "muelle.jpg", photograph(t)).Want(201).Thing()
	if got := ana.Do("GET", "/attachments/"+itoa(picture.ID), nil).Want(200); bytes.Contains(got.Body, []byte("GPSLatitude")) {
		t.Error("the picture tells where it was taken")
	}
}

// photograph says where it was taken.
func photograph(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00GPSLatitude 2 11 24 S"
	return append(append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...), b.Bytes()[2:]...)
}

func TestDownloads(t *testing.T) {
	p := Start(t, nil)
	ana := p.As(t, "ana")
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Descargas", "workspace_id": 1}).Want(201).Thing()
	files := "/practices/" + itoa(draft.ID) + "/attachments"
	for _, tt := range []struct{ name, content, kind, how, encoded string }{
		{"señal 1.csv", "puerto,año\nCallao,2024\nManta,2025\n", "text/csv", `attachment; filename="se_al 1.csv"`, "UTF-8''se%C3%B1al%201.csv"},
		{`a"b;c.txt`, "palabras", "text/plain", `attachment; filename="a_b_c.txt"`, "UTF-8''a%22b%3Bc.txt"},
		{"muelle.jpg", string(photograph(t)), "image/jpeg", "inline", "UTF-8''muelle.jpg"},
	} {
		file := ana.upload(files, tt.name, []byte(tt.content)).Want(201).Thing()
		got := ana.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(200)
		for header, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Type": tt.kind, "Content-Security-Policy": "sandbox; default-src 'none'"} {
			if now := got.Header.Get(header); now != want {
				t.Errorf("%s: %s is %q, want %q", tt.name, header, now, want)
			}
		}
		if how := got.Header.Get("Content-Disposition"); !strings.HasPrefix(how, tt.how) || !strings.HasSuffix(how, tt.encoded) {
			t.Errorf("%s: Content-Disposition is %q", tt.name, how)
		}
		part := ana.Raw("GET", "/attachments/"+itoa(file.ID), nil, "Range", "bytes=2-5").Want(206)
		if string(part.Body) != string(got.Body[2:6]) {
			t.Errorf("%s: bytes 2 to 5 are %q", tt.name, part.Body)
		}
	}
}

// While the object store is away files answer 503, words go on, and both recover.
func TestObjectStoreAway(t *testing.T) {
	store := s3test.Start(t)
	p := Start(t, func(s *config.Settings) { s.S3URL = store.URL })
	ana := p.As(t, "ana")
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Sin almacén", "workspace_id": 1}).Want(201).Thing()
	path := "/practices/" + itoa(draft.ID)
	file := ana.upload(path+"/attachments", "uno.txt", []byte("uno")).Want(201).Thing()
	u := ana.state(ana.Do("POST", path+"/uploads", map[string]any{"name": "tres.txt", "size": 4}))
	store.Refuse()
	away := ana.upload(path+"/attachments", "dos.txt", []byte("dos")).Want(503)
	if away.Header.Get("Retry-After") == "" || !strings.Contains(string(away.Body), "archivos") {
		t.Errorf("an upload is answered %v %s", away.Header, away.Body)
	}
	ana.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(503)
	ana.piece(u.ID, 0, "tres").Want(503)
	ana.Do("PATCH", path, map[string]any{"summary": "Sigue aquí."}).Want(200)
	store.Back(t)
	ana.upload(path+"/attachments", "dos.txt", []byte("dos")).Want(201)
	if got := ana.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(200); string(got.Body) != "uno" {
		t.Errorf("the file is %q", got.Body)
	}
	if u = ana.state(ana.piece(u.ID, 4, "")); u.Attachment == nil {
		t.Errorf("the upload was lost: %+v", u)
	}
}
