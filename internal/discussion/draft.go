package discussion

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Draft reads what the viewer is writing in a thread that she may see; an empty one where she has kept nothing.
func (s *Service) Draft(ctx context.Context, who portal.Identity, thread int64) (postgres.Draft, error) {
	if err := s.mayFollow(ctx, who, thread); err != nil {
		return postgres.Draft{}, err
	}
	d, err := s.db.Draft(ctx, who.MemberID, thread)
	if portal.KindOf(err) == portal.NotFound {
		return postgres.Draft{ThreadID: thread}, nil
	}
	return d, err
}

// KeepDraft keeps what the viewer is writing in a thread that she may see, so that she finds it on another
// device. Without words it is forgotten, as it is when she sends it.
func (s *Service) KeepDraft(ctx context.Context, who portal.Identity, d postgres.Draft) error {
	if err := s.mayFollow(ctx, who, d.ThreadID); err != nil {
		return err
	}
	var c portal.Checks
	c.Text("body", d.Body, portal.MaxPost, true)
	c.Add(d.Language == "" || portal.ValidLanguage(d.Language), "language", "error.language")
	c.Add(d.ReplyTo >= 0, "reply_to", "error.unknown_value")
	if err := c.Err(); err != nil {
		return err
	}
	return s.db.SetDraft(ctx, who.MemberID, d)
}
