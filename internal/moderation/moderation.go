// Package moderation is curation: flags from members, one queue of submissions and flags for each
// workspace's moderators, and what they decide, told to the author and kept in the audit.
package moderation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Service holds the rules of moderation.
type Service struct {
	db    *postgres.DB
	vocab *portal.Vocabulary
}

// New makes the service.
func New(db *postgres.DB, vocab *portal.Vocabulary) *Service { return &Service{db: db, vocab: vocab} }

// Queue lists the open cases that the viewer may decide over, the oldest first.
func (s *Service) Queue(ctx context.Context, who portal.Identity, workspace int64, page portal.Page) ([]portal.Case, error) {
	if err := moderates(who); err != nil {
		return nil, err
	}
	return s.db.Queue(ctx, who.Viewer, workspace, page)
}

// Waiting counts the open cases that the viewer may decide over, up to 100; 0 for others.
func (s *Service) Waiting(ctx context.Context, who portal.Identity) (int, error) {
	if moderates(who) != nil {
		return 0, nil
	}
	return s.db.QueueLength(ctx, who.Viewer)
}

// Case reads one case that the viewer may decide over, with flags and earlier decisions. Of one about
// her own work she reads what any author does: not who flagged it, nor what colleagues wrote to each
// other.
func (s *Service) Case(ctx context.Context, who portal.Identity, id int64) (portal.Case, error) {
	if err := moderates(who); err != nil {
		return portal.Case{}, err
	}
	k, err := s.db.Case(ctx, who.Viewer, id)
	if err != nil {
		return k, err
	}
	own, err := s.owns(ctx, who, k)
	if err != nil {
		return portal.Case{}, err
	}
	if !own {
		return k, nil
	}
	for i := range k.Flags {
		k.Flags[i].By, k.Flags[i].Note, k.Flags[i].Light = portal.Person{}, "", false
	}
	k.Actions, err = s.db.DecisionsToAuthor(ctx, k.Target)
	return k, err
}

// owns tells whether a case is about the viewer's own work.
func (s *Service) owns(ctx context.Context, who portal.Identity, k portal.Case) (bool, error) {
	if k.Author.ID == who.MemberID {
		return true, nil
	}
	if k.Target.Kind != portal.KindPractice {
		return false, nil
	}
	practices, err := s.db.PracticesByID(ctx, []int64{k.Target.ID})
	if err != nil || len(practices) == 0 {
		return false, orNotFound(err)
	}
	return who.Wrote(practices[0].Audience) || wrote(who, practices[0]), nil
}

func moderates(who portal.Identity) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if !who.Moderator() {
		return portal.ErrModeratorsOnly()
	}
	return nil
}

// Flag tells the moderators that something is wrong with a practice, thread or post that the
// viewer may see. Flags on one item gather in one case; a second one of hers replaces the first.
func (s *Service) Flag(ctx context.Context, who portal.Identity, target portal.Ref, reason, note string) (id int64, err error) {
	if !who.SignedIn() {
		return 0, portal.ErrSignIn()
	}
	place, err := s.place(ctx, who.Viewer, target)
	if err != nil {
		return 0, err
	}
	var c portal.Checks
	c.Add(slices.Contains(portal.FlagReasons, reason), "reason", "error.unknown_value")
	c.Text("note", note, portal.MaxNote, true)
	c.Add(place.workspace != 0, "target", "error.unknown_value")
	if err := c.Err(); err != nil {
		return 0, err
	}
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		caseID, opened, err := tx.OpenCase(ctx, portal.Case{Kind: "flag", Target: target, WorkspaceID: place.workspace, ThreadID: place.thread}, place.practice)
		if err != nil {
			return err
		}
		if id, err = tx.InsertFlag(ctx, caseID, who.MemberID, reason, note); err != nil {
			return err
		}
		change := postgres.Change{Actor: who.MemberID, Action: "flag.create", Target: target, WorkspaceID: place.workspace,
			Detail: map[string]any{"reason": reason, "case": caseID}}
		if opened {
			change.Events = []portal.Event{place.event(portal.CaseOpened, caseID, "")}
		}
		return tx.Record(ctx, change)
	})
	return id, err
}

// place is where a target lives.
type place struct {
	target                      portal.Ref
	workspace, thread, practice int64
}

// place finds a target that the viewer may see.
func (s *Service) place(ctx context.Context, v portal.Viewer, target portal.Ref) (place, error) {
	at := place{target: target}
	switch target.Kind {
	case portal.KindPractice:
		p, err := s.db.Practice(ctx, v, target.ID)
		if err == nil && p.Status == portal.Draft {
			err = portal.ErrNotFound()
		}
		at.workspace, at.practice = p.WorkspaceID, target.ID
		return at, err
	case portal.KindThread:
		t, err := s.db.Thread(ctx, v, target.ID)
		at.workspace, at.thread = t.WorkspaceID, target.ID
		return at, err
	case portal.KindPost:
		p, t, err := s.db.Post(ctx, v, target.ID)
		if err == nil && !p.DeletedAt.IsZero() {
			err = portal.ErrNotFound()
		}
		at.workspace, at.thread = t.WorkspaceID, t.ID
		return at, err
	}
	var c portal.Checks
	c.Add(false, "target", "error.unknown_value")
	return at, c.Err()
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

// Decision is what a moderator decides about a case.
type Decision struct {
	Action   string           `json:"action"`
	Note     string           `json:"note"`
	Handling portal.Handling  `json:"handling"` // for relabel
	Named    []int64          `json:"named"`    // for relabel to red
	Evidence *portal.Evidence `json:"evidence"` // for approve
	// IfVersion is the version of the practice that the moderator has read; 0 takes any.
	IfVersion int64 `json:"if_version"`
}

var (
	submissionActions = []string{"approve", "request_changes", "reject", "escalate"}
	flagActions       = []string{"hide", "keep", "relabel", "escalate"}
)

// Act takes a decision on a case. Whoever comes second answers Conflict.
func (s *Service) Act(ctx context.Context, who portal.Identity, id int64, d Decision) (portal.Case, error) {
	k, err := s.Case(ctx, who, id)
	if err != nil {
		return k, err
	}
	if err := s.check(k, d); err != nil {
		return k, err
	}
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		at, err := s.lock(ctx, tx, who, k.Target)
		if err != nil {
			return err
		}
		if _, err := tx.LockCase(ctx, id); err != nil {
			return err
		}
		if err := tx.Unclaimed(ctx, id, who.MemberID); err != nil {
			return err
		}
		before, err := tx.Before(ctx, k.Target)
		if err != nil {
			return err
		}
		if err := tx.ActOnCase(ctx, id, who.MemberID, d.Action, d.Note, before); err != nil {
			return err
		}
		change, err := s.carryOut(ctx, tx, who, at, d)
		if err != nil {
			return err
		}
		closed := portal.CaseClosed
		if d.Action == "escalate" { // it is open for others now
			closed = portal.CaseOpened
		}
		change.Events = append(change.Events, at.event(closed, id, d.Action))
		return tx.Record(ctx, change)
	})
	if err != nil {
		return k, err
	}
	k, err = s.db.Case(ctx, who.Viewer, id)
	if portal.KindOf(err) == portal.NotFound {
		// Relabelled out of the moderator's own sight: the decision stands all the same.
		return portal.Case{ID: id, Outcome: d.Action}, nil
	}
	return k, err
}

func (s *Service) check(k portal.Case, d Decision) error {
	allowed := submissionActions
	if k.Kind == "flag" {
		allowed = flagActions
	}
	var c portal.Checks
	c.Add(slices.Contains(allowed, d.Action), "action", "error.unknown_value")
	needsNote := d.Action == "request_changes" || d.Action == "reject"
	c.Text("note", d.Note, portal.MaxNote, !needsNote)
	c.Add(d.Action != "relabel" || d.Handling.Valid(), "handling", "error.unknown_value")
	c.Add(d.Handling == portal.Red || len(d.Named) == 0, "named", "error.named_without_red")
	c.Add(len(d.Named) < portal.MaxNamed, "named", "error.too_many", "Max", portal.MaxNamed-1)
	s.checkEvidence(&c, d.Evidence)
	return c.Err()
}

func (s *Service) checkEvidence(c *portal.Checks, e *portal.Evidence) {
	if e == nil || e.Rating == "" && strings.TrimSpace(e.Basis) == "" {
		return
	}
	c.Add(s.vocab.Has("evidence", e.Rating), "evidence.rating", "error.unknown_value")
	portal.CheckAnswers(c, e.Answers)
	c.Text("evidence.basis", e.Basis, portal.MaxNote, false) // a rating without its reason tells nobody anything
}
