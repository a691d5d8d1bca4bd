package storytest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A report's life over the API: told whole, confirmed by another, corrected, withdrawn; each answer is
// held against the document.
func TestReportsOverTheAPI(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, visitor := p.As(t, "ana"), p.As(t, "somchai"), p.Visitor(t)
	type report struct {
		ID, Year, Month        int64
		Result, Adapted, Level string
		Links                  []string
		ConfirmedBy            *struct{ ID int64 } `json:"confirmed_by"`
		Practice               *struct{ Title string }
	}
	var told, list report
	ana.Do("POST", "/practices/1/adoptions", map[string]any{"result": "worked", "country": "EC", "year": 2019}).Want(201) // as before
	ana.Do("POST", "/practices/1/adoptions", map[string]any{"result": "failed", "country": "EC", "year": 2021, "month": 4, "level": "local",
		"adapted": "By post.", "took": "Two nurses.", "note": "Nobody came.", "links": []string{"https://example.org/a"}}).Want(201).Into(&told)
	if told.Month != 4 || told.Adapted != "By post." || told.Level != "local" || len(told.Links) != 1 {
		t.Errorf("the report is %+v", told)
	}
	for field, wrong := range map[string]map[string]any{
		"links": {"result": "failed", "links": []string{"ftp://example.org"}}, "year": {"result": "failed", "month": 3}, "month": {"result": "failed", "year": 2020, "month": 13},
		"level": {"result": "failed", "level": "moon"}, "took": {"result": "failed", "took": strings.Repeat("a", 2001)},
	} {
		if a := ana.Do("POST", "/practices/1/adoptions", wrong).Want(422); !strings.Contains(string(a.Body), `"`+field+`"`) {
			t.Errorf("%s is refused with %s", field, a.Body)
		}
	}
	path := "/adoptions/" + itoa(told.ID)
	visitor.Do("POST", path+"/confirm", nil).Want(401)
	ana.Do("POST", path+"/confirm", nil).Want(403)
	somchai.Do("POST", path+"/confirm", nil).Want(200).Into(&list)
	if list.ConfirmedBy == nil || list.ConfirmedBy.ID != idOf(t, somchai) {
		t.Errorf("confirmed is %+v", list)
	}
	somchai.Do("POST", path+"/confirm", nil).Want(409)
	somchai.Do("PATCH", path, map[string]any{"note": "Mine now."}).Want(403)
	somchai.Do("DELETE", path, nil).Want(403)
	ana.Do("PATCH", path, map[string]any{"result": "nonsense"}).Want(422)
	var corrected report
	ana.Do("PATCH", path, map[string]any{"result": "mixed"}).Want(200).Into(&corrected)
	if corrected.Result != "mixed" || corrected.Adapted != "By post." || corrected.ConfirmedBy != nil {
		t.Errorf("corrected is %+v", corrected)
	}
	var found struct{ Items []report }
	visitor.Do("GET", "/adoptions?country=EC&result=mixed&year=2021&limit=1", nil).Want(200).Into(&found)
	if len(found.Items) != 1 || found.Items[0].ID != told.ID || found.Items[0].Practice == nil {
		t.Errorf("found are %+v", found.Items)
	}
	visitor.Do("GET", "/adoptions?year=x", nil).Want(422)
	visitor.Do("GET", "/practices/1/adoptions", nil).Want(200)
	ana.Do("DELETE", path, nil).Want(204)
	ana.Do("DELETE", path, nil).Want(404)
	visitor.Do("GET", "/adoptions?country=EC&result=mixed&year=2021", nil).Want(200).Into(&found)
	if len(found.Items) != 0 {
		t.Errorf("after it was withdrawn there are %+v", found.Items)
	}
}

// The files of a report over the API, whole and in pieces: its reporter's to give, everybody's to read who
// reads the report.
func TestEvidenceOverTheAPI(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, visitor := p.As(t, "ana"), p.As(t, "somchai"), p.Visitor(t)
	told := ana.Do("POST", "/practices/1/adoptions", map[string]any{"result": "worked", "country": "EC", "year": 2018}).Want(201).Thing()
	path := "/adoptions/" + itoa(told.ID)
	var files struct{ Items []struct{ ID int64 } }
	visitor.Do("GET", path+"/attachments", nil).Want(200).Into(&files)
	if len(files.Items) != 0 {
		t.Errorf("it comes with %+v", files.Items)
	}
	somchai.upload(path+"/attachments", "a.pdf", pdf(t)).Want(403)
	visitor.upload(path+"/attachments", "a.pdf", pdf(t)).Want(401)
	file := ana.upload(path+"/attachments", "a.pdf", pdf(t)).Want(201).Thing()
	somchai.Do("POST", path+"/uploads", map[string]any{"name": "b.txt", "size": 5}).Want(403)
	u := ana.state(ana.Do("POST", path+"/uploads", map[string]any{"name": "b.txt", "size": 5}))
	u = ana.state(ana.piece(u.ID, 0, "words"))
	if u.Attachment == nil {
		t.Fatalf("in pieces it became %+v", u)
	}
	visitor.Do("GET", path+"/attachments", nil).Want(200).Into(&files)
	if len(files.Items) != 2 || files.Items[0].ID != file.ID || files.Items[1].ID != u.Attachment.ID {
		t.Errorf("it has %+v", files.Items)
	}
	visitor.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(200)
	somchai.Do("DELETE", "/attachments/"+itoa(file.ID), nil).Want(403)
	ana.Do("DELETE", "/attachments/"+itoa(file.ID), nil).Want(204)
	sum := sha256.Sum256([]byte("words"))
	name := hex.EncodeToString(sum[:])
	bytes := filepath.Join(p.Settings.Sub("attachments"), name[:2], name)
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(bytes, old, old); err != nil {
		t.Fatal(err)
	}
	ana.Do("DELETE", path, nil).Want(204)
	if info, err := os.Stat(bytes); err != nil || info.ModTime().Equal(old) {
		t.Errorf("the bytes of what is withdrawn go with the next sweep, also where a backup is reading them: %v", err)
	}
	visitor.Do("GET", path+"/attachments", nil).Want(404)
	visitor.Do("GET", "/attachments/"+itoa(u.Attachment.ID), nil).Want(404)
}
