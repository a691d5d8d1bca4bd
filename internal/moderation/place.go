package moderation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// place is where a target lives: a report and a file in their practice, a post in its thread, a reading
// list in its workspace, a profile nowhere.
type place struct {
	target                      portal.Ref
	workspace, thread, practice int64
	audience                    portal.Audience // as it was locked
	owners                      []int64         // whose work the target is; none where nobody is known
}

// find finds a target that the viewer may see.
func find(ctx context.Context, c postgres.Conn, v portal.Viewer, target portal.Ref) (place, error) {
	at := place{target: target}
	switch target.Kind {
	case portal.KindPractice:
		return inPractice(ctx, c, v, at, target.ID)
	case portal.KindAdoption:
		a, err := c.AdoptionSeen(ctx, v, target.ID)
		if err != nil {
			return at, err
		}
		return inPractice(ctx, c, v, at, a.PracticeID)
	case portal.KindAttachment:
		f, err := c.Attachment(ctx, v, target.ID)
		if err != nil {
			return at, err
		}
		return inPractice(ctx, c, v, at, f.PracticeID)
	case portal.KindCollection:
		k, err := c.Collection(ctx, v, target.ID)
		at.workspace = k.WorkspaceID
		return at, err
	case portal.KindMember:
		m, err := c.Member(ctx, target.ID)
		if err == nil && m.Suspended && !v.Officer {
			err = portal.ErrNotFound()
		}
		return at, err
	case portal.KindThread:
		t, err := c.Thread(ctx, v, target.ID)
		at.workspace, at.thread = t.WorkspaceID, target.ID
		return at, err
	case portal.KindPost:
		p, t, err := c.Post(ctx, v, target.ID)
		if err == nil && !p.DeletedAt.IsZero() {
			err = portal.ErrNotFound()
		}
		at.workspace, at.thread = t.WorkspaceID, t.ID
		return at, err
	}
	var checks portal.Checks
	checks.Add(false, "target", "error.unknown_value")
	return at, checks.Err()
}

func inPractice(ctx context.Context, c postgres.Conn, v portal.Viewer, at place, practice int64) (place, error) {
	p, err := c.Practice(ctx, v, practice)
	if err == nil && p.Status == portal.Draft {
		err = portal.ErrNotFound()
	}
	at.workspace, at.practice = p.WorkspaceID, practice
	return at, err
}

// held is find under the target's lock, for a flag: what was there a moment ago may have moved, been hidden or
// gone. What a member made herself she changes, and does not flag.
func held(ctx context.Context, tx *postgres.Tx, who portal.Identity, target portal.Ref) (place, error) {
	at := place{target: target}
	if _, err := at.lock(ctx, tx, who); err != nil {
		return at, err
	}
	own := slices.Contains(at.owners, who.MemberID)
	at, err := find(ctx, tx.Conn, who.Viewer, target)
	switch target.Kind {
	case portal.KindAdoption, portal.KindAttachment, portal.KindCollection, portal.KindMember:
		if own && err == nil {
			err = portal.Fail(portal.Forbidden, "error.flag_own")
		}
	}
	return at, err
}

// lock locks the target, what it lives in first, and checks that the viewer may decide over it: nobody
// does over what she wrote herself, nor over what is on a practice of hers.
func (s *Service) lock(ctx context.Context, tx *postgres.Tx, who portal.Identity, target portal.Ref) (place, error) {
	at := place{target: target}
	own, err := at.lock(ctx, tx, who)
	if err != nil {
		return at, err
	}
	if !who.CanSee(at.audience) {
		return at, portal.ErrNotFound()
	}
	if !who.Can(portal.ActDecide, at.audience) {
		return at, portal.ErrForbidden()
	}
	if own || slices.Contains(at.owners, who.MemberID) {
		return at, portal.Fail(portal.Forbidden, "error.own_item")
	}
	return at, nil
}

// lock fills the place in and tells whether it is a practice of the viewer's.
func (p *place) lock(ctx context.Context, tx *postgres.Tx, who portal.Identity) (own bool, err error) {
	switch p.target.Kind {
	case portal.KindPractice:
		return p.lockPractice(ctx, tx, who, p.target.ID)
	case portal.KindAdoption, portal.KindAttachment:
		of, err := tx.Flagged(ctx, p.target)
		for err == nil && p.practice != of.Practice { // once more where it moved with a merge meanwhile
			if own, err = p.lockPractice(ctx, tx, who, of.Practice); err == nil {
				of, err = tx.Flagged(ctx, p.target)
			}
		}
		p.owners = of.Makers
		return own, err
	case portal.KindCollection:
		if err := tx.LockCollection(ctx, p.target.ID); err != nil {
			return false, err
		}
		k, err := tx.Collection(ctx, who.Viewer, p.target.ID)
		p.audience, p.workspace, p.owners = k.Audience(), k.WorkspaceID, k.Makers()
		return false, err
	case portal.KindMember:
		p.audience, p.owners = portal.Audience{Stage: portal.StageReview, Handling: portal.Green}, []int64{p.target.ID}
		return false, tx.LockMember(ctx, p.target.ID)
	}
	return false, p.lockThread(ctx, tx)
}

func (p *place) lockPractice(ctx context.Context, tx *postgres.Tx, who portal.Identity, id int64) (own bool, err error) {
	of, err := tx.LockPractice(ctx, id)
	p.audience, p.workspace, p.practice = of.Audience, of.WorkspaceID, id
	return wrote(who, of), err
}

func (p *place) lockThread(ctx context.Context, tx *postgres.Tx) error {
	id := p.target.ID
	if p.target.Kind == portal.KindPost {
		posts, err := tx.PostsByID(ctx, []int64{id})
		if err != nil || len(posts) == 0 {
			return orNotFound(err)
		}
		id, p.owners = posts[0].ThreadID, []int64{posts[0].Author.ID}
	}
	t, err := tx.LockThread(ctx, id)
	if err == nil && p.target.Kind == portal.KindPost {
		if at, err := tx.PostsByID(ctx, []int64{p.target.ID}); err != nil || len(at) == 0 || at[0].ThreadID != id {
			return cmp.Or(err, error(portal.Fail(portal.Conflict, "error.post_moved"))) // to another thread, a moment ago
		}
	}
	if p.target.Kind == portal.KindThread {
		p.owners = []int64{t.AuthorID}
	}
	p.audience, p.workspace, p.thread = t.Audience, t.WorkspaceID, t.ID
	return err
}

// event tells the workspace's moderators of a case. The event's entity is the target; the case's
// identifier is in its data.
func (p place) event(typ portal.EventType, caseID int64, outcome string) portal.Event {
	data, err := json.Marshal(map[string]any{"case": caseID, "outcome": outcome})
	if err != nil {
		panic(fmt.Sprintf("numbers and strings cannot fail to marshal: %v", err))
	}
	return portal.Event{Topic: portal.ModerationTopic(p.workspace), Type: typ, ThreadID: p.thread, PracticeID: p.practice,
		WorkspaceID: p.workspace, Data: data}
}

// stepName is the step in which an officer is named as a reader.
const stepName = "name"

// changed tells subscribers of the target, and of the workspace, that it changed.
func (p place) changed(step, status string) []portal.Event {
	if p.target.Kind == portal.KindAdoption || p.target.Kind == portal.KindAttachment { // it is not the practice that was hidden or shown
		step = string(p.target.Kind) + "_" + step
	}
	data, err := json.Marshal(map[string]string{"step": step, "status": status})
	if err != nil {
		panic(fmt.Sprintf("a map of strings cannot fail to marshal: %v", err))
	}
	e := portal.Event{ThreadID: p.thread, PracticeID: p.practice, WorkspaceID: p.workspace, Data: data}
	own, inWorkspace := e, e
	inWorkspace.Topic = portal.WorkspaceTopic(p.workspace)
	switch p.target.Kind {
	case portal.KindPractice, portal.KindAdoption, portal.KindAttachment:
		own.Topic, own.Type = portal.PracticeTopic(p.practice), portal.PracticeChanged
		inWorkspace.Type = portal.PracticeChanged
	case portal.KindThread:
		own.Topic, own.Type = portal.ThreadTopic(p.thread), portal.ThreadChanged
		inWorkspace.Type = portal.ThreadChanged
	case portal.KindCollection:
		inWorkspace.Type = portal.Recorded
		return []portal.Event{inWorkspace}
	case portal.KindMember:
		own.Topic, own.Type = portal.MemberTopic(p.target.ID), portal.MemberChanged
		return []portal.Event{own}
	default:
		own.Topic, own.Type = portal.ThreadTopic(p.thread), portal.PostEdited
		if step == "relabel" || step == stepName {
			own.Type = portal.ThreadChanged
		}
		return []portal.Event{own}
	}
	return []portal.Event{own, inWorkspace}
}
