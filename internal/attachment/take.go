package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"praxis/internal/blob"
	"praxis/internal/extract"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// take brings a file's bytes into the store: as they come, where nobody looks at them first. In a trial
// it only sums them, and nothing is written anywhere.
func (s *Service) take(ctx context.Context, a *postgres.Attachment, r io.Reader, trial bool) (err error) {
	put := weigh
	if !trial {
		put = s.store.Put
	}
	if extract.IsPicture(a.MediaType) || s.scanner != nil {
		f, err := s.spool(r)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := s.scan(ctx, a, f, trial); err != nil {
			return err
		}
		r = f
		if extract.IsPicture(a.MediaType) {
			redrawn, err := s.redraw(ctx, a, f)
			if err != nil {
				return err
			}
			defer redrawn.Close()
			r = redrawn
		}
	}
	a.SHA256, a.Size, err = put(r, portal.MaxAttachment)
	return err
}

// spool copies a stream into a file without a name, and stands at its start.
func (s *Service) spool(r io.Reader) (*os.File, error) {
	f, err := s.temporary()
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(f, io.LimitReader(r, portal.MaxAttachment+1))
	if err == nil && n > portal.MaxAttachment {
		err = blob.ErrTooLarge
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("take a file in: %w", err)
	}
	return f, nil
}

func (s *Service) temporary() (*os.File, error) {
	f, err := os.CreateTemp(s.dir, "praxis-attachment-*")
	if err != nil {
		return nil, fmt.Errorf("take a file in: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil { // the open file is all that is needed
		f.Close()
		return nil, fmt.Errorf("take a file in: %w", err)
	}
	return f, nil
}

// redraw encodes a picture anew. What cannot be encoded is refused: it would keep what it hides.
func (s *Service) redraw(ctx context.Context, a *postgres.Attachment, f *os.File) (*os.File, error) {
	out, err := s.temporary()
	if err != nil {
		return nil, err
	}
	mediaType, err := extract.Picture(ctx, a.MediaType, f, out, portal.MaxAttachment)
	if err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err != nil {
		out.Close()
		return nil, refusal(err)
	}
	a.MediaType, a.Name = mediaType, renamed(a.Name, mediaType)
	return out, nil
}

// refusal says why a picture is not taken.
func refusal(err error) error {
	said := ""
	switch {
	case errors.Is(err, extract.ErrTooLarge):
		said = "error.picture_too_large"
	case errors.Is(err, extract.ErrCorrupt) || errors.Is(err, extract.ErrUnsupported) || errors.Is(err, extract.ErrTimeout):
		said = "error.picture_unread"
	default:
		return err
	}
	refused := portal.Fail(portal.Unsupported, said)
	refused.Cause = err
	return refused
}

// scan asks the scanner. What it finds is refused and noted in the audit, unless this is a trial; where it
// does not answer, nothing is taken.
func (s *Service) scan(ctx context.Context, a *postgres.Attachment, f *os.File, trial bool) error {
	if s.scanner == nil {
		return nil
	}
	found, err := s.scanner.Scan(ctx, f)
	if err != nil {
		away := portal.Fail(portal.Unavailable, "error.scanner_away")
		away.Cause, away.RetryAfter = err, 30*time.Second
		return away
	}
	if found == "" {
		_, err := f.Seek(0, io.SeekStart)
		return err
	}
	infected := portal.Fail(portal.Unsupported, "error.file_infected")
	if trial {
		return infected
	}
	s.log.Warn("a file was refused by the scanner", "practice", a.PracticeID, "member", a.UploadedBy, "found", found)
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if a.PracticeID == 0 { // one that an import brings
			return tx.Record(ctx, postgres.Change{Actor: a.UploadedBy, Action: "attachment.refuse", Target: portal.Ref{Kind: portal.KindMember, ID: a.UploadedBy},
				Detail: map[string]any{"found": found}})
		}
		p, err := tx.LockPractice(ctx, a.PracticeID)
		if err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: a.UploadedBy, Action: "attachment.refuse", Target: portal.Ref{Kind: portal.KindPractice, ID: p.ID},
			WorkspaceID: p.WorkspaceID, Detail: map[string]any{"found": found}})
	})
	if err != nil {
		return err
	}
	return infected
}
