// Package practice is the library's heart: practices are drafted, saved version by version,
// submitted to review, adopted elsewhere. What moderators decide is in package moderation.
package practice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Service holds the rules of practices.
type Service struct {
	db       *postgres.DB
	vocab    *portal.Vocabulary
	withdraw func(ctx context.Context, adoption int64) error // see OnWithdraw
}

// New makes the service.
func New(db *postgres.DB, vocab *portal.Vocabulary) *Service { return &Service{db: db, vocab: vocab} }

// Fields are what a member sends of a practice; nil fields stay as they are.
type Fields struct {
	Title         *string             `json:"title"`
	Summary       *string             `json:"summary"`
	Sections      map[string]string   `json:"sections"` // each named section is replaced; "" empties it
	Language      *string             `json:"language"`
	Country       *string             `json:"country"`
	Organization  *string             `json:"organization"`
	Year          *int                `json:"year"`
	Type          *string             `json:"type"`
	Level         *string             `json:"level"`
	Sectors       *[]string           `json:"sectors"`
	Topics        *[]string           `json:"topics"`
	Substances    *[]string           `json:"substances"`
	References    *[]portal.Reference `json:"references"`
	Handling      *portal.Handling    `json:"handling"`
	Named         *[]int64            `json:"named"`
	WorkspaceID   *int64              `json:"workspace_id"`
	TranslationOf *int64              `json:"translation_of"`
	ExternalKey   *string             `json:"external_key"`
	Edition       bool                `json:"edition"`    // of a published one: watchers hear of it; else a small edit
	Why           string              `json:"why"`        // what changed, kept with the version
	UpToDate      bool                `json:"up_to_date"` // of a translation: it says what its original says now
}

// Get reads a practice that the viewer may see.
func (s *Service) Get(ctx context.Context, who portal.Identity, id int64) (portal.Practice, error) {
	p, err := s.db.Practice(ctx, who.Viewer, id)
	if err != nil {
		return p, err
	}
	return s.withNamed(ctx, p)
}

// withNamed reads the persons whom a practice only numbers: its co-authors and named readers.
func (s *Service) withNamed(ctx context.Context, p portal.Practice) (portal.Practice, error) {
	one := []portal.Practice{p}
	if err := s.withAuthors(ctx, one); err != nil {
		return p, err
	}
	p = one[0]
	if len(p.Named) == 0 {
		return p, nil
	}
	persons, err := s.db.Persons(ctx, p.Named)
	for _, id := range p.Named {
		if person, known := persons[id]; known {
			p.NamedPersons = append(p.NamedPersons, person)
		}
	}
	return p, err
}

// List lists practices that the viewer may see.
func (s *Service) List(ctx context.Context, who portal.Identity, f postgres.PracticeFilter) ([]portal.Practice, error) {
	found, err := s.db.Practices(ctx, who.Viewer, f)
	if err != nil {
		return nil, err
	}
	return found, s.withAuthors(ctx, found)
}

// Create makes a draft of the viewer's; it needs a title and nothing more. In a workspace it is
// amber unless it says otherwise; without one its language is the author's.
func (s *Service) Create(ctx context.Context, who portal.Identity, f Fields) (portal.Practice, error) {
	if !who.SignedIn() {
		return portal.Practice{}, portal.ErrSignIn()
	}
	p := portal.Practice{Status: portal.Draft, Version: 1}
	p.Stage, p.Handling, p.AuthorID, p.Country, p.Language = portal.StagePrivate, portal.Amber, who.MemberID, who.Country, who.Locale
	p.Sections = map[string]string{}
	if err := s.translates(ctx, who, &p, f); err != nil {
		return p, err
	}
	if err := s.apply(ctx, s.db.Conn, who, &p, f); err != nil {
		return p, err
	}
	if f.ExternalKey != nil {
		p.ExternalKey = *f.ExternalKey
		var c portal.Checks
		c.Text("external_key", p.ExternalKey, portal.MaxName, true)
		if err := c.Err(); err != nil {
			return p, err
		}
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		id, err := tx.InsertPractice(ctx, p)
		if err != nil {
			return err
		}
		if p.TranslationOf != 0 {
			if err := tx.Translated(ctx, id); err != nil {
				return err
			}
		}
		if p, err = tx.Practice(ctx, who.Viewer, id); err != nil {
			return err
		}
		return tx.Record(ctx, Changed(who.MemberID, "practice.create", p, "create"))
	})
	if err != nil {
		return p, err
	}
	return s.withNamed(ctx, p)
}

// relabels tells whether a practice has other readers than before, and refuses what the viewer may
// not do to them.
func relabels(ctx context.Context, tx *postgres.Tx, who portal.Identity, before portal.Audience, p portal.Practice) (bool, error) {
	relabelled := before.Handling != p.Handling || !slices.Equal(before.Named, p.Named)
	if (relabelled || before.WorkspaceID != p.WorkspaceID) && !who.Can(portal.ActLabel, before) {
		return false, portal.Fail(portal.Forbidden, "error.label_is_authors")
	}
	if relabelled && !p.Handling.Narrows(before.Handling) {
		return true, mayWiden(ctx, tx, who, p)
	}
	return relabelled, nil
}

// Update saves a new version. The author may change all; a moderator who sees the practice only
// its label and who is named, a co-author all but these and the workspace. ifVersion 0 takes any version; another answers Stale.
func (s *Service) Update(ctx context.Context, who portal.Identity, id, ifVersion int64, f Fields) (portal.Practice, error) {
	if !who.SignedIn() {
		return portal.Practice{}, portal.ErrSignIn()
	}
	var p portal.Practice
	var c portal.Checks
	c.Text("why", f.Why, portal.MaxWhy, true)
	if err := c.Err(); err != nil {
		return p, err
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		var err error
		if p, err = lockToUpdate(ctx, tx, who, id, ifVersion, f); err != nil {
			return err
		}
		before, text, original := p.Audience, p.PracticeText, p.TranslationOf
		if err := s.apply(ctx, tx.Conn, who, &p, f); err != nil {
			return err
		}
		if p.TranslationOf != original {
			if err := s.retranslates(ctx, who, &p, f); err != nil {
				return err
			}
		}
		relabelled, err := relabels(ctx, tx, who, before, p)
		if err != nil {
			return err
		}
		p.Edits = edited(p.Edits, text, p.PracticeText, who.MemberID, portal.Now())
		if err := inOtherHands(ctx, tx, who, p, before, text.Language); err != nil {
			return err
		}
		edition := f.Edition && p.Status == portal.Published
		if p.Version, err = tx.UpdatePractice(ctx, p, postgres.Save{Editor: who.MemberID, Why: strings.TrimSpace(f.Why), Edition: edition}); err != nil {
			return err
		}
		action := "practice.update"
		if relabelled {
			action = "practice.relabel"
		}
		if f.UpToDate && p.TranslationOf != 0 {
			if err := tx.Translated(ctx, id); err != nil {
				return err
			}
		}
		step := "update"
		if edition {
			step = "edition"
			if err := tx.Reviewed(ctx, id); err != nil {
				return err
			}
		}
		change := Changed(who.MemberID, action, p, step)
		if relabelled && !p.Handling.Narrows(before.Handling) {
			if err := tx.OpenReports(ctx, p.ID, &change); err != nil {
				return err
			}
		}
		if err := translationsFollow(ctx, tx, &change, text, p, relabelled); err != nil {
			return err
		}
		return tx.Record(ctx, change)
	})
	if err != nil {
		return portal.Practice{}, err
	}
	return s.Get(ctx, who, id)
}

// inOtherHands holds what must stay true of what was handed in: while moderators have it, one of them
// reads it, and a translation stands beside its original.
func inOtherHands(ctx context.Context, tx *postgres.Tx, who portal.Identity, p portal.Practice, before portal.Audience, language string) error {
	if p.Status == portal.Submitted {
		if err := submittable(ctx, tx.Conn, p); err != nil {
			return err
		}
	}
	if p.Status == portal.Draft || p.Language == language && (p.Handling == before.Handling || p.Handling.Narrows(before.Handling)) {
		return nil
	}
	return standsBeside(ctx, tx, who, p)
}

// mayWiden refuses to let an author add readers while another's work is merged into hers.
func mayWiden(ctx context.Context, tx *postgres.Tx, who portal.Identity, p portal.Practice) error {
	if who.ModeratorOf(p.WorkspaceID) {
		return nil
	}
	merged, err := tx.HoldsMerged(ctx, p.ID)
	if err == nil && merged {
		return portal.Fail(portal.Forbidden, "merge.label")
	}
	return err
}

// lockToUpdate reads the practice as nobody else changes it now, and refuses who may not.
func lockToUpdate(ctx context.Context, tx *postgres.Tx, who portal.Identity, id, ifVersion int64, f Fields) (portal.Practice, error) {
	p, err := tx.LockPractice(ctx, id)
	if err == nil {
		err = mayUpdate(who, p, f)
	}
	if err == nil && ifVersion != 0 && ifVersion != p.Version {
		err = portal.Fail(portal.Stale, "error.stale")
	}
	return p, err
}

func mayUpdate(who portal.Identity, p portal.Practice, f Fields) error {
	if !who.CanSee(p.Audience) {
		return portal.ErrNotFound()
	}
	labelOnly := f
	labelOnly.Handling, labelOnly.Named = nil, nil
	if who.Can(portal.ActLabel, p.Audience) && labelOnly.empty() {
		return nil // at any time, and from wherever she is by now
	}
	if !who.Can(portal.ActEdit, p.Audience) {
		return portal.ErrForbidden()
	}
	if err := p.StillIn(who.Viewer); err != nil {
		return err
	}
	if f.WorkspaceID != nil && *f.WorkspaceID != p.WorkspaceID && p.Status != portal.Draft {
		return portal.Fail(portal.Conflict, "error.workspace_fixed")
	}
	var c portal.Checks
	c.Add(f.ExternalKey == nil || *f.ExternalKey == p.ExternalKey, "external_key", "error.key_fixed")
	return c.Err()
}

func (f Fields) empty() bool {
	return f.Title == nil && f.Summary == nil && f.Sections == nil && f.Language == nil && f.Country == nil &&
		f.Organization == nil && f.Year == nil && f.Type == nil && f.Level == nil && f.Sectors == nil && f.Topics == nil &&
		f.Substances == nil && f.References == nil && f.WorkspaceID == nil && f.TranslationOf == nil && f.ExternalKey == nil
}

// Changed tells the log that a practice changed; step is what happened to it.
func Changed(actor int64, action string, p portal.Practice, step string) postgres.Change {
	data, err := json.Marshal(map[string]string{"status": string(p.Status), "step": step})
	if err != nil {
		panic(fmt.Sprintf("a map of strings cannot fail to marshal: %v", err))
	}
	event := portal.Event{Topic: portal.PracticeTopic(p.ID), Type: portal.PracticeChanged, Version: p.Version, PracticeID: p.ID,
		WorkspaceID: p.WorkspaceID, Data: data}
	c := postgres.Change{Actor: actor, Action: action, Target: portal.Ref{Kind: portal.KindPractice, ID: p.ID}, WorkspaceID: p.WorkspaceID,
		Detail: map[string]any{"status": p.Status, "version": p.Version, "handling": p.Handling}, Events: []portal.Event{event}}
	if p.WorkspaceID != 0 && p.Status != portal.Draft {
		event.Topic = portal.WorkspaceTopic(p.WorkspaceID)
		c.Events = append(c.Events, event)
	}
	return c
}
