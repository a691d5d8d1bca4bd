// Package attachment is the files on practices and on the reports of their use: taken in as streams, kept under their sum, read
// for their text in the background, given out to whoever may see the practice.
package attachment

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"syscall"
	"time"

	"praxis/internal/blob"
	"praxis/internal/extract"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const sniffed = extract.HeadBytes // at the start, that tell a file's type

// Service holds the rules of attachments.
type Service struct {
	db      *postgres.DB
	store   blob.Store
	log     *slog.Logger
	wake    chan struct{}
	scanner *Scanner // nil: files are not scanned
	dir     string   // where files wait that are looked at, or that come in pieces; "": the system's own
}

// New makes the service.
func New(db *postgres.DB, store blob.Store, log *slog.Logger) *Service {
	return &Service{db: db, store: store, log: log, wake: make(chan struct{}, 1)}
}

// WithScanner has every file scanned before it is taken.
func (s *Service) WithScanner(scanner *Scanner) { s.scanner = scanner }

// MayAdd tells whether the viewer may put files on the practice, before any is read.
func (s *Service) MayAdd(ctx context.Context, who portal.Identity, practice int64) error {
	_, _, err := s.mayChange(ctx, who, onto{practice: practice})
	return err
}

// Add streams a file onto a practice of the viewer's. Its type is told by its content; a name
// that says otherwise is refused (Unsupported), and so is more than portal.MaxAttachment bytes. A
// picture is encoded anew, without what its camera wrote into it. The same bytes under the same name
// are on a practice once, however often they are sent.
func (s *Service) Add(ctx context.Context, who portal.Identity, practice int64, name string, r io.Reader) (postgres.Attachment, error) {
	return s.add(ctx, who, onto{practice: practice}, name, r)
}

func (s *Service) add(ctx context.Context, who portal.Identity, o onto, name string, r io.Reader) (postgres.Attachment, error) {
	o, err := s.mayAdd(ctx, who, o, cleanName(name))
	if err != nil {
		return postgres.Attachment{}, err
	}
	a := postgres.Attachment{PracticeID: o.practice, AdoptionID: o.adoption, UploadedBy: who.MemberID, TextState: "waiting"}
	if err := s.takeIn(ctx, &a, name, r); err != nil {
		return postgres.Attachment{}, err
	}
	return s.attach(ctx, who, a)
}

// takeIn brings a file's bytes into the store and notes what it is.
func (s *Service) takeIn(ctx context.Context, a *postgres.Attachment, name string, r io.Reader) error {
	head := bufio.NewReaderSize(r, sniffed)
	start, err := head.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return broken(err)
	}
	a.Name, a.CreatedAt = cleanName(name), portal.Now()
	if a.MediaType, err = detect(start, a.Name); err != nil {
		return err
	}
	return broken(s.take(ctx, a, head, false))
}

// mayChange tells whether the viewer may change the files of a practice: she writes it, and is still in
// the workspace to which she handed it in.
func mayChange(who portal.Identity, p portal.Practice) error {
	switch {
	case !who.CanSee(p.Audience):
		return portal.ErrNotFound()
	case !who.Can(portal.ActEdit, p.Audience):
		return portal.ErrForbidden()
	}
	return p.StillIn(who.Viewer)
}

// detect tells a file's type by its beginning.
func detect(start []byte, name string) (string, error) {
	mediaType, known := extract.Detect(start, name)
	if !known {
		return "", portal.Fail(portal.Unsupported, "error.file_type")
	}
	return mediaType, nil
}

// attach gives a file whose bytes are stored its place.
func (s *Service) attach(ctx context.Context, who portal.Identity, a postgres.Attachment) (postgres.Attachment, error) {
	again := false
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, a.PracticeID)
		if err != nil {
			return err
		}
		// Once more under the lock: several may have come in side by side, and she may be out by now.
		o := onto{a.PracticeID, a.AdoptionID}
		have, err := o.files(ctx, tx.Conn, who, p)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(have, func(h postgres.Attachment) bool { return h.Name == a.Name && bytes.Equal(h.SHA256, a.SHA256) }); i >= 0 {
			a, again = have[i], true // sent twice, because the first answer was lost
			return nil
		}
		if err := o.room(have, ""); err != nil {
			return err
		}
		if hidden, err := tx.HiddenBytes(ctx, p.ID, a.SHA256); err != nil || hidden {
			return cmp.Or(err, error(portal.Fail(portal.Conflict, "error.hidden_file")))
		}
		if a.ID, err = tx.InsertAttachment(ctx, a); err != nil {
			return err
		}
		return tx.Record(ctx, change(who.MemberID, "attachment.add", p, a.ID))
	})
	if err == nil && !again {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
	return a, err
}

// broken says what went wrong while bytes came in: too many, no room for them, or a cut line.
func broken(err error) error {
	switch {
	case errors.Is(err, blob.ErrTooLarge):
		return portal.Fail(portal.TooLarge, "error.file_too_large", "Max", portal.MaxAttachment>>20)
	case errors.Is(err, blob.ErrAway):
		return storeAway(err)
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		full := portal.Fail(portal.Unavailable, "error.disk_full")
		full.Cause, full.RetryAfter = err, time.Minute
		return full
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, syscall.ECONNRESET):
		cut := portal.Fail(portal.Malformed, "error.upload_cut")
		cut.Cause = err
		return cut
	}
	return err
}

// storeAway says that the object store does not answer.
func storeAway(err error) error {
	away := portal.Fail(portal.Unavailable, "error.files_away")
	away.Cause, away.RetryAfter = err, 30*time.Second
	return away
}

// Remove takes a file off a practice or a report of the viewer's.
func (s *Service) Remove(ctx context.Context, who portal.Identity, id int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	a, err := s.db.Attachment(ctx, who.Viewer, id)
	if portal.KindOf(err) == portal.NotFound {
		return s.removePostFile(ctx, who, id)
	}
	if err != nil {
		return err
	}
	if err := s.store.Touch(a.SHA256); err != nil { // they are swept some time after this
		return broken(err)
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, a.PracticeID)
		if err != nil {
			return err
		}
		if _, err := (onto{a.PracticeID, a.AdoptionID}).files(ctx, tx.Conn, who, p); err != nil {
			return err
		}
		if merged, err := tx.HoldsMerged(ctx, p.ID); err != nil || merged && a.AdoptionID == 0 && !who.ModeratorOf(p.WorkspaceID) {
			return cmp.Or(err, error(portal.Fail(portal.Forbidden, "merge.label")))
		}
		if err := tx.DeleteAttachment(ctx, p.ID, id); err != nil {
			return err
		}
		return tx.Record(ctx, change(who.MemberID, "attachment.remove", p, id))
	})
}

// List lists those files of practices that the viewer may see.
func (s *Service) List(ctx context.Context, who portal.Identity, practices ...int64) ([]postgres.Attachment, error) {
	return s.db.AttachmentsSeen(ctx, who.Viewer, practices)
}

// Get tells of a file, without its bytes, to whoever may see it.
func (s *Service) Get(ctx context.Context, who portal.Identity, id int64) (postgres.Attachment, error) {
	a, err := s.db.Attachment(ctx, who.Viewer, id)
	if portal.KindOf(err) == portal.NotFound {
		return s.db.PostFile(ctx, who.Viewer, id)
	}
	return a, err
}

// Open opens a file's bytes for whoever may see its practice or its post. The caller closes them.
func (s *Service) Open(ctx context.Context, who portal.Identity, id int64) (postgres.Attachment, blob.Object, error) {
	a, err := s.Get(ctx, who, id)
	if err != nil {
		return a, nil, err
	}
	f, err := s.store.Get(a.SHA256)
	if errors.Is(err, blob.ErrAway) {
		return a, nil, storeAway(err)
	}
	if err != nil {
		return a, nil, fmt.Errorf("open attachment %d: %w", id, err)
	}
	return a, f, nil
}

func change(actor int64, action string, p portal.Practice, attachment int64) postgres.Change {
	return postgres.Change{Actor: actor, Action: action, Target: portal.Ref{Kind: portal.KindAttachment, ID: attachment}, WorkspaceID: p.WorkspaceID,
		Detail: map[string]any{"practice": p.ID},
		Events: []portal.Event{{Topic: portal.PracticeTopic(p.ID), Type: portal.AttachmentChanged, PracticeID: p.ID, WorkspaceID: p.WorkspaceID}}}
}
