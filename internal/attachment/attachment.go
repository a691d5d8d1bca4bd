// Package attachment is the files on practices: taken in as streams, kept under their sum, read
// for their text in the background, given out to whoever may see the practice.
package attachment

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"

	"praxis/internal/blob"
	"praxis/internal/extract"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const sniffed = extract.HeadBytes // at the start, that tell a file's type

// Service holds the rules of attachments.
type Service struct {
	db    *postgres.DB
	store *blob.Store
	log   *slog.Logger
	wake  chan struct{}
}

// New makes the service.
func New(db *postgres.DB, store *blob.Store, log *slog.Logger) *Service {
	return &Service{db: db, store: store, log: log, wake: make(chan struct{}, 1)}
}

// MayAdd tells whether the viewer may put one more file on the practice, before its bytes are read.
func (s *Service) MayAdd(ctx context.Context, who portal.Identity, practice int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	p, err := s.db.Practice(ctx, who.Viewer, practice)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActEdit, p.Audience) {
		return portal.ErrForbidden()
	}
	have, err := s.db.Attachments(ctx, []int64{practice})
	if err != nil {
		return err
	}
	if len(have) >= portal.MaxAttachments {
		return portal.Fail(portal.Conflict, "error.too_many_files", "Max", portal.MaxAttachments)
	}
	return nil
}

// Add streams a file onto a practice of the viewer's. Its type is told by its content; a name
// that says otherwise is refused (Unsupported), and so is more than portal.MaxAttachment bytes. The
// same bytes under the same name are on a practice once, however often they are sent.
func (s *Service) Add(ctx context.Context, who portal.Identity, practice int64, name string, r io.Reader) (postgres.Attachment, error) {
	if err := s.MayAdd(ctx, who, practice); err != nil {
		return postgres.Attachment{}, err
	}
	head := bufio.NewReaderSize(r, sniffed)
	start, err := head.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return postgres.Attachment{}, broken(err)
	}
	name = cleanName(name)
	mediaType, known := extract.Detect(start, name)
	if !known {
		return postgres.Attachment{}, portal.Fail(portal.Unsupported, "error.file_type")
	}
	sum, size, err := s.store.Put(head, portal.MaxAttachment)
	if err != nil {
		return postgres.Attachment{}, broken(err)
	}
	a := postgres.Attachment{PracticeID: practice, UploadedBy: who.MemberID, Name: name, MediaType: mediaType, Size: size, SHA256: sum,
		TextState: "waiting", CreatedAt: portal.Now()}
	again := false
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, practice)
		if err != nil {
			return err
		}
		// Once more under the lock: several may have come in side by side.
		have, err := tx.Attachments(ctx, []int64{practice})
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(have, func(h postgres.Attachment) bool { return h.Name == a.Name && bytes.Equal(h.SHA256, a.SHA256) }); i >= 0 {
			a, again = have[i], true // sent twice, because the first answer was lost
			return nil
		}
		if len(have) >= portal.MaxAttachments {
			return portal.Fail(portal.Conflict, "error.too_many_files", "Max", portal.MaxAttachments)
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
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		full := portal.Fail(portal.Unavailable, "error.disk_full")
		full.Cause, full.RetryAfter = err, time.Minute
		return full
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled):
		cut := portal.Fail(portal.Malformed, "error.upload_cut")
		cut.Cause = err
		return cut
	}
	return err
}

// cleanName keeps the last part of a file's name, without what could mislead: controls, marks
// that turn the direction of writing, and more than 200 characters.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 200 {
		ext := path.Ext(name)
		if len(ext) > 10 {
			ext = ""
		}
		name = string(runes[:200-len(ext)]) + ext
	}
	if name == "" || name == "." || name == "/" {
		return "attachment"
	}
	return name
}

// Remove takes a file off a practice of the viewer's.
func (s *Service) Remove(ctx context.Context, who portal.Identity, id int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	a, err := s.db.Attachment(ctx, who.Viewer, id)
	if err != nil {
		return err
	}
	if err := s.store.Touch(a.SHA256); err != nil { // they are swept some time after this
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, a.PracticeID)
		if err != nil {
			return err
		}
		if !who.Can(portal.ActEdit, p.Audience) {
			return portal.ErrForbidden()
		}
		if err := tx.DeleteAttachment(ctx, p.ID, id); err != nil {
			return err
		}
		return tx.Record(ctx, change(who.MemberID, "attachment.remove", p, id))
	})
}

// List lists the files of a practice that the viewer has been shown.
func (s *Service) List(ctx context.Context, practices ...int64) ([]postgres.Attachment, error) {
	return s.db.Attachments(ctx, practices)
}

// Open opens a file's bytes for whoever may see its practice. The caller closes them.
func (s *Service) Open(ctx context.Context, who portal.Identity, id int64) (postgres.Attachment, *os.File, error) {
	a, err := s.db.Attachment(ctx, who.Viewer, id)
	if err != nil {
		return a, nil, err
	}
	f, err := s.store.Get(a.SHA256)
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
