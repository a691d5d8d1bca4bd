package web

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// unsent is a form that was not carried out: the error page gives its words back, to be sent again.
type unsent struct {
	Action string
	Fields []unsentField
	Files  bool // there were files with it, which are not kept
}

type unsentField struct {
	Name, Value string
	Words       bool // it was typed, so it is shown
}

// secretFields hold what no page ever holds. A form that has one is not given back.
var secretFields = []string{"password", "current"}

// unsentForm finds what a request that failed has sent; nil where there is nothing to give back.
// What another site's page sends is not given back either: it would be one press away from being
// sent by ours.
func (w *Web) unsentForm(r *http.Request) *unsent {
	if r.Method != http.MethodPost || !w.common.OwnOrigin(r) {
		return nil
	}
	texts, files := typed(r)
	f, err := form.Of(texts)
	if err != nil || slices.ContainsFunc(secretFields, f.Has) {
		return nil
	}
	u := &unsent{Action: r.URL.RequestURI(), Files: files}
	for _, name := range f.Names() {
		for _, value := range f.All(name) {
			words := strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c > '~' })
			u.Fields = append(u.Fields, unsentField{name, value, words})
		}
	}
	if len(u.Fields) == 0 {
		return nil
	}
	return u
}

// typed gives a posted form's texts, whether the handler has read them or never came to it, and
// whether there were files with them.
func typed(r *http.Request) (texts url.Values, files bool) {
	if r.MultipartForm != nil {
		return r.MultipartForm.Value, len(r.MultipartForm.File) > 0
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		r.Body = http.MaxBytesReader(nil, r.Body, portal.MaxBody)
		_ = r.ParseForm() // of a form that is cut there is nothing to give back
		return r.PostForm, false
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, false
	}
	return textsOf(parts)
}

// textsOf reads an upload's texts until its first file, portal.MaxBody bytes at most.
func textsOf(parts *multipart.Reader) (texts url.Values, files bool) {
	texts = url.Values{}
	for left := int64(portal.MaxBody); left > 0; {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		if part.FileName() != "" {
			return texts, true
		}
		text, err := io.ReadAll(io.LimitReader(part, left))
		if err != nil {
			break
		}
		left -= int64(len(text)) + 1 // so that parts without a text come to an end, too
		if part.Header.Get("Content-Type") == "" {
			texts.Add(part.FormName(), string(text))
		}
	}
	return texts, false
}

// pathOf is the address of the page itself, for the language switcher and the way back from
// signing in. The answer to a form is no page that one can ask for: it stands for the page with
// the form, or else for the nearest page above the form's own address.
func (w *Web) pathOf(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return pathWithoutLang(r.URL)
	}
	if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host && w.hasPage(from.Path) {
		return pathWithoutLang(from)
	}
	at := r.URL.EscapedPath()
	for at != "/" && at != "." && !w.hasPage(at) {
		at = path.Dir(at)
	}
	return at
}

// hasPage tells whether a page has this path.
func (w *Web) hasPage(at string) bool {
	asked := strings.Split(at, "/")
	return slices.ContainsFunc(w.Routes(), func(r Route) bool {
		return r.Method == get && slices.EqualFunc(strings.Split(r.Path, "/"), asked, func(named, segment string) bool {
			return named == segment || strings.HasPrefix(named, ":") && segment != ""
		})
	})
}
