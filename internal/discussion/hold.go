package discussion

import (
	"context"
	"errors"
	"fmt"
	"time"

	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// errSlow says that a thread is in slow mode, so that a post in it needs a second look.
var errSlow = errors.New("the thread is slow")

// replyHeld is Reply for posts that depend on what else the member has written, or on the thread's hour:
// the thread is locked first, so that two at once are one after the other.
func (s *Service) replyHeld(ctx context.Context, who portal.Identity, p portal.Post) (portal.Post, error) {
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		t, err := tx.LockThread(ctx, p.ThreadID)
		if err != nil {
			return err
		}
		if err := mayReply(who, t, p); err != nil {
			return err
		}
		if err := waited(ctx, tx, who, t); err != nil {
			return err
		}
		if p.ReplyTo != 0 {
			var c portal.Checks
			of, err := tx.PostsByID(ctx, []int64{p.ReplyTo})
			if err != nil {
				return err
			}
			c.Add(len(of) == 1 && of[0].ThreadID == t.ID, "reply_to", "error.unknown_value")
			if err := c.Err(); err != nil {
				return err
			}
		}
		if p, t, err = tx.AddPost(ctx, who.Viewer, p, markup.Mentions(p.Body)); err != nil {
			return err
		}
		if p.Asks {
			if err := tx.SetAsks(ctx, p.ID); err != nil {
				return err
			}
		}
		return tx.Record(ctx, postChange(who, "post.create", portal.PostCreated, p, t))
	})
	return p, err
}

// mayReply tells whether the viewer may write the post in the thread, whatever she has written before.
func mayReply(who portal.Identity, t portal.Thread, p portal.Post) error {
	switch {
	case !who.CanSee(t.Audience):
		return portal.ErrNotFound()
	case t.Closed:
		return portal.Fail(portal.Conflict, "error.thread_closed")
	case !who.Can(portal.ActReply, t.Audience):
		return portal.ErrForbidden()
	case p.Asks && t.Purpose != portal.LiveSession:
		return portal.Fail(portal.Conflict, "error.no_session")
	case p.Asks && t.SessionState(portal.Now()) == portal.SessionOver:
		return portal.Fail(portal.Conflict, "error.session_over")
	}
	return nil
}

// waited tells whether a member has waited as long as the thread's moderators want; they themselves do
// not have to.
func waited(ctx context.Context, tx *postgres.Tx, who portal.Identity, t portal.Thread) error {
	if t.Slow == 0 || who.Can(portal.ActDecide, t.Audience) {
		return nil
	}
	last, err := tx.LastPostAt(ctx, t.ID, who.MemberID, t.Slow)
	if err != nil || last.IsZero() {
		return err
	}
	wait := time.Until(last.Add(t.Slow))
	if wait <= 0 {
		return nil
	}
	wait = wait.Truncate(time.Second) + time.Second
	return &portal.Error{Kind: portal.TooMany, Message: "error.slow_mode", RetryAfter: wait, Args: []any{"Wait", waitWords(wait)}}
}

// waitWords writes a time to wait as a clock does, which needs no words: 0:45, 1:05, 1:00:00.
func waitWords(d time.Duration) string {
	hours, minutes, seconds := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	if hours > 0 {
		return fmt.Sprintf("%d:%02d:%02d", hours, minutes, seconds)
	}
	return fmt.Sprintf("%d:%02d", minutes, seconds)
}

// Vote adds or takes back the viewer's vote for a question put to a session that is not over. Whoever put
// it needs no vote for it.
func (s *Service) Vote(ctx context.Context, who portal.Identity, post int64, on bool) error {
	return s.change(ctx, who, post, func(tx *postgres.Tx, p portal.Post, t portal.Thread) error {
		switch {
		case !p.Asks || t.Purpose != portal.LiveSession:
			return portal.Fail(portal.Conflict, "error.no_session")
		case t.SessionState(portal.Now()) == portal.SessionOver:
			return portal.Fail(portal.Conflict, "error.session_over")
		case p.Author.ID == who.MemberID:
			return portal.Fail(portal.Conflict, "error.vote_own")
		}
		changed, err := tx.SetVote(ctx, post, who.MemberID, on)
		if err != nil || !changed {
			return err
		}
		return tx.Record(ctx, postChange(who, "post.vote", portal.ReactionChanged, p, t))
	})
}

// MaxAsked is how many questions of a session are listed.
const MaxAsked = portal.MaxPage

// Asked lists the questions put to a session that the viewer may see, those with most votes first; the
// thread comes with them. Hidden ones have no text for her, and are left out.
func (s *Service) Asked(ctx context.Context, who portal.Identity, thread int64) (portal.Thread, []portal.Post, error) {
	t, err := s.db.Thread(ctx, who.Viewer, thread)
	if err != nil {
		return t, nil, err
	}
	posts, err := s.AskedOf(ctx, who, t, MaxAsked)
	return t, posts, err
}

// AskedOf is Asked of a thread that was just read as the viewer, at most so many.
func (s *Service) AskedOf(ctx context.Context, who portal.Identity, t portal.Thread, limit int) ([]portal.Post, error) {
	if t.Purpose != portal.LiveSession {
		return nil, nil
	}
	posts, err := s.db.Asked(ctx, who.MemberID, t.ID, limit)
	shown := posts[:0]
	for _, p := range posts {
		if p = p.Shown(who.Viewer, t.Audience); p.Body != "" {
			shown = append(shown, p)
		}
	}
	return shown, err
}

// MaxSessions is how many sessions are listed.
const MaxSessions = 50

// Sessions lists the live sessions that the viewer may see and that are not over, the next first; of one
// workspace, or (0) of all.
func (s *Service) Sessions(ctx context.Context, who portal.Identity, workspace int64) ([]portal.Thread, error) {
	return s.db.LiveSessions(ctx, who.Viewer, workspace, MaxSessions)
}

// NumberAt finds the number of a thread's first post at or after a moment; 0 where there is none. The
// thread was read as the viewer.
func (s *Service) NumberAt(ctx context.Context, t portal.Thread, at time.Time) (int, error) {
	return s.db.NumberAt(ctx, t.ID, at)
}

// Hosts names the host of a session that was just read as the viewer.
func (s *Service) Hosts(ctx context.Context, t portal.Thread) (map[int64]portal.Person, error) {
	return s.db.Persons(ctx, []int64{t.HostID})
}
