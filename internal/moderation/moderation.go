// Package moderation is curation: flags from members, one queue of submissions and flags for each
// workspace's moderators, and what they decide, told to the author and kept in the audit.
package moderation

import (
	"context"
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
	if !k.Own {
		return k, nil
	}
	for i := range k.Flags {
		k.Flags[i].By, k.Flags[i].Note, k.Flags[i].Light = portal.Person{}, "", false
	}
	k.Actions, err = s.db.DecisionsToAuthor(ctx, k.Target)
	return k, err
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

// Flag tells the moderators that something is wrong with a thing that the viewer may see: a practice, a
// thread, a post, an adoption report, a file, a reading list or a member's profile. Flags on one item gather in one case; a second one of hers replaces the first.
func (s *Service) Flag(ctx context.Context, who portal.Identity, target portal.Ref, reason, note string) (id int64, err error) {
	if !who.SignedIn() {
		return 0, portal.ErrSignIn()
	}
	place, err := find(ctx, s.db.Conn, who.Viewer, target)
	if err != nil {
		return 0, err
	}
	var c portal.Checks
	c.Add(slices.Contains(portal.FlagReasons, reason), "reason", "error.unknown_value")
	c.Text("note", note, portal.MaxNote, true)
	c.Add(place.workspace != 0 || target.Kind == portal.KindMember, "target", "error.unknown_value")
	if err := c.Err(); err != nil {
		return 0, err
	}
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if place, err = held(ctx, tx, who, target); err != nil {
			return err
		}
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

// Decision is what a moderator decides about a case.
type Decision struct {
	Action   string           `json:"action"`
	Note     string           `json:"note"`
	Handling portal.Handling  `json:"handling"` // for relabel
	Named    []int64          `json:"named"`    // for relabel to red
	Evidence *portal.Evidence `json:"evidence"` // for approve
	Officer  int64            `json:"officer"`  // for escalate: who is to read what none but those named do
	// KeepTranslations leaves the translations of what is hidden to their readers.
	KeepTranslations bool `json:"keep_translations"`
	// IfVersion is the version of the practice that the moderator has read; 0 takes any.
	IfVersion int64 `json:"if_version"`
}

var (
	submissionActions = []string{"approve", "request_changes", "reject", "escalate"}
	flagActions       = []string{"hide", "keep", "relabel", "escalate"}
	// What has no label of its own gets no other one, and nobody stands above the officers.
	partActions    = []string{"hide", "keep", "escalate"}
	profileActions = []string{"hide", "keep"}
)

// actionsOn lists what can be decided on a case.
func actionsOn(k portal.Case) []string {
	if k.Kind != "flag" {
		return submissionActions
	}
	switch k.Target.Kind {
	case portal.KindAdoption, portal.KindAttachment, portal.KindCollection:
		return partActions
	case portal.KindMember:
		return profileActions
	}
	return flagActions
}

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
		with, err := s.hideTranslations(ctx, tx, who, at, d)
		if err != nil {
			return err
		}
		return record(ctx, tx, change, with)
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
	var c portal.Checks
	c.Add(slices.Contains(actionsOn(k), d.Action), "action", "error.unknown_value")
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
