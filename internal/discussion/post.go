package discussion

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// NewPost is what a member sends to answer in a thread.
type NewPost struct {
	Body     string  `json:"body"`
	ReplyTo  int64   `json:"reply_to"`
	Language string  `json:"language"`
	Files    []int64 `json:"files"` // of hers in the thread, not sent yet
	Asks     bool    `json:"asks"`  // puts a question to the session that the thread is
}

// Reply adds a post at the end of a thread that the viewer may see and that is not closed.
func (s *Service) Reply(ctx context.Context, who portal.Identity, thread int64, n NewPost) (portal.Post, error) {
	if !who.SignedIn() {
		return portal.Post{}, portal.ErrSignIn()
	}
	post := portal.Post{ThreadID: thread, Author: portal.Person{ID: who.MemberID, Name: who.Name, Country: who.Country}, Body: n.Body,
		Language: cmp.Or(n.Language, who.Locale), ReplyTo: n.ReplyTo}
	if err := portal.CheckPost(post.Body, post.Language); err != nil {
		return portal.Post{}, err
	}
	var err error
	if post.Files, err = s.unsent(ctx, who, thread, n.Files); err != nil {
		return portal.Post{}, err
	}
	if post.Asks = n.Asks; post.Asks {
		return s.replyHeld(ctx, who, post)
	}
	added, err := s.db.Reply(ctx, who.Viewer, post, markup.Mentions(post.Body))
	if portal.KindOf(err) == portal.NotFound {
		if err = s.whyNot(ctx, who, post); errors.Is(err, errSlow) {
			return s.replyHeld(ctx, who, post)
		}
		return portal.Post{}, err
	}
	return added, err
}

// whyNot finds out why a post was not added.
func (s *Service) whyNot(ctx context.Context, who portal.Identity, p portal.Post) error {
	t, err := s.db.Thread(ctx, who.Viewer, p.ThreadID)
	switch {
	case err != nil:
		return err
	case t.Closed:
		return portal.Fail(portal.Conflict, "error.thread_closed")
	case !who.Can(portal.ActReply, t.Audience):
		return portal.ErrForbidden()
	case t.Slow > 0:
		return errSlow
	}
	if _, err := s.unsent(ctx, who, p.ThreadID, p.Files); err != nil {
		return err
	}
	var c portal.Checks
	c.Add(false, "reply_to", "error.unknown_value")
	return c.Err()
}

func postChange(who portal.Identity, action string, typ portal.EventType, p portal.Post, t portal.Thread) postgres.Change {
	target := portal.Ref{Kind: portal.KindPost, ID: p.ID}
	return postgres.Change{Actor: who.MemberID, Action: action, Target: target, WorkspaceID: t.WorkspaceID,
		Detail: map[string]any{"thread": t.ID, "version": p.Version},
		Events: []portal.Event{{Topic: portal.ThreadTopic(t.ID), Type: typ, Version: p.Version, ThreadID: t.ID,
			WorkspaceID: t.WorkspaceID}}}
}

// Post reads a post in a thread that the viewer may see.
func (s *Service) Post(ctx context.Context, who portal.Identity, id int64) (portal.Post, portal.Thread, error) {
	return s.db.Post(ctx, who.Viewer, id)
}

// Posts lists a thread's posts after a number, in order, with the thread itself.
func (s *Service) Posts(ctx context.Context, who portal.Identity, thread int64, after, limit int) (portal.Thread, []portal.Post, error) {
	t, err := s.db.Thread(ctx, who.Viewer, thread)
	if err != nil {
		return t, nil, err
	}
	posts, err := s.PostsOf(ctx, who, t, after, limit)
	return t, posts, err
}

// PostsOf lists the posts of a thread that was just read as the viewer, after a number, in order.
func (s *Service) PostsOf(ctx context.Context, who portal.Identity, t portal.Thread, after, limit int) ([]portal.Post, error) {
	posts, err := s.db.Posts(ctx, who.MemberID, t.ID, after, limit)
	for i := range posts {
		posts[i] = posts[i].Shown(who.Viewer, t.Audience)
	}
	return posts, err
}

// Edit replaces the viewer's own post's text or language, nil leaves it, and keeps the old text.
// ifVersion 0 takes any version; another answers Stale.
func (s *Service) Edit(ctx context.Context, who portal.Identity, id, ifVersion int64, body, language *string) (portal.Post, error) {
	err := s.change(ctx, who, id, func(tx *postgres.Tx, p portal.Post, t portal.Thread) error {
		if p.Author.ID != who.MemberID {
			return portal.ErrForbidden()
		}
		if ifVersion != 0 && ifVersion != p.Version {
			return portal.Fail(portal.Stale, "error.stale")
		}
		if t.Closed {
			return portal.Fail(portal.Conflict, "error.thread_closed")
		}
		if body != nil {
			p.Body = *body
		}
		if language != nil {
			p.Language = *language
		}
		if err := portal.CheckPost(p.Body, p.Language); err != nil {
			return err
		}
		var err error
		if p.Version, err = tx.UpdatePost(ctx, id, who.MemberID, p.Body, p.Language); err != nil {
			return err
		}
		if err := tx.SetMentions(ctx, id, markup.Mentions(p.Body)); err != nil {
			return err
		}
		return tx.Record(ctx, postChange(who, "post.edit", portal.PostEdited, p, t))
	})
	if err != nil {
		return portal.Post{}, err
	}
	p, _, err := s.db.Post(ctx, who.Viewer, id)
	return p, err
}

// Delete takes a post's text away; its place in the thread stays. Its author does, unless it is hidden or a
// case over it is open, and the workspace's moderators.
func (s *Service) Delete(ctx context.Context, who portal.Identity, id, ifVersion int64) error {
	return s.change(ctx, who, id, func(tx *postgres.Tx, p portal.Post, t portal.Thread) error {
		if p.Author.ID != who.MemberID && !who.Can(portal.ActDecide, t.Audience) {
			return portal.ErrForbidden()
		}
		if ifVersion != 0 && ifVersion != p.Version {
			return portal.Fail(portal.Stale, "error.stale")
		}
		if p.Author.ID == who.MemberID { // with it would go what it was flagged or hidden for
			if err := tx.PostWaits(ctx, id); err != nil {
				return err
			}
		}
		if err := tx.DeletePost(ctx, id, who.MemberID); err != nil {
			return err
		}
		if t.AnswerID == id {
			if _, err := tx.SetAnswer(ctx, t.ID, 0, 0); err != nil {
				return err
			}
		}
		if err := tx.ForgetAnswers(ctx, p.Author.ID, fmt.Sprintf(`#post-%d"`, id)); err != nil {
			return err
		}
		p.Version++
		return tx.Record(ctx, postChange(who, "post.delete", portal.PostDeleted, p, t))
	})
}

// React adds or takes back the viewer's reaction to a post that she may see.
func (s *Service) React(ctx context.Context, who portal.Identity, id int64, name string, on bool) error {
	if !slices.Contains(portal.ReactionNames, name) {
		return portal.ErrNotFound()
	}
	return s.change(ctx, who, id, func(tx *postgres.Tx, p portal.Post, t portal.Thread) error {
		changed, err := tx.SetReaction(ctx, id, who.MemberID, name, on)
		if err != nil || !changed {
			return err
		}
		return tx.Record(ctx, postChange(who, "post.react", portal.ReactionChanged, p, t))
	})
}

// change runs a change of a post that is neither deleted nor out of the viewer's sight, by its
// thread's label or hidden from her, with thread and post locked in that order.
func (s *Service) change(ctx context.Context, who portal.Identity, id int64, f func(tx *postgres.Tx, p portal.Post, t portal.Thread) error) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	seen, t, err := s.db.Post(ctx, who.Viewer, id)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if t, err = tx.LockThread(ctx, seen.ThreadID); err != nil {
			return err
		}
		if !who.CanSee(t.Audience) {
			return portal.ErrNotFound()
		}
		p, err := tx.LockPost(ctx, id)
		if err != nil {
			return err
		}
		if p.ThreadID != t.ID { // moved to another thread meanwhile: whoever asks again finds it there
			return portal.Fail(portal.Conflict, "error.post_moved")
		}
		if !p.HiddenAt.IsZero() && p.Author.ID != who.MemberID && !who.Can(portal.ActDecide, t.Audience) {
			return portal.ErrNotFound()
		}
		if !p.DeletedAt.IsZero() {
			return portal.Fail(portal.Conflict, "error.post_deleted")
		}
		return f(tx, p, t)
	})
}
