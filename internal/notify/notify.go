// Package notify tells members what concerns them: it reads the log once, on one node at a time,
// and writes notifications in the same transaction that moves its position.
package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const consumer = "notify"

// MaxBatch is how many events are worked through in one transaction.
const MaxBatch = 100

// Service turns events into notifications.
type Service struct{ db *postgres.DB }

// New makes the service.
func New(db *postgres.DB) *Service { return &Service{db: db} }

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
// may be others waiting.
func (s *Service) Work(ctx context.Context) (more bool, err error) {
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		position, err := tx.ConsumerPosition(ctx, consumer)
		if err != nil {
			return err
		}
		events, err := tx.ReadLog(ctx, position, MaxBatch)
		if err != nil || len(events) == 0 {
			return err
		}
		more = len(events) == MaxBatch
		var told []postgres.Change
		for _, e := range events {
			changes, err := s.tell(ctx, tx, e)
			if err != nil {
				return fmt.Errorf("tell of event %d (%s): %w", e.Position, e.Type, err)
			}
			told = append(told, changes...)
		}
		if err := tx.SetConsumerPosition(ctx, consumer, events[len(events)-1].Position); err != nil {
			return err
		}
		return recordAll(ctx, tx, told)
	})
	return more, err
}

// recordAll writes one row to the log that tells all members at once that something is there.
func recordAll(ctx context.Context, tx *postgres.Tx, told []postgres.Change) error {
	if len(told) == 0 {
		return nil
	}
	all := told[0]
	for _, c := range told[1:] {
		all.Events = append(all.Events, c.Events...)
	}
	all.Detail = map[string]any{"members": len(told)}
	return tx.Record(ctx, all)
}

// tell writes the notifications of one event.
func (s *Service) tell(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]postgres.Change, error) {
	var notes []portal.Notification
	var err error
	switch {
	case e.Type == portal.PostCreated:
		notes, err = postNotes(ctx, tx, e.Entity.ID)
	case e.Type == portal.ThreadCreated && isOwn(e, "workspace"):
		notes, err = threadNotes(ctx, tx, e.ThreadID)
	case e.Type == portal.PracticeChanged && isOwn(e, "practice"):
		notes, err = practiceNotes(ctx, tx, e)
	case e.Type == portal.CaseClosed:
		notes, err = caseNotes(ctx, tx, e)
	case e.Type == portal.CaseOpened:
		notes, err = openedNotes(ctx, tx, e)
	case e.Type == portal.MembershipChanged && isOwn(e, "member"):
		notes = []portal.Notification{{MemberID: e.Entity.ID, Kind: "membership", WorkspaceID: e.WorkspaceID}}
	}
	if err != nil {
		return nil, err
	}
	var told []postgres.Change
	for _, n := range notes {
		if n.MemberID == e.Actor {
			continue
		}
		id, added, err := tx.InsertNotification(ctx, n, e.Actor, e.ID)
		if err != nil {
			return nil, err
		}
		if added {
			told = append(told, toldChange(n, id))
		}
	}
	return told, nil
}

// isOwn tells whether the event stands under a topic of the kind: the same change may be written
// under several topics and is told of once.
func isOwn(e portal.Event, kind string) bool {
	k, _, ok := e.Topic.Split()
	return ok && k == kind
}

func toldChange(n portal.Notification, id int64) postgres.Change {
	data, err := json.Marshal(map[string]any{"notification": id, "kind": n.Kind})
	if err != nil {
		panic(fmt.Sprintf("numbers and strings cannot fail to marshal: %v", err))
	}
	return postgres.Change{Action: "notification.create", Target: portal.Ref{Kind: portal.KindMember, ID: n.MemberID},
		Events: []portal.Event{{Topic: portal.MemberTopic(n.MemberID), Type: portal.Notified, Data: data}}}
}
