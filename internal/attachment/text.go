package attachment

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"praxis/internal/blob"
	"praxis/internal/extract"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	readEvery  = 2 * time.Second
	sweepEvery = time.Hour
	// maxTries is how often the reading of a file is begun: one that never came to an end twice took the
	// process with it, and would do so at every start.
	maxTries       = 2
	releaseTimeout = 2 * time.Second
	sweepBatch     = 1000 // sums that PostgreSQL is asked about at once
	// unneededFor is how long bytes stay that no attachment needs: an upload gets its row only when
	// it is whole, and a backup reads the bytes after it has read the rows.
	unneededFor = 24 * time.Hour
)

// ReadTexts reads the text of new files, one at a time, until the context ends, and sweeps once an
// hour. A file that cannot be read costs nothing but its text.
func (s *Service) ReadTexts(ctx context.Context) {
	tick, sweep := time.NewTicker(readEvery), time.NewTicker(sweepEvery)
	defer tick.Stop()
	defer sweep.Stop()
	for {
		for ctx.Err() == nil {
			again, err := s.readNext(ctx)
			if err != nil && ctx.Err() == nil {
				s.log.Warn("could not read an attachment's text", "err", err)
			}
			if !again || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.wake:
		case <-sweep.C:
			if err := errors.Join(s.Sweep(ctx), s.sweepUploads(ctx)); err != nil && ctx.Err() == nil {
				s.log.Warn("could not sweep the bytes that no attachment needs; it is tried again later", "err", err)
			}
		}
	}
}

// readNext reads one waiting file; again is false when none waits.
func (s *Service) readNext(ctx context.Context) (again bool, err error) {
	// The row is claimed by a state that a crash leaves behind and a later look takes up again;
	// no transaction stays open while a document is read.
	a, err := s.db.ClaimAttachment(ctx, 2*extract.DefaultLimits.Timeout)
	if portal.KindOf(err) == portal.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if a.TextTries > maxTries {
		s.log.Error("gave up reading an attachment's text: the portal ended each time while it read", "attachment", a.ID, "tries", maxTries)
		return true, gone(s.keep(ctx, a, "failed", "the portal ended each time while it read", nil, nil))
	}
	f, err := s.store.Get(a.SHA256)
	if errors.Is(err, blob.ErrAway) {
		s.release(a.ID)
		return false, err
	}
	if err != nil {
		return true, gone(s.keep(ctx, a, "failed", err.Error(), nil, nil))
	}
	defer f.Close()
	state, why, numbers, pages := s.text(ctx, a, f)
	if ctx.Err() != nil {
		s.release(a.ID)
		return false, ctx.Err()
	}
	err = s.keep(ctx, a, state, why, numbers, pages)
	if kind := portal.KindOf(err); kind == portal.Malformed || kind == portal.Invalid {
		// PostgreSQL does not take what was read: reading it again would give the same, for ever.
		s.log.Warn("could not keep an attachment's text", "attachment", a.ID, "err", err)
		err = s.keep(ctx, a, "failed", "its text cannot be kept", nil, nil)
	}
	if err = gone(err); err != nil {
		s.release(a.ID)
	}
	return true, err
}

// gone makes no error of an attachment that was removed meanwhile.
func gone(err error) error {
	if portal.KindOf(err) == portal.NotFound {
		return nil
	}
	return err
}

// release gives back a file whose reading the portal's stop, or the database, has broken off. Where
// that fails too, it counts as a try.
func (s *Service) release(id int64) {
	ctx, cancel := context.WithTimeout(context.Background(), releaseTimeout)
	defer cancel()
	if err := s.db.ReleaseAttachment(ctx, id); err != nil {
		s.log.Warn("could not give an attachment back that was not read", "attachment", id, "err", err)
	}
}

func (s *Service) keep(ctx context.Context, a postgres.Attachment, state, why string, numbers []int64, pages []string) error {
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, a.PracticeID)
		if err != nil {
			return err
		}
		if err := tx.SetAttachmentText(ctx, a.ID, state, why, numbers, pages); err != nil {
			return err
		}
		return tx.Record(ctx, change(0, "attachment.read", p, a.ID))
	})
}

func (s *Service) text(ctx context.Context, a postgres.Attachment, f blob.Object) (state, why string, numbers []int64, pages []string) {
	found, err := extract.Text(ctx, a.MediaType, f, a.Size, extract.Limits{FileBytes: portal.MaxAttachment})
	if err != nil {
		// The reason may quote the file, whose bytes need not be text.
		return "failed", strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\x00", "\uFFFD"), nil, nil
	}
	for _, page := range found {
		if strings.TrimSpace(page.Text) != "" {
			numbers, pages = append(numbers, int64(page.Number)), append(pages, page.Text)
		}
	}
	if len(pages) == 0 {
		return "empty", "", nil, nil
	}
	return "read", "", numbers, pages
}

// Sweep removes the bytes that no attachment has needed for a day: of files that were taken off, and
// of uploads that were refused in the end. That several nodes do so is harmless.
func (s *Service) Sweep(ctx context.Context) error {
	var sums [][]byte
	removed := 0
	ask := func() error {
		known, err := s.db.KnownBlobs(ctx, sums)
		if err != nil {
			return err
		}
		needed := make(map[string]bool, len(known))
		for _, sum := range known {
			needed[string(sum)] = true
		}
		for _, sum := range sums {
			if needed[string(sum)] {
				continue
			}
			gone, err := s.store.Remove(sum, unneededFor)
			if err != nil {
				return fmt.Errorf("sweep %s: %w", hex.EncodeToString(sum), err)
			}
			if gone {
				removed++
			}
		}
		sums = sums[:0]
		return nil
	}
	err := s.store.Walk(func(sum []byte, _ int64) error {
		if sums = append(sums, sum); len(sums) < sweepBatch {
			return ctx.Err()
		}
		return ask()
	})
	if err == nil {
		err = ask()
	}
	if removed > 0 {
		s.log.Info("swept the bytes that no attachment needs", "files", removed)
	}
	return err
}
