package notify

import (
	"context"
	"fmt"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// sought tells owners of saved searches of what they asked for. It comes after all other reasons: who is
// told of the same event anyway, is told of it once.
func (s *Service) sought(ctx context.Context, tx *postgres.Tx, events []portal.Event) ([]told, error) {
	if s.searches == nil {
		return nil, nil
	}
	hits, err := s.searches.Found(ctx, tx, events, maxWritten)
	if err != nil {
		return nil, fmt.Errorf("match saved searches: %w", err)
	}
	var notes []told
	for _, h := range hits {
		e := broughtBy(events, h.Thing)
		n := told{event: e, Notification: portal.Notification{MemberID: h.Search.Member, Kind: "sought", Note: h.Search.Name, WorkspaceID: e.WorkspaceID}}
		switch h.Thing.Kind {
		case portal.KindPractice:
			n.PracticeID = h.Thing.ID
		case portal.KindThread:
			n.ThreadID = h.Thing.ID
		case portal.KindPost:
			n.ThreadID, n.PostID = e.ThreadID, h.Thing.ID
		}
		notes = append(notes, n)
	}
	return notes, nil
}

// broughtBy finds the event that brought a thing.
func broughtBy(events []portal.Event, thing portal.Ref) portal.Event {
	for _, e := range events {
		switch thing.Kind {
		case portal.KindPractice:
			if e.Type == portal.PracticeChanged && e.PracticeID == thing.ID {
				return e
			}
		case portal.KindThread:
			if e.Type == portal.ThreadCreated && e.ThreadID == thing.ID {
				return e
			}
		case portal.KindPost:
			if e.Type == portal.PostCreated && e.Entity == thing {
				return e
			}
		}
	}
	return portal.Event{}
}
