package attachment

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// unsentLife is how long a file waits in a thread for the post that it goes with: as long as whoever writes
// it may be without a network.
const unsentLife = 72 * time.Hour

// MayAddToThread tells whether the viewer may put a file beside a post that she writes in a thread.
func (s *Service) MayAddToThread(ctx context.Context, who portal.Identity, thread int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	t, err := s.db.Thread(ctx, who.Viewer, thread)
	if err != nil {
		return err
	}
	have, err := s.db.UnsentFiles(ctx, who.MemberID, thread)
	if err != nil {
		return err
	}
	all, err := s.db.CountUnsent(ctx, who.MemberID)
	if err != nil {
		return err
	}
	if all >= portal.MaxUnsentFiles {
		return portal.Fail(portal.Conflict, "error.too_many_unsent", "Max", portal.MaxUnsentFiles)
	}
	return mayPost(who, t, len(have))
}

// mayPost tells whether the viewer may write in a thread and have one file more than those beside her post.
func mayPost(who portal.Identity, t portal.Thread, have int) error {
	switch {
	case !who.CanSee(t.Audience):
		return portal.ErrNotFound()
	case t.Closed:
		return portal.Fail(portal.Conflict, "error.thread_closed")
	case !who.Can(portal.ActReply, t.Audience):
		return portal.ErrForbidden()
	case have >= portal.MaxPostFiles:
		return portal.Fail(portal.Conflict, "error.too_many_post_files", "Max", portal.MaxPostFiles)
	}
	return nil
}

// AddToThread takes a file in as Add does, beside a post that the viewer writes: it is hers alone until she
// sends that post with it, and goes after unsentLife. The same bytes under the same name wait once.
func (s *Service) AddToThread(ctx context.Context, who portal.Identity, thread int64, name string, r io.Reader) (postgres.Attachment, error) {
	if err := s.MayAddToThread(ctx, who, thread); err != nil {
		return postgres.Attachment{}, err
	}
	a := postgres.Attachment{ThreadID: thread, UploadedBy: who.MemberID, TextState: "empty"}
	if err := s.takeIn(ctx, &a, name, r); err != nil {
		return a, err
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		t, err := tx.LockThread(ctx, thread)
		if err != nil {
			return err
		}
		have, err := tx.UnsentFiles(ctx, who.MemberID, thread)
		if err != nil {
			return err
		}
		if old, again := same(have, a); again {
			a = old
			return nil
		}
		if err := mayPost(who, t, len(have)); err != nil {
			return err
		}
		if a.ID, err = tx.InsertPostFile(ctx, a); err != nil {
			return err
		}
		return tx.Record(ctx, postFileChange(who, "attachment.add", t, a))
	})
	return a, err
}

// same finds the file that this one is, sent once more because the first answer was lost.
func same(have []postgres.Attachment, a postgres.Attachment) (postgres.Attachment, bool) {
	i := slices.IndexFunc(have, func(h postgres.Attachment) bool { return h.Name == a.Name && bytes.Equal(h.SHA256, a.SHA256) })
	if i < 0 {
		return a, false
	}
	return have[i], true
}

// MayAddToPost tells whether the viewer may put one more file on a post: it is hers.
func (s *Service) MayAddToPost(ctx context.Context, who portal.Identity, post int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	p, t, err := s.db.Post(ctx, who.Viewer, post)
	if err != nil {
		return err
	}
	return ownPost(who, t, p, p.FileCount)
}

func ownPost(who portal.Identity, t portal.Thread, p portal.Post, have int) error {
	switch {
	case !who.CanSee(t.Audience):
		return portal.ErrNotFound()
	case p.Author.ID != who.MemberID:
		return portal.ErrForbidden()
	case !p.DeletedAt.IsZero():
		return portal.Fail(portal.Conflict, "error.post_deleted")
	}
	return mayPost(who, t, have)
}

// AddToPost takes a file in as Add does, onto a post of the viewer's that stands already.
func (s *Service) AddToPost(ctx context.Context, who portal.Identity, post int64, name string, r io.Reader) (postgres.Attachment, error) {
	if err := s.MayAddToPost(ctx, who, post); err != nil {
		return postgres.Attachment{}, err
	}
	a := postgres.Attachment{UploadedBy: who.MemberID, TextState: "empty"}
	if err := s.takeIn(ctx, &a, name, r); err != nil {
		return a, err
	}
	err := s.onPost(ctx, who, post, func(tx *postgres.Tx, t portal.Thread, p portal.Post, have []postgres.Attachment) error {
		if old, again := same(have, a); again {
			a = old
			return nil
		}
		if err := ownPost(who, t, p, len(have)); err != nil {
			return err
		}
		a.ThreadID, a.PostID = t.ID, p.ID
		var err error
		if a.ID, err = tx.InsertPostFile(ctx, a); err != nil {
			return err
		}
		return recount(ctx, tx, who, "attachment.add", t, a)
	})
	return a, err
}

// onPost locks a post and its thread, in the order in which everybody does, and lists the post's files. While
// moderators have yet to decide over the post, or have hidden it, its files stay as they are.
func (s *Service) onPost(ctx context.Context, who portal.Identity, post int64, f func(tx *postgres.Tx, t portal.Thread, p portal.Post, have []postgres.Attachment) error) error {
	seen, _, err := s.db.Post(ctx, who.Viewer, post)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		t, err := tx.LockThread(ctx, seen.ThreadID)
		if err != nil {
			return err
		}
		p, err := tx.LockPost(ctx, post)
		if err != nil {
			return err
		}
		if p.ThreadID != t.ID {
			return portal.Fail(portal.Conflict, "error.stale") // it was moved this moment
		}
		if err := tx.PostWaits(ctx, post); err != nil {
			return err
		}
		have, err := tx.FilesOfPost(ctx, post)
		if err != nil {
			return err
		}
		return f(tx, t, p, have)
	})
}

// recount counts a post's files anew and tells of the change as of any other of the post.
func recount(ctx context.Context, tx *postgres.Tx, who portal.Identity, action string, t portal.Thread, a postgres.Attachment) error {
	version, err := tx.CountPostFiles(ctx, a.PostID)
	if err != nil {
		return err
	}
	change := postFileChange(who, action, t, a)
	change.Events = []portal.Event{{Topic: portal.ThreadTopic(t.ID), Type: portal.PostEdited, Entity: portal.Ref{Kind: portal.KindPost, ID: a.PostID},
		Version: version, ThreadID: t.ID, WorkspaceID: t.WorkspaceID}}
	return tx.Record(ctx, change)
}

func postFileChange(who portal.Identity, action string, t portal.Thread, a postgres.Attachment) postgres.Change {
	return postgres.Change{Actor: who.MemberID, Action: action, Target: portal.Ref{Kind: portal.KindAttachment, ID: a.ID}, WorkspaceID: t.WorkspaceID,
		Detail: map[string]any{"thread": t.ID, "post": a.PostID}}
}

// removePostFile takes a file of the viewer's off her post, or away from what she has not sent.
func (s *Service) removePostFile(ctx context.Context, who portal.Identity, id int64) error {
	a, err := s.db.PostFile(ctx, who.Viewer, id)
	if err != nil {
		return err
	}
	if a.UploadedBy != who.MemberID {
		return portal.ErrForbidden()
	}
	if err := s.store.Touch(a.SHA256); err != nil { // they are swept some time after this
		return broken(err)
	}
	if a.PostID != 0 {
		return s.onPost(ctx, who, a.PostID, func(tx *postgres.Tx, t portal.Thread, p portal.Post, _ []postgres.Attachment) error {
			if err := ownPost(who, t, p, 0); err != nil {
				return err
			}
			if err := tx.DeletePostFile(ctx, id); err != nil {
				return err
			}
			return recount(ctx, tx, who, "attachment.remove", t, a)
		})
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		t, err := tx.LockThread(ctx, a.ThreadID)
		if err != nil {
			return err
		}
		if err := tx.DeletePostFile(ctx, id); err != nil {
			return err
		}
		return tx.Record(ctx, postFileChange(who, "attachment.remove", t, a))
	})
}

// Unsent lists the viewer's files in a thread that she has not sent with a post.
func (s *Service) Unsent(ctx context.Context, who portal.Identity, thread int64) ([]postgres.Attachment, error) {
	return s.db.UnsentFiles(ctx, who.MemberID, thread)
}

// OfPosts lists those files of posts that the viewer may see.
func (s *Service) OfPosts(ctx context.Context, who portal.Identity, posts ...int64) ([]postgres.Attachment, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	return s.db.PostFiles(ctx, who.Viewer, posts)
}

// KeepPost notes that the files of a post that the viewer is to delete were of use until now: a backup under
// way finds their bytes, which are swept some time after this.
func (s *Service) KeepPost(ctx context.Context, who portal.Identity, post int64) error {
	files, err := s.OfPosts(ctx, who, post)
	for _, f := range files {
		if err := s.store.Touch(f.SHA256); err != nil {
			return broken(err)
		}
	}
	return err
}
