package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Folder is a store in a folder.
type Folder struct{ dir string }

// Open makes the folder (0700) where it is missing and removes what interrupted writes left.
func Open(dir string) (*Folder, error) {
	s := &Folder{dir: dir}
	for _, d := range []string{dir, s.incoming()} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of attachments: %w", err)
		}
	}
	left, err := filepath.Glob(filepath.Join(s.incoming(), "*"))
	if err != nil {
		return nil, fmt.Errorf("look for interrupted uploads: %w", err)
	}
	for _, f := range left {
		if info, err := os.Stat(f); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(f)
		}
	}
	return s, nil
}

// Put streams at most limit bytes into the store and returns their SHA-256 and size. When it
// returns they are on the disk for good; when it fails nothing is left. More than limit bytes
// answer ErrTooLarge.
func (s *Folder) Put(r io.Reader, limit int64) (sum []byte, size int64, err error) {
	f, err := os.CreateTemp(s.incoming(), "upload-*")
	if err != nil {
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	defer os.Remove(f.Name()) // after the rename there is nothing left under that name
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(r, limit+1))
	if err != nil {
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	if size > limit {
		return nil, 0, ErrTooLarge
	}
	if err := f.Sync(); err != nil {
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	sum = h.Sum(nil)
	path := s.path(sum)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	return sum, size, syncDir(filepath.Dir(path))
}

// Get opens the bytes under a sum; ErrMissing where there are none.
func (s *Folder) Get(sum []byte) (Object, error) {
	f, err := os.Open(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("open an attachment: %w", err)
	}
	return f, nil
}

// Touch notes that the bytes under a sum were of use until now, for Remove. Missing ones are no error.
func (s *Folder) Touch(sum []byte) error {
	now := time.Now()
	if err := os.Chtimes(s.path(sum), now, now); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("touch an attachment: %w", err)
	}
	return nil
}

// Remove takes the bytes under a sum off the disk, unless they were put or touched within the time.
// Where somebody puts the same bytes meanwhile, they stay: the file is set aside first, and looked at
// where nobody can replace it.
func (s *Folder) Remove(sum []byte, within time.Duration) (removed bool, err error) {
	path, aside := s.path(sum), filepath.Join(s.incoming(), "removed-"+hex.EncodeToString(sum))
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && time.Since(info.ModTime()) < within {
		return false, nil
	}
	if err == nil {
		err = os.Rename(path, aside)
	}
	if err == nil {
		info, err = os.Stat(aside)
	}
	switch {
	case err != nil:
	case time.Since(info.ModTime()) < within:
		err = os.Rename(aside, path)
	default:
		removed, err = true, os.Remove(aside)
	}
	if err != nil {
		return false, fmt.Errorf("remove an attachment: %w", err)
	}
	return removed, nil
}

// Walk calls f for every stored sum, in order.
func (s *Folder) Walk(f func(sum []byte, size int64) error) error {
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("walk the attachments: %w", err)
		}
		sum, decodeErr := hex.DecodeString(d.Name())
		if d.IsDir() || decodeErr != nil || len(sum) != sha256.Size {
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil {
			return fmt.Errorf("walk the attachments: %w", err)
		}
		return f(sum, info.Size())
	})
}

// Check sees whether the folder takes files.
func (s *Folder) Check() error {
	f, err := os.CreateTemp(s.incoming(), "check-*")
	if err != nil {
		return fmt.Errorf("the folder of attachments takes no files: %w", err)
	}
	f.Close()
	return os.Remove(f.Name())
}

// incoming is where bytes wait until they are whole.
func (s *Folder) incoming() string { return filepath.Join(s.dir, "incoming") }

func (s *Folder) path(sum []byte) string {
	name := hex.EncodeToString(sum)
	return filepath.Join(s.dir, name[:2], name)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("store an attachment: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("store an attachment: %w", err)
	}
	return nil
}
