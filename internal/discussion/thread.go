// Package discussion is threads and posts: opened, answered, edited, deleted, reacted to, read.
package discussion

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Service holds the rules of threads and posts.
type Service struct {
	db    *postgres.DB
	vocab *portal.Vocabulary // nil: sectors are taken as they come
}

// New makes the service.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Knowing gives the service the vocabulary by which the sectors of questions are checked.
func (s *Service) Knowing(v *portal.Vocabulary) *Service {
	s.vocab = v
	return s
}

// NewThread is what a member sends to open a thread: its opening post is Body.
type NewThread struct {
	Title      string          `json:"title"`
	Body       string          `json:"body"`
	Handling   portal.Handling `json:"handling"`
	Named      []int64         `json:"named"`
	PracticeID int64           `json:"practice_id"`
	Language   string          `json:"language"`
	Kind       portal.Purpose  `json:"kind"`    // "": a discussion
	Sectors    []string        `json:"sectors"` // of a question
	StartsAt   time.Time       `json:"starts_at"`
	EndsAt     time.Time       `json:"ends_at"`
	HostID     int64           `json:"host_id"` // 0: whoever opens it
}

// Open opens a thread in a workspace with its opening post. Without a label it is amber. Announcements and
// sessions are the workspace's moderators' to open.
func (s *Service) Open(ctx context.Context, who portal.Identity, workspace int64, n NewThread) (portal.Thread, error) {
	if !who.SignedIn() {
		return portal.Thread{}, portal.ErrSignIn()
	}
	if _, err := s.db.Workspace(ctx, who.MemberID, workspace); err != nil {
		return portal.Thread{}, err
	}
	if !who.Can(portal.ActWrite, portal.Audience{WorkspaceID: workspace}) {
		return portal.Thread{}, portal.ErrForbidden()
	}
	t := portal.Thread{PracticeID: n.PracticeID, Title: strings.TrimSpace(n.Title), Language: cmp.Or(n.Language, who.Locale, "en")}
	t.WorkspaceID, t.AuthorID, t.Handling = workspace, who.MemberID, cmp.Or(n.Handling, portal.Amber)
	t.Named = slices.Compact(slices.Sorted(slices.Values(n.Named)))
	t.Shape = n.shape(who)
	if t.Purpose.ByModerators() && !who.ModeratorOf(workspace) {
		return portal.Thread{}, portal.Fail(portal.Forbidden, "error.kind_by_moderators")
	}
	if err := s.check(ctx, s.db.Conn, who, t, &n.Body); err != nil {
		return t, err
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		id, err := tx.InsertThread(ctx, t)
		if err != nil {
			return err
		}
		post := portal.Post{ThreadID: id, Author: portal.Person{ID: who.MemberID}, Body: n.Body, Language: t.Language}
		if _, t, err = tx.AddPost(ctx, who.Viewer, post, markup.Mentions(n.Body)); err != nil {
			return err
		}
		change := threadChange(who, "thread.create", portal.ThreadCreated, t)
		change.Events[0].Topic = portal.WorkspaceTopic(workspace)
		if t.PracticeID != 0 {
			about := change.Events[0]
			about.Topic = portal.PracticeTopic(t.PracticeID)
			change.Events = append(change.Events, about)
		}
		return tx.Record(ctx, change)
	})
	if err != nil {
		return t, err
	}
	return s.withNamed(ctx, t)
}

// check validates a thread and, where given, its opening text.
func (s *Service) check(ctx context.Context, db postgres.Conn, who portal.Identity, t portal.Thread, body *string) error {
	var c portal.Checks
	c.Text("title", t.Title, portal.MaxTitle, false)
	if body != nil {
		c.Text("body", *body, portal.MaxPost, false)
	}
	c.Add(portal.ValidLanguage(t.Language), "language", "error.language")
	c.Add(t.Handling.Valid(), "handling", "error.unknown_value")
	c.Add(len(t.Named) == 0 || t.Handling == portal.Red, "named", "error.named_without_red")
	c.Add(len(t.Named) <= portal.MaxNamed, "named", "error.too_many", "Max", portal.MaxNamed)
	if n := len(t.Named); n > 0 && n <= portal.MaxNamed {
		known, err := db.KnownMembers(ctx, t.Named)
		if err != nil {
			return err
		}
		c.Add(len(known) == n, "named", "error.unknown_member")
	}
	if t.PracticeID != 0 {
		_, err := db.Practice(ctx, who.Viewer, t.PracticeID)
		if err != nil && portal.KindOf(err) != portal.NotFound {
			return err
		}
		c.Add(err == nil, "practice_id", "error.unknown_value")
	}
	if err := s.checkShape(ctx, db, &c, t); err != nil {
		return err
	}
	return c.Err()
}

// Get reads a thread that the viewer may see.
func (s *Service) Get(ctx context.Context, who portal.Identity, id int64) (portal.Thread, error) {
	t, err := s.db.Thread(ctx, who.Viewer, id)
	if err != nil {
		return t, err
	}
	return s.withNamed(ctx, t)
}

func (s *Service) withNamed(ctx context.Context, t portal.Thread) (portal.Thread, error) {
	if len(t.Named) == 0 {
		return t, nil
	}
	persons, err := s.db.Persons(ctx, t.Named)
	for _, id := range t.Named {
		if person, known := persons[id]; known {
			t.NamedPersons = append(t.NamedPersons, person)
		}
	}
	return t, err
}

// List lists threads that the viewer may see.
func (s *Service) List(ctx context.Context, who portal.Identity, f postgres.ThreadFilter) ([]portal.Thread, error) {
	return s.db.Threads(ctx, who.Viewer, f)
}

// Count counts the threads about a practice that the viewer may see; a thousand are many.
func (s *Service) Count(ctx context.Context, who portal.Identity, practice int64) (int, error) {
	return s.db.CountThreads(ctx, who.Viewer, practice, 1000)
}

// ThreadFields are changes of a thread; nil fields stay as they are.
type ThreadFields struct {
	Title    *string          `json:"title"`
	Handling *portal.Handling `json:"handling"`
	Named    *[]int64         `json:"named"`
	Closed   *bool            `json:"closed"`
	Language *string          `json:"language"`
	ShapeFields
}

// Change changes a thread: its author and the workspace's moderators do. ifVersion 0 takes any
// version; another answers Stale.
func (s *Service) Change(ctx context.Context, who portal.Identity, id, ifVersion int64, f ThreadFields) (portal.Thread, error) {
	if !who.SignedIn() {
		return portal.Thread{}, portal.ErrSignIn()
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		t, err := tx.LockThread(ctx, id)
		if err != nil {
			return err
		}
		if !who.CanSee(t.Audience) {
			return portal.ErrNotFound()
		}
		if !who.Can(portal.ActLabel, t.Audience) {
			return portal.ErrForbidden()
		}
		if ifVersion != 0 && ifVersion != t.Version {
			return portal.Fail(portal.Stale, "error.stale")
		}
		before := t
		f.apply(&t)
		if err := f.allowed(who, before, t); err != nil {
			return err
		}
		text := t
		text.PracticeID = 0 // checked when it was opened
		if err := s.check(ctx, tx.Conn, who, text, nil); err != nil {
			return err
		}
		if t.Version, err = tx.UpdateThread(ctx, t); err != nil {
			return err
		}
		if f.Summary != nil {
			if err := tx.SetDigest(ctx, id, who.MemberID, *f.Summary); err != nil {
				return err
			}
		}
		change := threadChange(who, "thread.update", portal.ThreadChanged, t)
		inWorkspace := change.Events[0]
		inWorkspace.Topic = portal.WorkspaceTopic(t.WorkspaceID)
		change.Events = append(change.Events, inWorkspace)
		return tx.Record(ctx, change)
	})
	if err != nil {
		return portal.Thread{}, err
	}
	return s.Get(ctx, who, id)
}

func (f ThreadFields) apply(t *portal.Thread) {
	if f.Title != nil {
		t.Title = strings.TrimSpace(*f.Title)
	}
	if f.Handling != nil {
		t.Handling = *f.Handling
	}
	if f.Named != nil {
		t.Named = slices.Compact(slices.Sorted(slices.Values(*f.Named)))
	}
	if f.Handling != nil && t.Handling != portal.Red && f.Named == nil {
		t.Named = nil
	}
	if f.Closed != nil {
		t.Closed = *f.Closed
	}
	if f.Language != nil {
		t.Language = *f.Language
	}
	f.applyShape(t)
}

// mustData writes an event's identifiers and states.
func mustData(of map[string]any) json.RawMessage {
	data, err := json.Marshal(of)
	if err != nil {
		panic(fmt.Sprintf("numbers, strings and booleans cannot fail to marshal: %v", err))
	}
	return data
}

func threadChange(who portal.Identity, action string, typ portal.EventType, t portal.Thread) postgres.Change {
	data := mustData(map[string]any{"handling": t.Handling, "closed": t.Closed})
	return postgres.Change{Actor: who.MemberID, Action: action, Target: portal.Ref{Kind: portal.KindThread, ID: t.ID},
		WorkspaceID: t.WorkspaceID, Detail: map[string]any{"handling": t.Handling, "version": t.Version, "closed": t.Closed},
		Events: []portal.Event{{Topic: portal.ThreadTopic(t.ID), Type: typ, Version: t.Version, ThreadID: t.ID, PracticeID: t.PracticeID,
			WorkspaceID: t.WorkspaceID, Data: data}}}
}

// MarkRead moves the viewer's reading position in a thread that she may see.
func (s *Service) MarkRead(ctx context.Context, who portal.Identity, thread, post int64) error {
	if err := s.mayFollow(ctx, who, thread); err != nil {
		return err
	}
	return s.db.SetRead(ctx, who.MemberID, thread, post)
}

// Watch sets how closely the viewer follows a thread that she may see.
func (s *Service) Watch(ctx context.Context, who portal.Identity, thread int64, level string) error {
	if err := s.mayFollow(ctx, who, thread); err != nil {
		return err
	}
	if err := portal.CheckWatchLevel(level); err != nil {
		return err
	}
	return s.db.SetWatch(ctx, who.MemberID, thread, level)
}

func (s *Service) mayFollow(ctx context.Context, who portal.Identity, thread int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	_, err := s.db.Thread(ctx, who.Viewer, thread)
	return err
}

// Standing reads a thread that the viewer may see, with how far she has read in it and how closely
// she follows it.
func (s *Service) Standing(ctx context.Context, who portal.Identity, id int64) (portal.Thread, postgres.Reading, error) {
	t, reading, err := s.db.OpenThread(ctx, who.Viewer, id)
	if err != nil {
		return t, reading, err
	}
	t, err = s.withNamed(ctx, t)
	return t, reading, err
}
