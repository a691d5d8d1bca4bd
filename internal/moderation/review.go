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

// Next finds the open case to go on with after another one: the oldest that the viewer can decide,
// neither her own nor a colleague's; 0 where none waits.
func (s *Service) Next(ctx context.Context, who portal.Identity, decided int64) (int64, error) {
	if err := moderates(who); err != nil {
		return 0, err
	}
	return s.db.NextCase(ctx, who.Viewer, decided)
}

// CaseOf finds the latest case about a thing that the viewer may decide over: who decided, and why.
func (s *Service) CaseOf(ctx context.Context, who portal.Identity, target portal.Ref) (int64, error) {
	if err := moderates(who); err != nil {
		return 0, err
	}
	return s.db.LastCase(ctx, who.Viewer, target)
}

// Hidings tells the moderators of a workspace, or of what is in none (0) the officers, who hid things of
// one kind there, and why; others nothing.
func (s *Service) Hidings(ctx context.Context, who portal.Identity, workspace int64, kind portal.Kind, ids []int64) (map[int64]postgres.Hiding, error) {
	if len(ids) == 0 || !who.SignedIn() || !who.ModeratorOf(workspace) {
		return nil, nil
	}
	return s.db.Hidings(ctx, kind, ids)
}
