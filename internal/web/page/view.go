package page

import (
	"html/template"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// View is what the layout and every screen's template get: "$" in a template. What the screen
// itself shows is Data.
type View struct {
	L    *i18n.Localizer
	Who  portal.Identity
	Zone *time.Location
	Now  time.Time

	Title  string // of the window and history; the layout adds the portal's name
	Screen string // name of the rail's current entry: "library", "people", "queue", "officer", "w:12"
	Path   string // of the request, with its query but the language
	Query  string // what the search field holds
	Done   string // sentence that tells what was just done
	Demo   bool   // show the banner of the demonstration
	Narrow bool   // no rail of navigation: sign-in, invitation
	Rail   *Rail
	Form   *form.State
	Data   any

	RailHTML      template.HTML // set by Render
	Style, Script template.HTML // set by Render
	Mark          string        // address of the portal's icon; set by Render
	langs         []Lang
}

// Rail is the member's way around.
type Rail struct {
	Workspaces []RailWorkspace
	Queue      int // cases that wait for her

	mu   sync.Mutex
	html map[string]template.HTML // as rendered, by the current entry
}

// maxRails bounds the renderings of one rail: its entries, with the current one marked.
const maxRails = 64

// rendered gives the rail's markup, made once for each current entry: it stands twice in a page
// and is the same on the next one.
func (r *Rail) rendered(current string, render func() (template.HTML, error)) (template.HTML, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if made, ok := r.html[current]; ok {
		return made, nil
	}
	made, err := render()
	if err != nil {
		return "", err
	}
	if r.html == nil || len(r.html) >= maxRails {
		r.html = map[string]template.HTML{}
	}
	r.html[current] = made
	return made, nil
}

// RailWorkspace is one of the member's workspaces with how many new posts wait there.
type RailWorkspace struct {
	ID     int64
	Name   string
	Path   string
	Unread int
}

// Lang is a language that the portal speaks, for the switcher.
type Lang struct {
	Tag, Name, Dir, Path string
	Current              bool
}

// Lang is the page's language.
func (v *View) Lang() string { return v.L.Lang() }

// Dir is the page's direction.
func (v *View) Dir() string { return v.L.Dir() }

// SignedIn tells whether a member reads.
func (v *View) SignedIn() bool { return v.Who.SignedIn() }

// Moderator tells whether the reader decides over anything.
func (v *View) Moderator() bool { return v.Who.Moderator() }

// Initials of the reader, for her avatar.
func (v *View) Initials() string { return Initials(v.Who.Name) }

// SetLangs gives the languages of the switcher; each leads to the same page.
func (v *View) SetLangs(c *i18n.Catalogues) {
	v.langs = v.langs[:0]
	for _, tag := range c.Tags() {
		sep := "?"
		if strings.Contains(v.Path, "?") {
			sep = "&"
		}
		v.langs = append(v.langs, Lang{Tag: tag.String(), Name: i18n.LanguageName(tag), Dir: i18n.DirOf(tag.String()),
			Path: v.Path + sep + "lang=" + tag.String(), Current: tag.String() == v.Lang()})
	}
}

// Langs lists the languages of the switcher.
func (v *View) Langs() []Lang { return v.langs }

// SignIn is the address of the sign-in page that comes back here.
func (v *View) SignIn() string {
	if v.Path == "" || v.Path == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(v.Path)
}

// When writes a moment: relative under a day, the exact time on hover.
func (v *View) When(t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	return v.timeElement(t, v.L.Relative(t, v.Now, v.Zone))
}

// Date writes the day of a moment, the exact time on hover.
func (v *View) Date(t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	return v.timeElement(t, v.L.Date(t, v.Zone))
}

// At writes a moment exactly.
func (v *View) At(t time.Time) template.HTML {
	return v.timeElement(t, v.L.DateTime(t, v.Zone))
}

func (v *View) timeElement(t time.Time, text string) template.HTML {
	exact := v.L.DateTime(t, v.Zone)
	var b strings.Builder
	b.WriteString(`<time datetime="`)
	b.WriteString(t.UTC().Format(time.RFC3339))
	if exact != text {
		b.WriteString(`" title="`)
		b.WriteString(template.HTMLEscapeString(exact))
	}
	b.WriteString(`">`)
	b.WriteString(template.HTMLEscapeString(text))
	b.WriteString(`</time>`)
	return template.HTML(b.String())
}

// Initials gives the first letters of the first and the last word of a name.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' })
	if len(words) > 2 {
		words = []string{words[0], words[len(words)-1]}
	}
	var b strings.Builder
	for _, w := range words {
		for _, r := range w {
			if unicode.IsLetter(r) {
				if b.Len() > 0 && unicode.In(r, unicode.Arabic) {
					b.WriteString("\u200c") // two initials, not a ligature
				}
				b.WriteRune(unicode.ToUpper(r))
				break
			}
		}
	}
	return b.String()
}
