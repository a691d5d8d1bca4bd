// Package notify tells members what concerns them: it reads the log once, on one node at a time,
// and writes notifications in the same transaction that moves its position.
package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/push"
)

const consumer = "notify"

// Bounds of one transaction: events worked through, and members told (each is a lock in the
// server until the commit).
const (
	MaxBatch   = 100
	maxWritten = 2000
)

// Searches tells which saved searches ask for what events brought, at most so many: when there are as many,
// it is asked of the same events again.
type Searches interface {
	Found(ctx context.Context, tx *postgres.Tx, events []portal.Event, most int) ([]postgres.SearchHit, error)
}

// Service turns events into notifications.
type Service struct {
	db       *postgres.DB
	mails    bool
	push     *push.Sender // nil: browsers show nothing
	searches Searches
}

// New makes the service.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// WithMail has members told by mail, too: there is a server that takes it.
func (s *Service) WithMail() *Service {
	s.mails = true
	return s
}

// WithSearches has the owners of saved searches told of what is new to them.
func (s *Service) WithSearches(of Searches) *Service {
	s.searches = of
	return s
}

// List lists the viewer's notifications about things that she may still see, newest first.
func (s *Service) List(ctx context.Context, who portal.Identity, page portal.Page) ([]portal.Notification, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	return s.db.Notifications(ctx, who.Viewer, page)
}

// MarkRead marks the viewer's notifications as read: those given, else all up to an identifier
// (0: all).
func (s *Service) MarkRead(ctx context.Context, who portal.Identity, ids []int64, upTo int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.ReadNotifications(ctx, who.MemberID, ids, upTo); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "notification.read",
			Target: portal.Ref{Kind: portal.KindMember, ID: who.MemberID},
			Events: []portal.Event{{Topic: portal.MemberTopic(who.MemberID), Type: portal.Notified}}})
	})
}

// Work takes the next events off the log and tells whom they concern. more is true when there
// may be others waiting. While another node works it does nothing.
func (s *Service) Work(ctx context.Context) (more bool, err error) {
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		more = false
		position, mine, err := tx.ConsumerPosition(ctx, consumer)
		if err != nil || !mine {
			return err
		}
		events, err := tx.ReadLog(ctx, position, MaxBatch)
		if err != nil || len(events) == 0 {
			return err
		}
		notes, done, err := s.concerned(ctx, tx, events)
		if err != nil {
			return err
		}
		sought, err := s.sought(ctx, tx, events[:done])
		if err != nil {
			return err
		}
		more = len(events) == MaxBatch || done < len(events)
		if len(sought) == maxWritten {
			more = true // and the same events again: who was told of them is not told twice
		} else if err := tx.SetConsumerPosition(ctx, consumer, events[done-1].Position); err != nil {
			return err
		}
		return s.write(ctx, tx, append(notes, sought...))
	})
	return more, err
}

// concerned finds whom the first of the events concern, and how many events those are: at least
// one, and no more than fit into one transaction.
func (s *Service) concerned(ctx context.Context, tx *postgres.Tx, events []portal.Event) (notes []told, done int, err error) {
	f, err := gather(ctx, tx, events)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range events {
		of, err := s.notesOf(ctx, tx, f, e)
		if err != nil {
			return nil, 0, fmt.Errorf("tell of event %d (%s): %w", e.Position, e.Type, err)
		}
		if done > 0 && len(notes)+len(of) > maxWritten {
			break
		}
		notes, done = append(notes, of...), done+1
	}
	notes, err = heard(ctx, tx, notes)
	return notes, done, err
}

// heard leaves those whose members may see what it is about and have not muted it.
func heard(ctx context.Context, tx *postgres.Tx, all []told) ([]told, error) {
	if len(all) == 0 {
		return nil, nil
	}
	members, follow := make([]int64, len(all)), make([]postgres.Followed, len(all))
	for i, n := range all {
		members[i] = n.MemberID
		follow[i] = postgres.Followed{Member: n.MemberID, Thread: n.ThreadID, Practice: n.PracticeID, Workspace: n.WorkspaceID}
	}
	viewers, err := tx.Viewers(ctx, members)
	if err != nil {
		return nil, err
	}
	muted, err := tx.Muted(ctx, follow)
	if err != nil {
		return nil, err
	}
	left := all[:0]
	for i, n := range all {
		viewer, active := viewers[n.MemberID]
		if active && (n.audience == nil || viewer.CanSee(*n.audience)) && !(muted[i] && followedOnly[n.Kind]) {
			left = append(left, n)
		}
	}
	return left, nil
}

// followedOnly are the kinds that are told because a member follows something, and not where she has muted
// it: whom a post names is told, and so are those whom a decision is about.
var followedOnly = map[string]bool{"post": true, "reply": true, "thread": true, "new_thread": true, "edition": true, "new_practice": true, "original_changed": true}

// write adds the notifications, and one row to the log that tells all members at once that
// something is there.
func (s *Service) write(ctx context.Context, tx *postgres.Tx, notes []told) error {
	if len(notes) == 0 {
		return nil
	}
	rows := make([]postgres.NewNotification, len(notes))
	for i, n := range notes {
		rows[i] = postgres.NewNotification{Notification: n.Notification, Actor: n.event.Actor, Event: n.event.ID}
	}
	added, err := tx.InsertNotifications(ctx, rows)
	if err != nil || len(added) == 0 {
		return err
	}
	if s.mails {
		if err := mailAll(ctx, tx, added); err != nil {
			return err
		}
	}
	if s.push != nil {
		ids := make([]int64, len(added))
		for i, n := range added {
			ids[i] = n.ID
		}
		if err := tx.QueuePushes(ctx, ids); err != nil {
			return err
		}
	}
	change := postgres.Change{Action: "notification.create", Target: portal.Ref{Kind: portal.KindMember, ID: added[0].MemberID},
		Detail: map[string]any{"members": len(added)}}
	for _, n := range added {
		data, err := json.Marshal(map[string]any{"notification": n.ID, "kind": n.Kind})
		if err != nil {
			return fmt.Errorf("write an event's data: %w", err)
		}
		change.Events = append(change.Events, portal.Event{Topic: portal.MemberTopic(n.MemberID), Type: portal.Notified, Data: data})
	}
	return tx.Record(ctx, change)
}
