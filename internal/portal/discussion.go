package portal

import (
	"slices"
	"time"
)

// Thread is a conversation in a workspace, of its own or about a practice.
type Thread struct {
	ID         int64
	PracticeID int64 // 0: about nothing in particular
	Title      string
	Language   string
	Audience
	Shape
	Author       Person
	NamedPersons []Person
	Closed       bool
	Hidden       bool
	Version      int64
	Posts        int   // not deleted ones included: numbers stay stable
	LastPostID   int64 // 0: none yet
	LastPostAt   time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Post is one contribution to a thread. A deleted post keeps its place and loses its text.
type Post struct {
	ID        int64
	ThreadID  int64
	Number    int // 1 is the opening post
	Author    Person
	Body      string // Markdown; "" once deleted or while hidden from the viewer
	Language  string
	ReplyTo   int64
	Version   int64
	CreatedAt time.Time
	EditedAt  time.Time
	DeletedAt time.Time
	HiddenAt  time.Time
	Reactions []Reaction
	Files     []int64 // of a post that is to be added: the unsent files that become its own
	FileCount int     // files on it
	Asks      bool    // a question put to a session
	Votes     int     // for that question
	Voted     bool    // the viewer's is among them
	MovedFrom int64   // the thread in which it was written, where that is another one
}

// Reaction counts one kind of reaction to a post.
type Reaction struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Mine  bool   `json:"mine"`
}

// ReactionNames lists the few reactions that say something to a colleague.
var ReactionNames = []string{"helpful", "we_do_this_too", "thank_you", "question"}

// Watch levels of a thread, a practice or a workspace, from everything to nothing. What is nearer wins: a
// thread's own, else that of the practice that it is about, else its workspace's.
const (
	WatchAll    = "watching" // told of every new post, thread, edition
	WatchTrack  = "tracking" // what is new counts as unread; told of replies and mentions
	WatchNormal = "normal"   // told of replies and mentions
	WatchMuted  = "muted"    // told of nothing but mentions, and not unread
)

// WatchLevels lists them.
var WatchLevels = []string{WatchAll, WatchTrack, WatchNormal, WatchMuted}

// CheckWatchLevel tells whether a level is one.
func CheckWatchLevel(level string) error {
	var c Checks
	c.Add(slices.Contains(WatchLevels, level), "level", "error.unknown_value")
	return c.Err()
}

// CheckPost validates the text of a post.
func CheckPost(body, language string) error {
	var c Checks
	c.Text("body", body, MaxPost, false)
	c.Add(language == "" || ValidLanguage(language), "language", "error.language")
	return c.Err()
}

// Shown gives the post as the viewer may read it: a hidden one loses its text for all but its
// author and the moderators.
func (p Post) Shown(v Viewer, thread Audience) Post {
	if p.HiddenAt.IsZero() || v.MemberID == p.Author.ID && v.MemberID != 0 || v.ModeratorOf(thread.WorkspaceID) {
		return p
	}
	p.Body, p.Reactions = "", nil
	return p
}
