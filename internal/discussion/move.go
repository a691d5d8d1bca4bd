package discussion

import (
	"context"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// MaxMoved is how many posts are picked to go elsewhere at once; a whole thread goes whatever its length.
const MaxMoved = 500

// Split makes a thread of its own of some of a thread's posts, beside it, with the same readers; it is a
// discussion or a question. The opening post stays. It is for the workspace's moderators.
func (s *Service) Split(ctx context.Context, who portal.Identity, thread int64, posts []int64, title string, purpose portal.Purpose) (portal.Thread, error) {
	if purpose == "" {
		purpose = portal.Discussion
	}
	title = strings.TrimSpace(title)
	var c portal.Checks
	c.Text("title", title, portal.MaxTitle, false)
	c.Add(purpose == portal.Discussion || purpose == portal.Question, "kind", "error.unknown_value")
	if err := c.Err(); err != nil {
		return portal.Thread{}, err
	}
	var id int64
	err := s.moving(ctx, who, func(tx *postgres.Tx) error {
		both, err := tx.LockThreads(ctx, thread)
		if err != nil {
			return err
		}
		from := both[0]
		if err := mayMove(who, from); err != nil {
			return err
		}
		m, err := picked(ctx, tx, from, posts)
		if err != nil {
			return err
		}
		// It stays the author's of the other: whoever wrote its first post must not rule over everybody's words.
		if id, err = tx.SplitThread(ctx, thread, title, purpose); err != nil {
			return err
		}
		made, err := tx.LockThread(ctx, id)
		if err != nil {
			return err
		}
		m.Into, m.Workspace, m.Follow = id, from.WorkspaceID, true
		if err := tx.MovePosts(ctx, m); err != nil {
			return err
		}
		return recordMove(ctx, tx, who, "thread.split", from, made, len(m.Posts), nil)
	})
	if err != nil {
		return portal.Thread{}, err
	}
	return s.Get(ctx, who, id)
}

// MovePosts takes some of a thread's posts to the end of another one, which must not be read by anybody who
// does not read the first. The opening post stays. It is for whoever moderates both.
func (s *Service) MovePosts(ctx context.Context, who portal.Identity, thread, into int64, posts []int64) (portal.Thread, error) {
	err := s.between(ctx, who, thread, into, func(tx *postgres.Tx, from, to portal.Thread) error {
		m, err := picked(ctx, tx, from, posts)
		if err != nil {
			return err
		}
		return move(ctx, tx, who, "thread.move_posts", from, to, m)
	})
	if err != nil {
		return portal.Thread{}, err
	}
	return s.Get(ctx, who, into)
}

// Merge takes all posts of a thread to the end of another one and ends it: its address leads to the other from
// then on. The other must not be read by anybody who does not read the first. It is for whoever moderates both.
func (s *Service) Merge(ctx context.Context, who portal.Identity, thread, into int64) (portal.Thread, error) {
	err := s.between(ctx, who, thread, into, func(tx *postgres.Tx, from, to portal.Thread) error {
		if from.Purpose == portal.LiveSession {
			return portal.Fail(portal.Conflict, "error.session_stays")
		}
		cases, err := tx.ThreadCases(ctx, from.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(cases, func(k postgres.ThreadCase) bool { return k.Kind == portal.KindThread }) {
			return portal.Fail(portal.Conflict, "error.thread_flagged")
		}
		m := postgres.Moving{From: from.ID, Follow: true}
		var hidden bool
		if m.Posts, m.Numbers, hidden, err = tx.PostsToMove(ctx, from.ID, nil); err != nil {
			return err
		}
		if hidden && from.WorkspaceID != to.WorkspaceID {
			return portal.Fail(portal.Conflict, "error.hidden_posts_stay")
		}
		return move(ctx, tx, who, "thread.merge", from, to, m)
	})
	if err != nil {
		return portal.Thread{}, err
	}
	return s.Get(ctx, who, into)
}

// MoveThread takes a thread to another workspace, whose members must not read what they did not read before.
// It is for whoever moderates both.
func (s *Service) MoveThread(ctx context.Context, who portal.Identity, thread, workspace int64) (portal.Thread, error) {
	err := s.moving(ctx, who, func(tx *postgres.Tx) error {
		from, err := tx.LockThread(ctx, thread)
		if err != nil {
			return err
		}
		if err := mayMove(who, from); err != nil {
			return err
		}
		if _, err := tx.Workspace(ctx, who.MemberID, workspace); err != nil {
			return portal.FieldFailed("workspace_id", "error.unknown_value")
		}
		to := from
		to.WorkspaceID = workspace
		if workspace == from.WorkspaceID {
			return portal.FieldFailed("workspace_id", "error.same_place")
		}
		if !who.ModeratorOf(workspace) {
			return portal.Fail(portal.Forbidden, "error.move_moderators")
		}
		if err := keeps(ctx, tx, from, to); err != nil {
			return err
		}
		posts, _, hidden, err := tx.PostsToMove(ctx, thread, nil)
		if err != nil {
			return err
		}
		if hidden {
			return portal.Fail(portal.Conflict, "error.hidden_posts_stay")
		}
		cases, err := tx.ThreadCases(ctx, thread)
		if err != nil {
			return err
		}
		if err := tx.MoveThread(ctx, thread, workspace); err != nil {
			return err
		}
		to.Version++
		return recordMove(ctx, tx, who, "thread.move", from, to, len(posts), cases)
	})
	if err != nil {
		return portal.Thread{}, err
	}
	return s.Get(ctx, who, thread)
}

// MovedTo tells into which thread another was merged, where the viewer may see that one; NotFound else.
func (s *Service) MovedTo(ctx context.Context, who portal.Identity, thread int64) (portal.Thread, error) {
	return s.db.MovedTo(ctx, who.Viewer, thread)
}

// moving runs a move in one transaction, for members.
func (s *Service) moving(ctx context.Context, who portal.Identity, f func(tx *postgres.Tx) error) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	return s.db.InTx(ctx, f)
}

// between runs a move from one thread into another, both locked, that the viewer may move and that shows
// nothing to others.
func (s *Service) between(ctx context.Context, who portal.Identity, thread, into int64, f func(tx *postgres.Tx, from, to portal.Thread) error) error {
	if thread == into {
		return portal.FieldFailed("into", "error.same_place")
	}
	return s.moving(ctx, who, func(tx *postgres.Tx) error {
		// Before the other is asked for: who may not move this one learns nothing of that one.
		seen, err := tx.Thread(ctx, who.Viewer, thread)
		if err != nil {
			return err
		}
		if err := mayMove(who, seen); err != nil {
			return err
		}
		both, err := tx.LockThreads(ctx, thread, into)
		if err != nil {
			if _, unseen := tx.Thread(ctx, who.Viewer, thread); unseen != nil || portal.KindOf(err) != portal.NotFound {
				return err
			}
			return portal.FieldFailed("into", "error.unknown_value")
		}
		if err := mayMove(who, both[0]); err != nil {
			return err
		}
		switch err := mayMove(who, both[1]); portal.KindOf(err) {
		case "":
		case portal.NotFound:
			return portal.FieldFailed("into", "error.unknown_value")
		case portal.Forbidden:
			return portal.Fail(portal.Forbidden, "error.move_moderators")
		default:
			return err
		}
		if err := keeps(ctx, tx, both[0], both[1]); err != nil {
			return err
		}
		return f(tx, both[0], both[1])
	})
}
