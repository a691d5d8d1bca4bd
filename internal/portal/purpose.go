package portal

import (
	"slices"
	"time"
)

// Purpose is what a thread is for.
type Purpose string

// The purposes of a thread.
const (
	Discussion   Purpose = "discussion"
	Question     Purpose = "question"     // whoever asks, or a moderator, marks the post that answers it
	Announcement Purpose = "announcement" // by moderators, told to everybody in the workspace
	LiveSession  Purpose = "session"      // a scheduled hour with a host, with questions that are voted up
)

// Purposes lists them, the usual one first.
var Purposes = []Purpose{Discussion, Question, Announcement, LiveSession}

// Valid tells whether p is one of the purposes.
func (p Purpose) Valid() bool { return slices.Contains(Purposes, p) }

// ByModerators tells whether only the workspace's moderators open threads of this purpose.
func (p Purpose) ByModerators() bool { return p == Announcement || p == LiveSession }

// Bounds of what belongs to a purpose, and of slow mode.
const (
	MaxSlow         = 24 * time.Hour
	MinSlow         = 30 * time.Second
	MaxThreadDigest = 5000 // characters in a thread's summary
	MaxSessionTime  = 24 * time.Hour
)

// Shape is what a thread has by its purpose, and what its moderators have set.
type Shape struct {
	Purpose    Purpose
	Sectors    []string // whose expertise a question asks for; none: everybody's
	AnswerID   int64    // the post that answers a question; 0: it is open
	AnsweredAt time.Time
	DigestAt   time.Time     // when its summary was last written; zero: it has none
	Slow       time.Duration // that must lie between two posts of a member; 0: nothing
	StartsAt   time.Time     // of a session
	EndsAt     time.Time
	HostID     int64
}

// The states of a session.
const (
	SessionAhead = "ahead"
	SessionNow   = "now"
	SessionOver  = "over"
)

// SessionState tells where a session stands; "" for what is none.
func (s Shape) SessionState(now time.Time) string {
	switch {
	case s.Purpose != LiveSession:
		return ""
	case now.Before(s.StartsAt):
		return SessionAhead
	case now.Before(s.EndsAt):
		return SessionNow
	}
	return SessionOver
}

// Check validates what a thread has by its purpose.
func (s Shape) Check(c *Checks) {
	c.Add(s.Purpose.Valid(), "kind", "error.unknown_value")
	c.Add(len(s.Sectors) <= MaxTags, "sectors", "error.too_many", "Max", MaxTags)
	c.Add(len(s.Sectors) == 0 || s.Purpose == Question, "sectors", "error.sectors_of_question")
	c.Add(s.Slow == 0 || s.Slow >= MinSlow && s.Slow <= MaxSlow, "slow_seconds", "error.slow_bounds")
	if s.Purpose != LiveSession {
		c.Add(s.StartsAt.IsZero(), "starts_at", "error.times_of_session")
		c.Add(s.EndsAt.IsZero(), "ends_at", "error.times_of_session")
		c.Add(s.HostID == 0, "host_id", "error.times_of_session")
		return
	}
	c.Add(!s.StartsAt.IsZero(), "starts_at", "error.required")
	c.Add(!s.EndsAt.IsZero(), "ends_at", "error.required")
	if !s.StartsAt.IsZero() && !s.EndsAt.IsZero() {
		c.Add(s.EndsAt.After(s.StartsAt), "ends_at", "error.ends_before")
		c.Add(s.EndsAt.Sub(s.StartsAt) <= MaxSessionTime, "ends_at", "error.session_long")
	}
}

// Keeps tells whether whoever reads what has the audience to could read it under a, too: only then may
// what stands in a go there. members has what decides over each that is named in to, and over its
// author; whom it lacks counts as nobody whom a lets in by name.
func (a Audience) Keeps(to Audience, members map[int64]Viewer) bool {
	if a.Stage != StageOpen || to.Stage != StageOpen {
		return false
	}
	if to.Handling != Red {
		return !to.ReachesFurther(a)
	}
	if a.Handling == Clear || a.Handling == Green {
		return true
	}
	for _, m := range append(slices.Clone(to.Named), to.AuthorID) {
		if v, known := members[m]; !known || !v.CanSee(a) {
			return false
		}
	}
	return true
}
