package discussion

import (
	"context"
	"strings"

	"praxis/internal/portal"
)

// Bounds of what completes a mention.
const (
	MaxMentionable = 8  // members offered
	mentionLooked  = 60 // and looked at, of whom some may not see the thread
)

// Mentionable lists whom the viewer may mean in a thread that she may see, by the beginning of a name: only
// members who may read what she writes there, the nearest first. One letter is enough.
func (s *Service) Mentionable(ctx context.Context, who portal.Identity, thread int64, typed string) ([]portal.Person, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	t, err := s.db.Thread(ctx, who.Viewer, thread)
	if err != nil {
		return nil, err
	}
	if typed = strings.TrimSpace(typed); typed == "" || len(typed) > portal.MaxTitle {
		return nil, nil
	}
	open := t.Handling == portal.Clear || t.Handling == portal.Green
	people, err := s.db.Mentionable(ctx, t, typed, open, mentionLooked)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	ids := make([]int64, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	viewers, err := s.db.Viewers(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := people[:0]
	for _, p := range people {
		if v, active := viewers[p.ID]; active && v.CanSee(t.Audience) && p.ID != who.MemberID && len(found) < MaxMentionable {
			found = append(found, p)
		}
	}
	return found, nil
}
