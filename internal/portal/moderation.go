package portal

import "time"

// Case is one thing for moderators to decide: a submission, or the flags on one item.
type Case struct {
	ID          int64
	Kind        string // submission, flag
	Target      Ref
	WorkspaceID int64
	Title       string // of the target, for the list
	Excerpt     string // of the target's text, for flags
	Handling    Handling
	Author      Person // of the target
	Reasons     []string
	Flags       []Flag
	Open        bool
	Escalated   bool
	OpenedAt    time.Time
	ClosedAt    time.Time
	Outcome     string
	Actions     []CaseAction
	ThreadID    int64  // of a flagged post
	Claim       *Claim // who is at it; nil: nobody
	Own         bool   // it is about the work of whoever reads it: she does not decide
}

// Claim says that a moderator is at a case, so that no other decides it meanwhile.
type Claim struct {
	By    Person
	Until time.Time // it lapses by itself
}

// Bounds of the queue.
const (
	ClaimFor     = 20 * time.Minute   // a claim lapses
	AnswerWithin = 5 * 24 * time.Hour // the service level that authors are told
	// UndoFor is how long a decision can be taken back. Pages offer it for 10 s; the rest is for slow networks.
	UndoFor = 25 * time.Second
)

// CaseAction is one step that a moderator took on a case.
type CaseAction struct {
	Actor  Person    `json:"actor"`
	Action string    `json:"action"`
	Note   string    `json:"note"`
	At     time.Time `json:"at"`
	Undone bool      `json:"undone,omitempty"` // taken back by the same moderator within seconds
}

// Flag is one member's word that something is wrong with an item.
type Flag struct {
	ID     int64
	By     Person
	Reason string
	Note   string
	At     time.Time
	Light  bool // most of the member's earlier flags were unfounded
}

// FlagReasons lists why an item can be flagged.
var FlagReasons = []string{"wrong_handling", "names_a_person", "harmful", "off_topic", "spam", "other"}

// Notification tells a member of one thing that concerns her.
type Notification struct {
	ID          int64
	MemberID    int64
	Kind        string // mention, reply, thread, published, changes_requested, rejected, case, flag_closed, invited
	Actor       *Person
	ThreadID    int64
	PostID      int64
	PracticeID  int64
	WorkspaceID int64
	CaseID      int64
	Title       string // of the thread or practice, read when shown: access is checked then
	Note        string
	CreatedAt   time.Time
	ReadAt      time.Time
}

// AuditRow is one line of the audit: who did what to which thing, never the text of it.
type AuditRow struct {
	ID       int64
	Position int64 // in the chain; 0 until chained
	At       time.Time
	Actor    *Person
	Action   string
	Target   Ref
	Detail   map[string]any
	Hash     []byte
}

// SavedReply is what a workspace's moderators often write to authors.
type SavedReply struct {
	ID          int64
	WorkspaceID int64
	Title       string
	Body        string
	By          Person // who wrote it last
	UpdatedAt   time.Time
}

// MaxSavedReplies is how many a workspace keeps.
const MaxSavedReplies = 50
