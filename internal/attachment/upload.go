package attachment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	uploadLife  = 24 * time.Hour
	maxUploads  = 10      // unfinished ones of a member; the oldest goes
	uploadStep  = 2 << 20 // after so many bytes what came is made safe
	uploadFiles = "upload-"
)

// In has files wait in a folder of the portal's own while they are looked at or come in pieces.
func (s *Service) In(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of uploads: %w", err)
	}
	s.dir = dir
	return nil
}

func (s *Service) uploadPath(id int64) string {
	return filepath.Join(cmp.Or(s.dir, os.TempDir()), uploadFiles+strconv.FormatInt(id, 10))
}

// Begin begins an upload in pieces of a file of size bytes onto a practice of the viewer's.
func (s *Service) Begin(ctx context.Context, who portal.Identity, practice int64, name string, size int64) (postgres.Upload, error) {
	return s.begin(ctx, who, onto{practice: practice}, name, size)
}

func (s *Service) begin(ctx context.Context, who portal.Identity, o onto, name string, size int64) (postgres.Upload, error) {
	o, err := s.mayAdd(ctx, who, o, cleanName(name))
	if err != nil {
		return postgres.Upload{}, err
	}
	if size > portal.MaxAttachment {
		return postgres.Upload{}, portal.Fail(portal.TooLarge, "error.file_too_large", "Max", portal.MaxAttachment>>20)
	}
	var checks portal.Checks
	checks.Add(name != "", "name", "error.required")
	checks.Add(size >= 0, "size", "error.required")
	if err := checks.Err(); err != nil {
		return postgres.Upload{}, err
	}
	if size == 0 {
		return postgres.Upload{}, portal.Fail(portal.Unsupported, "error.file_type")
	}
	u := postgres.Upload{MemberID: who.MemberID, PracticeID: o.practice, AdoptionID: o.adoption, Name: cleanName(name), Size: size}
	var forgotten []int64
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := o.still(ctx, tx, who, u.Name); err != nil {
			return err
		}
		u.ID, forgotten, err = tx.InsertUpload(ctx, u, maxUploads)
		return err
	})
	for _, id := range forgotten {
		_ = os.Remove(s.uploadPath(id)) // what another node has of it is swept there
	}
	return u, err
}

// Upload tells where the viewer's upload stands on this node, and the file that it became.
func (s *Service) Upload(ctx context.Context, who portal.Identity, id int64) (postgres.Upload, *postgres.Attachment, error) {
	if !who.SignedIn() {
		return postgres.Upload{}, nil, portal.ErrSignIn()
	}
	u, err := s.db.Upload(ctx, who.MemberID, id)
	if err != nil {
		return u, nil, err
	}
	if u.AttachmentID != 0 {
		a, err := s.db.Attachment(ctx, who.Viewer, u.AttachmentID)
		return u, &a, err
	}
	info, err := os.Stat(s.uploadPath(id))
	switch {
	case errors.Is(err, os.ErrNotExist):
		u.Received = 0 // another node has what came
	case err != nil:
		return u, nil, fmt.Errorf("look at an upload: %w", err)
	default:
		u.Received = min(u.Received, info.Size())
	}
	return u, nil, nil
}

// Append adds what follows at offset, which must be where the upload stands (Conflict else). What came
// before a line was cut is kept. With the last byte the upload becomes an attachment; where it cannot
// at the moment, an append of nothing tries again.
func (s *Service) Append(ctx context.Context, who portal.Identity, id, offset int64, r io.Reader) (postgres.Upload, *postgres.Attachment, error) {
	u, done, err := s.Upload(ctx, who, id)
	if err != nil || done != nil {
		return u, done, err
	}
	f, err := os.OpenFile(s.uploadPath(id), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return u, nil, broken(fmt.Errorf("take an upload in: %w", err))
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		busy := portal.Fail(portal.Conflict, "error.upload_busy")
		busy.RetryAfter = time.Second
		return u, nil, busy
	}
	// Under the lock it stands where it stands.
	if u, done, err = s.Upload(ctx, who, id); err != nil || done != nil {
		return u, done, err
	}
	if offset != u.Received {
		return u, nil, portal.Fail(portal.Conflict, "error.upload_offset")
	}
	// Bytes beyond are of a process that was killed before they were safe.
	if err := f.Truncate(u.Received); err != nil {
		return u, nil, fmt.Errorf("take an upload in: %w", err)
	}
	if err := s.receive(ctx, &u, f, r); err != nil {
		return u, nil, broken(err)
	}
	if offset == 0 {
		if err := s.known(ctx, u, f); err != nil {
			return u, nil, err
		}
	}
	if u.Received < u.Size {
		return u, nil, nil
	}
	return s.finish(context.WithoutCancel(ctx), who, u, f)
}

// receive copies a stream to the end of an upload and makes it safe step by step.
func (s *Service) receive(ctx context.Context, u *postgres.Upload, f *os.File, r io.Reader) error {
	if _, err := f.Seek(u.Received, io.SeekStart); err != nil {
		return fmt.Errorf("take an upload in: %w", err)
	}
	kept := context.WithoutCancel(ctx) // what came, came, though the line is cut
	for u.Received < u.Size {
		n, failed := io.CopyN(f, r, min(uploadStep, u.Size-u.Received))
		if n > 0 {
			if err := f.Sync(); err != nil {
				return fmt.Errorf("take an upload in: %w", err)
			}
			u.Received += n
			if err := s.db.SetReceived(kept, u.ID, u.Received); err != nil {
				return err
			}
		}
		if errors.Is(failed, io.EOF) {
			return nil
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}

// known refuses by its first bytes what would be refused in the end.
func (s *Service) known(ctx context.Context, u postgres.Upload, f *os.File) error {
	start := make([]byte, min(sniffed, u.Received))
	if _, err := f.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("take an upload in: %w", err)
	}
	if len(start) < min(sniffed, int(u.Size)) {
		return nil // too little to tell
	}
	_, err := detect(start, u.Name)
	if err != nil {
		err = errors.Join(err, s.drop(ctx, u))
	}
	return err
}

// finish makes an attachment of what is whole. What is refused for good is forgotten.
func (s *Service) finish(ctx context.Context, who portal.Identity, u postgres.Upload, f *os.File) (postgres.Upload, *postgres.Attachment, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return u, nil, fmt.Errorf("take an upload in: %w", err)
	}
	a, err := s.add(ctx, who, onto{u.PracticeID, u.AdoptionID}, u.Name, f)
	if portal.KindOf(err) == portal.Unsupported {
		return u, nil, errors.Join(err, s.drop(ctx, u))
	}
	if err != nil {
		return u, nil, err
	}
	u.AttachmentID = a.ID
	if err := s.db.FinishUpload(ctx, u.ID, a.ID); err != nil {
		return u, nil, err
	}
	_ = os.Remove(f.Name()) // what stays behind is swept
	return u, &a, nil
}

func (s *Service) drop(ctx context.Context, u postgres.Upload) error {
	_ = os.Remove(s.uploadPath(u.ID)) // what stays behind is swept
	return s.db.DeleteUpload(ctx, u.ID)
}

// sweepUploads forgets the uploads that nobody finished in their time, and their bytes on this node.
func (s *Service) sweepUploads(ctx context.Context) error {
	before := time.Now().Add(-uploadLife)
	if err := s.db.ExpireUploads(ctx, before); err != nil {
		return err
	}
	if err := s.db.ExpireUnsentFiles(ctx, time.Now().Add(-unsentLife)); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(cmp.Or(s.dir, os.TempDir()), uploadFiles+"*"))
	if err != nil {
		return fmt.Errorf("look for old uploads: %w", err)
	}
	for _, name := range files {
		if info, err := os.Stat(name); err == nil && info.ModTime().Before(before) {
			_ = os.Remove(name)
		}
	}
	return nil
}
