package page

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// maxKeptBuffer bounds what a buffer may have grown to and still be kept for the next page.
const maxKeptBuffer = 1 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render answers with a screen. The page is made whole before its first byte is sent, so an error
// in a template can still become an error page. A visitor's page carries an ETag; a member's is
// kept by nobody.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, status int, name string, v *View) error {
	s := p.screens[name]
	if s == nil {
		return fmt.Errorf("there is no page %q", name)
	}
	t := s.byLang[v.Lang()]
	if t == nil {
		return fmt.Errorf("page %s: no language %q", name, v.Lang())
	}
	if v.Rail == nil {
		v.Rail = &Rail{}
	}
	v.Style, v.Script, v.Mark = s.style, s.script, p.mark
	b := buffers.Get().(*bytes.Buffer)
	defer keep(b)
	b.Reset()
	var err error
	v.RailHTML, err = v.Rail.rendered(v.Screen, func() (template.HTML, error) {
		defer b.Reset()
		err := t.ExecuteTemplate(b, "rail", v)
		return template.HTML(b.String()), err
	})
	if err != nil {
		return fmt.Errorf("render the rail of page %s: %w", name, err)
	}
	times := 1
	if v.Form.Failed() {
		times = 2 // the summary names fields whose labels are known only when they have been shown once
	}
	for range times {
		b.Reset()
		if err := t.ExecuteTemplate(b, "layout", v); err != nil {
			return fmt.Errorf("render page %s: %w", name, err)
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.policy)
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Content-Language", v.Lang())
	return p.send(w, r, status, b.Bytes(), v.SignedIn())
}

// Fragment renders one named template of a screen, for a script that fetches only a part.
func (p *Pages) Fragment(name, part, lang string, data any) (template.HTML, error) {
	s := p.screens[name]
	if s == nil || s.byLang[lang] == nil {
		return "", fmt.Errorf("there is no page %q in %q", name, lang)
	}
	b := buffers.Get().(*bytes.Buffer)
	defer keep(b)
	b.Reset()
	if err := s.byLang[lang].ExecuteTemplate(b, part, data); err != nil {
		return "", fmt.Errorf("render %s of page %s: %w", part, name, err)
	}
	return template.HTML(b.String()), nil
}

// seed makes ETags of this process alone: the same page from another one has another tag, and is
// sent once more.
var seed = maphash.MakeSeed()

func (p *Pages) send(w http.ResponseWriter, r *http.Request, status int, body []byte, private bool) error {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if private || status != http.StatusOK {
		h.Set("Cache-Control", "private, no-store")
	} else {
		tag := `W/"` + strconv.FormatUint(maphash.Bytes(seed, body), 36) + `"`
		h.Set("Cache-Control", "private, no-cache")
		h.Set("ETag", tag)
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	coding, squeezed := p.squeeze.squeeze(body, r.Header.Get("Accept-Encoding"))
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Length", strconv.Itoa(len(squeezed)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(squeezed) // the reader has gone: nobody is left to tell
	}
	return nil
}

func keep(b *bytes.Buffer) {
	if b.Cap() <= maxKeptBuffer {
		buffers.Put(b)
	}
}
