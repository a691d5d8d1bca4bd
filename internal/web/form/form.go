// Package form keeps what a person typed: it reads a posted form, bounded, gives its values to the
// handler, and gives them back to the page together with what is wrong, so that nothing typed is
// ever lost to an error.
package form

import (
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/i18n"
	"praxis/internal/portal"
)

// MaxFields is how many values a form may hold, over all fields.
const MaxFields = 1000

// Error tells in the reader's language what is wrong with one field, or (Field "") with the whole.
type Error struct {
	Field   string
	Message string
}

// State is a form on its way: what was typed, or what stands there at first, and what is wrong.
// The nil State is an empty form.
type State struct {
	values url.Values
	labels map[string]string // of the fields that were shown, for the summary
	Errors []Error
}

// New makes a form that holds values at first: pairs of a field's name and its value.
func New(pairs ...string) *State {
	s := &State{values: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		s.values.Add(pairs[i], pairs[i+1])
	}
	return s
}

// Read reads a posted form. What cannot be read answers Malformed, what is too large TooLarge.
// A form with a file is read by the handler itself.
func Read(r *http.Request) (*State, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, portal.Fail(portal.Unsupported, "error.status.415")
	}
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return nil, portal.Fail(portal.TooLarge, "error.body_too_large", "Max", big.Limit>>20)
		}
		return nil, &portal.Error{Kind: portal.Malformed, Message: "error.status.400", Cause: err}
	}
	return Of(r.PostForm)
}

// Of makes a form of values that were read elsewhere: an address's query, the text parts of an
// upload. Line ends become those that the portal keeps.
func Of(values url.Values) (*State, error) {
	n := 0
	s := &State{values: make(url.Values, len(values))}
	for name, list := range values {
		if n += len(list); n > MaxFields {
			return nil, portal.Fail(portal.Malformed, "error.status.400")
		}
		for _, v := range list {
			s.values.Add(name, strings.ReplaceAll(v, "\r\n", "\n"))
		}
	}
	return s, nil
}

// Value gives a field as it was typed; "" where it is missing.
func (s *State) Value(name string) string {
	if s == nil {
		return ""
	}
	return s.values.Get(name)
}

// Text gives a field without the space around it.
func (s *State) Text(name string) string { return strings.TrimSpace(s.Value(name)) }

// Has tells whether the form sent the field at all: a form that lacks it does not mean to empty it.
func (s *State) Has(name string) bool { return s != nil && s.values.Has(name) }

// List gives all values of a field that can be chosen several times, without empty ones.
func (s *State) List(name string) []string {
	if s == nil {
		return nil
	}
	list := []string{}
	for _, v := range s.values[name] {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// Names lists the fields that the form sent, sorted.
func (s *State) Names() []string {
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.values))
}

// All gives all values of a field as they were typed.
func (s *State) All(name string) []string {
	if s == nil {
		return nil
	}
	return s.values[name]
}

// Encode writes all that was typed as one text: two forms that are the same give the same one.
func (s *State) Encode() string {
	if s == nil {
		return ""
	}
	return s.values.Encode()
}

// Holds tells whether value is among the field's values: what is checked or selected.
func (s *State) Holds(name, value string) bool {
	return s != nil && slices.Contains(s.values[name], value)
}

// Set replaces a field's values.
func (s *State) Set(name string, values ...string) { s.values[name] = values }

// Int gives a whole number; 0 where the field is empty, and a noted error where it is no number.
func (s *State) Int(l *i18n.Localizer, name string) int {
	return int(s.number(l, name))
}

// ID gives an identifier; 0 where the field is empty, and a noted error where it is none.
func (s *State) ID(l *i18n.Localizer, name string) int64 { return s.number(l, name) }

func (s *State) number(l *i18n.Localizer, name string) int64 {
	text := s.Text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n >= 1<<53 {
		s.Errors = append(s.Errors, Error{name, l.T("error.type")})
		return 0
	}
	return n
}

// IDs gives the identifiers of a field that can be chosen several times; what is none is passed over.
func (s *State) IDs(name string) []int64 {
	ids := []int64{}
	for _, v := range s.List(name) {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 && n < 1<<53 {
			ids = append(ids, n)
		}
	}
	return ids
}

// Wrong notes that a field is wrong, by a sentence of the catalogues.
func (s *State) Wrong(l *i18n.Localizer, field, message string, args ...any) {
	s.Errors = append(s.Errors, Error{field, l.T(message, args...)})
}

// Take notes what a rule says against the form and tells whether it was for the form to say: the
// page is shown again with the summary. A failure (of the database, too, which the operators' log
// must tell of), or an answer about the thing itself (it is gone, one may not), is not.
func (s *State) Take(l *i18n.Localizer, err error) bool {
	return portal.KindOf(err) != portal.Unavailable && s.TakeLate(l, err)
}

// TakeLate is Take for what fails when the form's own words are kept already: they must not be sent
// again only because something beside them was away.
func (s *State) TakeLate(l *i18n.Localizer, err error) bool {
	var e *portal.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Kind {
	case portal.Invalid:
		for _, f := range e.Fields {
			s.Errors = append(s.Errors, Error{f.Field, l.T(f.Message, f.Args...)})
		}
		if len(e.Fields) == 0 {
			s.Errors = append(s.Errors, Error{"", l.T(e.Message, e.Args...)})
		}
		return true
	case portal.Conflict, portal.Stale, portal.TooMany, portal.Unavailable, portal.TooLarge, portal.Unsupported, portal.Malformed:
		s.Errors = append(s.Errors, Error{"", l.T(e.Message, e.Args...)})
		return true
	}
	return false
}

// Error gives what is wrong with a field; "" where nothing is.
func (s *State) Error(field string) string {
	if s == nil {
		return ""
	}
	for _, e := range s.Errors {
		if e.Field == field {
			return e.Message
		}
	}
	return ""
}

// Label gives the label with which a field was shown; "" before, or where the screen made the
// field itself.
func (s *State) Label(field string) string {
	if s == nil {
		return ""
	}
	return s.labels[field]
}

// Failed tells whether anything is wrong.
func (s *State) Failed() bool { return s != nil && len(s.Errors) > 0 }
