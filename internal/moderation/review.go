package moderation

import (
	"context"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// SeenBefore finds the version to which a reviewer compares version of the case's practice: the
// last that was published, or else the one about which changes were last asked for, with the
// moment of that. NotFound where moderators see the practice for the first time.
func (s *Service) SeenBefore(ctx context.Context, who portal.Identity, k portal.Case, version int64) (before postgres.PracticeVersion, asked time.Time, err error) {
	for _, a := range k.Actions {
		if (a.Action == "request_changes" || a.Action == "reject") && a.At.After(asked) {
			asked = a.At
		}
	}
	before, err = s.db.ReviewedVersion(ctx, who.Viewer, k.Target.ID, version, asked)
	return before, asked, err
}

// Published counts an author's published practices that the viewer may see.
func (s *Service) Published(ctx context.Context, who portal.Identity, author int64) (int, error) {
	return s.db.CountPublished(ctx, who.Viewer, author)
}

// Next finds the open case to go on with after another one, the oldest; 0 where none waits.
func (s *Service) Next(ctx context.Context, who portal.Identity, decided int64) (int64, error) {
	cases, err := s.Queue(ctx, who, 0, portal.Page{Limit: 2})
	for _, k := range cases {
		if k.ID != decided {
			return k.ID, err
		}
	}
	return 0, err
}
