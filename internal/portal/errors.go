package portal

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrorKind is what the doors turn into a status: one kind, one status.
type ErrorKind string

// The kinds of error that a rule can answer with.
const (
	NotFound     ErrorKind = "not_found"    // absent, or not for these eyes: 404
	Unauthorized ErrorKind = "unauthorized" // who asks must be known: 401
	Forbidden    ErrorKind = "forbidden"    // seen, but not allowed: 403
	Invalid      ErrorKind = "invalid"      // a field is wrong: 422
	Malformed    ErrorKind = "malformed"    // cannot be read at all: 400
	Conflict     ErrorKind = "conflict"     // out of turn: 409
	Stale        ErrorKind = "stale"        // a lost update: 412
	TooLarge     ErrorKind = "too_large"    // 413
	Unsupported  ErrorKind = "unsupported"  // a type that is not taken: 415
	TooMany      ErrorKind = "too_many"     // 429
	Unavailable  ErrorKind = "unavailable"  // the database or the disk does not answer: 503
)

// FieldError tells what is wrong with one field. Message is the identifier of a sentence in the
// catalogues ("error.required"); Args fill its places.
type FieldError struct {
	Field   string
	Message string
	Args    []any
}

// Error is an answer to whoever asked: a kind, the identifier of a sentence in the catalogues,
// and for Invalid the fields. It never carries what must not be seen.
type Error struct {
	Kind       ErrorKind
	Message    string // identifier in the catalogues, "error.…"
	Args       []any  // name, value pairs for the sentence
	Fields     []FieldError
	RetryAfter time.Duration // for TooMany and Unavailable
	Cause      error         // for the operator's log only
}

// Error says the kind and the sentence's identifier, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s %s]", f.Field, f.Message)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Fail makes an Error of the kind with a catalogue sentence and its arguments.
func Fail(kind ErrorKind, message string, args ...any) *Error {
	return &Error{Kind: kind, Message: message, Args: args}
}

// ErrNotFound is the answer to anything absent or not for the viewer's eyes: the two are one.
func ErrNotFound() *Error { return Fail(NotFound, "error.not_found") }

// ErrSignIn is the answer where a call needs to know who asks.
func ErrSignIn() *Error { return Fail(Unauthorized, "error.sign_in") }

// ErrForbidden is the answer to an action on something visible that is not the viewer's to do.
func ErrForbidden() *Error { return Fail(Forbidden, "error.forbidden") }

// FieldFailed is the answer to what one field alone has wrong.
func FieldFailed(field, message string, args ...any) error {
	var c Checks
	c.Add(false, field, message, args...)
	return c.Err()
}

// ErrOfficersOnly is the answer to members who read or do what is for officers.
func ErrOfficersOnly() *Error { return Fail(Forbidden, "error.officers_only") }

// ErrModeratorsOnly is the answer to members who read or do what is for moderators.
func ErrModeratorsOnly() *Error { return Fail(Forbidden, "error.moderators_only") }

// KindOf finds the kind of an error; "" for one that is no answer but a failure.
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// Checks collects what is wrong with fields, so that all of it is said at once.
type Checks struct{ fields []FieldError }

// Add notes a problem with a field unless ok.
func (c *Checks) Add(ok bool, field, message string, args ...any) {
	if !ok {
		c.fields = append(c.fields, FieldError{Field: field, Message: message, Args: args})
	}
}

// Text checks a text field: required (unless optional), no longer than max characters, and free
// of the control characters that no keyboard makes; in a single line (up to MaxTitle) also of line
// breaks, and of what turns the direction of what follows, by which a name could pretend to be another.
func (c *Checks) Text(field, value string, max int, optional bool) {
	n := 0
	for _, r := range value {
		n++
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0xFFFD || r == 0x7F || max <= MaxTitle && (breaks(r) || turns(r)) {
			c.Add(false, field, "error.characters")
			return
		}
	}
	c.Add(n <= max, field, "error.too_long", "Max", max)
	c.Add(optional || n > max || strings.TrimSpace(value) != "", field, "error.required")
}

// Err is nil when nothing was wrong, else an Invalid Error with every field.
func (c *Checks) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Message: "error.invalid", Fields: c.fields}
}

// breaks tells whether a character begins a new line (UAX #14).
func breaks(r rune) bool { return r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029 }

// turns tells whether a character overrides or embeds a direction of writing (UAX #9).
func turns(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }
