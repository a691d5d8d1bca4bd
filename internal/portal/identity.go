package portal

import (
	"slices"
	"time"
)

// Identity is whoever makes a request: the viewer and what a page or an answer needs of her.
// The zero value is a visitor.
type Identity struct {
	Viewer
	Name      string
	Locale    string
	TimeZone  string
	SessionID int64    // 0 when she came with a personal access token
	TokenID   int64    // 0 when she came with a session
	Browser   bool     // came by cookie: writes from other origins are refused
	Scopes    []string // of a personal access token; nil: everything that she may do
	Unread    int      // notifications
	SeenAt    time.Time
	ExpiresAt time.Time
}

// Allows tells whether the way she came in allows the scope: read, write or moderate.
func (i Identity) Allows(scope string) bool {
	return i.Scopes == nil || slices.Contains(i.Scopes, scope)
}
