package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"praxis/internal/portal"
)

// whole is a practice that can be submitted.
func whole(title string) url.Values {
	return values("once", title, "title", title, "summary", "Two sentences.", "sections.problem", "Presses came in as machine parts.",
		"sections.steps", "1. Declare\n2. Check", "sections.results", "None yet.", "language", "en", "country", "EC", "sectors", "customs",
		"workspace_id", "1", "handling", "amber", "do", "save")
}

func with(v url.Values, pairs ...string) url.Values {
	c := url.Values{}
	for name, list := range v {
		c[name] = append([]string(nil), list...)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		c.Set(pairs[i], pairs[i+1])
	}
	return c
}

func (w *world) practiceAt(t *testing.T, who, path string) portal.Practice {
	t.Helper()
	var id int64
	_, err := fmt.Sscanf(path, "/p/%d", &id)
	must(t, err)
	p, err := w.f.Practices.Get(ctx, w.who(t, who), id)
	must(t, err)
	return p
}

func TestWrite(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", 201)
	w.sendAll(t, []sending{
		{name: "no title", who: ana, path: "/write", values: with(whole(""), "title", " "), status: 422, links: []string{"title"},
			keeps: []string{"Presses came in as machine parts.", "1. Declare\n2. Check", `value="customs" checked`, `value="EC" selected`}},
		{name: "title too long", who: ana, path: "/write", values: with(whole("x"), "title", long), status: 422, links: []string{"title"}, keeps: []string{long}},
		{name: "year", who: ana, path: "/write", values: with(whole("A year"), "year", "soon"), status: 422, links: []string{"year"}, keeps: []string{`value="soon"`}},
		{name: "reference", who: ana, path: "/write", values: with(whole("A reference"), "rows", "1", "ref.0.title", "Law 221", "ref.0.url", "not an address"), status: 422,
			links: []string{"references"}, keeps: []string{"Law 221", "not an address"}},
		{name: "foreign workspace", who: lena, path: "/write", values: with(whole("Elsewhere"), "workspace_id", "1"), status: 422, links: []string{"workspace_id"}, keeps: []string{"Elsewhere"}},
		{name: "unknown country", who: ana, path: "/write", values: with(whole("A country"), "country_other", "Atlantis"), status: 422, links: []string{"country_other"}, keeps: []string{"Atlantis"}},
		{name: "unknown reader", who: ana, path: "/write", values: with(whole("For one"), "handling", "red", "named_more", "Nobody Atall"), status: 422, links: []string{"named_more"}, keeps: []string{"Nobody Atall"}},
		{name: "title alone", who: karim, path: "/write", values: values("once", "k", "title", "Only a title", "language", "ar", "handling", "amber", "do", "save"), status: 303, to: "/p/"},
	})
	typed := with(whole("Pill press registry"), "country_other", "France", "rows", "2", "ref.1.title", "Law 221", "ref.1.year", "2024", "ref.1.url", "https://example.org/law")
	rec := w.send(t, sending{who: ana, path: "/write", values: typed, status: 303, to: "/p/"})
	path, _, _ := strings.Cut(rec.Header().Get("Location"), "/edit")
	p := w.practiceAt(t, ana, path)
	if p.Country != "FR" || len(p.References) != 1 || p.References[0].Year != 2024 || p.Sections["steps"] != "1. Declare\n2. Check" || p.Status != portal.Draft {
		t.Errorf("saved %+v", p)
	}
	if again := w.send(t, sending{who: ana, path: "/write", values: typed, status: 303}).Header().Get("Location"); again != path+"/edit?done=saved" {
		t.Errorf("a second tap leads to %q", again)
	}
	// Back, more words, and Save: the form is another one, and no word of it is lost.
	rec = w.send(t, sending{who: ana, path: "/write", values: with(typed, "sections.results", "Typed after Back."), status: 303, to: "/p/"})
	more, _, _ := strings.Cut(rec.Header().Get("Location"), "?")
	holds(t, w.page(t, ana, more), "Typed after Back.")
	if rec := w.get(t, lena, path+"/edit"); rec.Code != http.StatusNotFound {
		t.Errorf("somebody else's draft: status %d", rec.Code)
	}
}

func TestRowsOfReferencesWithoutScripts(t *testing.T) {
	w := newWorld(t)
	typed := with(whole("Rows"), "rows", "2", "ref.0.title", "First", "ref.1.title", "Second", "ref.1.year", "later")
	body := w.send(t, sending{who: ana, path: "/write", values: with(typed, "do", "add"), status: 200, keeps: []string{"First", "Second", "later", "Presses came in"}}).Body.String()
	holds(t, body, `name="ref.2.title"`, `name="rows" value="3"`)
	body = w.send(t, sending{who: ana, path: "/write", values: with(typed, "do", "drop-0"), status: 200, keeps: []string{"Second", "later"}}).Body.String()
	lacks(t, body, `value="First"`)
	holds(t, body, `name="rows" value="1"`)
}

func TestEditAndSubmit(t *testing.T) {
	w := newWorld(t)
	path := w.draft(t, ana, "Half a practice")
	p := w.practiceAt(t, ana, path)
	version := fmt.Sprint(p.Version)
	w.send(t, sending{who: ana, path: path + "/edit", values: values("version", version, "title", "Half a practice", "language", "en", "workspace_id", "1", "handling", "amber", "summary", "Kept", "do", "submit"),
		status: 422, links: []string{"sections.problem", "sections.steps", "sections.results", "sectors"}, keeps: []string{"Kept"}})
	p = w.practiceAt(t, ana, path)
	if p.Summary != "Kept" {
		t.Error("what was typed was not saved before it was refused for submission")
	}
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("Half a practice"), "version", fmt.Sprint(p.Version), "do", "preview"), status: 303, to: path})
	p = w.practiceAt(t, ana, path)
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("A whole practice"), "version", fmt.Sprint(p.Version), "do", "submit"), status: 303, to: path + "?done=submitted"})
	if p = w.practiceAt(t, ana, path); p.Status != portal.Submitted {
		t.Errorf("it is %s", p.Status)
	}
	holds(t, w.page(t, ana, path+"/edit"), "In review", "A whole practice")
	if rec := w.get(t, moderator, path+"/edit"); rec.Code != http.StatusSeeOther || !strings.HasSuffix(rec.Header().Get("Location"), "/handling") {
		t.Errorf("a moderator is led to %d %s", rec.Code, rec.Header().Get("Location"))
	}
	if rec := w.post(t, moderator, path+"/edit", whole("Taken over")); rec.Code != http.StatusForbidden {
		t.Errorf("a moderator edits the text: status %d", rec.Code)
	}
}

// Two tabs: the second save writes nothing, loses nothing, and shows what differs.
func TestTwoTabs(t *testing.T) {
	w := newWorld(t)
	path := w.draft(t, ana, "Two tabs")
	p := w.practiceAt(t, ana, path)
	first := with(whole("Two tabs"), "version", fmt.Sprint(p.Version), "sections.problem", "Written in the first tab.")
	second := with(whole("Two tabs"), "version", fmt.Sprint(p.Version), "sections.problem", "Written in the second tab.")
	w.send(t, sending{who: ana, path: path + "/edit", values: first, status: 303})
	body := w.send(t, sending{who: ana, path: path + "/edit", values: second, status: 422,
		keeps: []string{"Written in the second tab.", "<del>first</del>", "<ins>second</ins>"}}).Body.String()
	p = w.practiceAt(t, ana, path)
	if p.Sections["problem"] != "Written in the first tab." {
		t.Fatalf("the second tab overwrote the first: %q", p.Sections["problem"])
	}
	second.Set("version", hidden(t, body, "version"))
	w.send(t, sending{who: ana, path: path + "/edit", values: second, status: 303})
}

func TestLabels(t *testing.T) {
	w := newWorld(t)
	body := w.page(t, ana, "/write?workspace=1")
	for _, h := range portal.Handlings {
		holds(t, body, `name="handling" value="`+string(h)+`"`)
	}
	holds(t, body, " members (", "this workspace, with its moderators and officers")
	if rec := w.get(t, ana, "/write/readers?workspace=1"); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"amber"`) {
		t.Errorf("readers: %d %s", rec.Code, rec.Body.String())
	}
	if rec := w.get(t, karim, "/write/readers?workspace=1"); rec.Code != http.StatusNotFound {
		t.Errorf("an outsider counts the readers of a workspace: status %d", rec.Code)
	}
	path := w.draft(t, ana, "For somchai")
	p := w.practiceAt(t, ana, path)
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("For somchai"), "version", fmt.Sprint(p.Version), "handling", "red", "named_more", "somchai kittisak"), status: 303})
	if p = w.practiceAt(t, ana, path); p.Handling != portal.Red || len(p.NamedPersons) != 1 || p.NamedPersons[0].Name != "Somchai Kittisak" {
		t.Errorf("named are %+v", p.NamedPersons)
	}
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("For somchai"), "version", fmt.Sprint(p.Version), "handling", "red", "named", fmt.Sprint(p.Named[0]), "do", "submit"),
		status: 422, links: []string{"named"}, says: []string{"moderador"}})
	w.send(t, sending{who: ana, path: path + "/handling", values: values("version", fmt.Sprint(w.practiceAt(t, ana, path).Version), "handling", "green"), status: 303, to: path})
	if p = w.practiceAt(t, ana, path); p.Handling != portal.Green || len(p.Named) != 0 {
		t.Errorf("after the change: %s, %v", p.Handling, p.Named)
	}
	w.send(t, sending{who: ana, path: path + "/handling", values: values("version", fmt.Sprint(p.Version), "handling", "purple"), status: 422, links: []string{"handling"}})
}

// upload sends the editor's form with a file in it.
func (w *world) upload(t *testing.T, who, path string, fields url.Values, name, content string) *httptest.ResponseRecorder {
	t.Helper()
	return w.do(t, who, w.form(t, path, fields, name, content))
}

// form is a request that sends a form with a file.
func (w *world) form(t *testing.T, path string, fields url.Values, name, content string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for field, list := range fields {
		for _, v := range list {
			must(t, m.WriteField(field, v))
		}
	}
	part, err := m.CreateFormFile("file", name)
	must(t, err)
	_, err = part.Write([]byte(content))
	must(t, err)
	must(t, m.Close())
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// A file goes with the whole form: no word is lost to it, be it taken or refused.
func TestFilesOfAPractice(t *testing.T) {
	w := newWorld(t)
	rec := w.upload(t, ana, "/write", with(whole("With a file"), "do", "attach"), "decree.pdf", "%PDF-1.4\n%%EOF\n")
	if rec.Code != http.StatusSeeOther || !strings.Contains(rec.Header().Get("Location"), "done=file_added") {
		t.Fatalf("status %d to %q: %s", rec.Code, rec.Header().Get("Location"), summary(rec.Body.String()))
	}
	path, _, _ := strings.Cut(rec.Header().Get("Location"), "/edit")
	body := w.page(t, ana, path+"/edit")
	holds(t, body, "decree.pdf", "Presses came in as machine parts.")
	p := w.practiceAt(t, ana, path)
	rec = w.upload(t, ana, path+"/edit", with(whole("With a file"), "version", fmt.Sprint(p.Version), "summary", "Typed with the file", "do", "attach"), "program.exe", "MZ....")
	if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "Solo se pueden adjuntar") {
		t.Errorf("an executable: status %d", rec.Code)
	}
	holds(t, rec.Body.String(), "Typed with the file")
	p = w.practiceAt(t, ana, path)
	files, err := w.f.Attachments.List(ctx, w.who(t, ana), p.ID)
	must(t, err)
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("With a file"), "version", fmt.Sprint(p.Version), "do", fmt.Sprintf("detach-%d", files[0].ID)), status: 303, to: path + "/edit?done=file_removed"})
	lacks(t, w.page(t, ana, path+"/edit"), "decree.pdf")
}

func TestAdoptAndArchive(t *testing.T) {
	w := newWorld(t)
	path := fmt.Sprintf("/p/%d", w.practiceByKey(t, "ee-thn").ID)
	w.sendAll(t, []sending{
		{name: "no result", who: lena, path: path + "/adopt", values: values("once", "1", "note", "We trained nine nurses.", "country", "AT"), status: 422, links: []string{"result"}, keeps: []string{"We trained nine nurses."}},
		{name: "year", who: lena, path: path + "/adopt", values: values("once", "1", "result", "failed", "year", "12", "note", "Nobody came.", "country", "AT"), status: 422, links: []string{"year"}, keeps: []string{"Nobody came."}},
		{name: "reported", who: lena, path: path + "/adopt", values: values("once", "1", "result", "failed", "note", "Nobody came.", "country", "AT"), status: 303, to: path},
		{name: "second tap", who: lena, path: path + "/adopt", values: values("once", "1", "result", "failed", "note", "Nobody came.", "country", "AT"), status: 303, to: path},
		{name: "archived by a member", who: lena, path: path + "/archive", status: 403},
		{name: "archived by an officer", who: officer, path: path + "/archive", status: 303, to: path + "?done=archived"},
	})
	if n := strings.Count(w.page(t, lena, path), "Nobody came."); n != 1 {
		t.Errorf("the report stands %d times", n)
	}
}
