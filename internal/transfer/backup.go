// Package transfer moves a whole portal: one archive with the database and the attachments,
// checked before anything is touched.
package transfer

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"

	"praxis/internal/blob"
)

// Names inside an archive, in their order: the database first, then each attachment under its
// SHA-256, then the manifest that closes it.
const (
	databaseName     = "database.dump"
	attachmentPrefix = "attachments/"
	manifestName     = "manifest.json"
)

// Tools runs PostgreSQL's own programs against the portal's database.
type Tools interface {
	Command(ctx context.Context, name string, args ...string) *exec.Cmd
}

// Progress is told how many bytes were worked through.
type Progress func(bytes int64)

// Manifest closes an archive: what it holds and the sums by which that is checked.
type Manifest struct {
	Format   int               `json:"format"`
	MadeAt   time.Time         `json:"made_at"`
	MadeBy   string            `json:"made_by"`
	Database string            `json:"database"` // SHA-256 of the dump
	Files    map[string]string `json:"files"`    // name → SHA-256
}

const format = 1

// Backup writes the archive beside its final name and renames it when it is whole: a half-written
// one never looks like a backup. An existing file is not overwritten.
func Backup(ctx context.Context, tools Tools, store blob.Store, madeBy, file string, progress Progress) (Manifest, error) {
	if _, err := os.Lstat(file); err == nil {
		return Manifest{}, fmt.Errorf("%s exists already: give another name, or move it away", file)
	}
	out, err := os.CreateTemp(filepath.Dir(file), ".praxis-backup-*")
	if err != nil {
		return Manifest{}, fmt.Errorf("make the archive: %w", err)
	}
	defer os.Remove(out.Name()) // after the rename there is nothing left under that name
	defer out.Close()
	m, err := write(ctx, tools, store, madeBy, filepath.Dir(file), out, progress)
	if err != nil {
		return m, err
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return m, fmt.Errorf("write the archive: %w", err)
	}
	if err := os.Rename(out.Name(), file); err != nil {
		return m, fmt.Errorf("write the archive: %w", err)
	}
	return m, nil
}

func write(ctx context.Context, tools Tools, store blob.Store, madeBy, dir string, out io.Writer, progress Progress) (Manifest, error) {
	packed, err := zstd.NewWriter(out)
	if err != nil {
		return Manifest{}, fmt.Errorf("write the archive: %w", err)
	}
	archive := tar.NewWriter(packed)
	m := Manifest{Format: format, MadeAt: time.Now().UTC(), MadeBy: madeBy, Files: map[string]string{}}
	// The database comes first: an attachment that is added meanwhile is in the archive without
	// its row, which is harmless; a row without its bytes would not be.
	if m.Database, err = dump(ctx, tools, archive, dir, progress); err != nil {
		return m, err
	}
	err = store.Walk(func(sum []byte, size int64) error {
		name := attachmentPrefix + hex.EncodeToString(sum)
		f, err := store.Get(sum)
		if errors.Is(err, blob.ErrMissing) {
			return nil // swept meanwhile: the database, which was read before, has not needed it for long
		}
		if err != nil {
			return fmt.Errorf("put %s into the archive: %w", name, err)
		}
		defer f.Close()
		m.Files[name] = hex.EncodeToString(sum)
		return addEntry(archive, name, f, size, progress)
	})
	if err != nil {
		return m, err
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return m, fmt.Errorf("write the manifest: %w", err)
	}
	if err := archive.WriteHeader(header(manifestName, int64(len(raw)))); err != nil {
		return m, fmt.Errorf("write the manifest: %w", err)
	}
	if _, err := archive.Write(raw); err != nil {
		return m, fmt.Errorf("write the manifest: %w", err)
	}
	if err := errors.Join(archive.Close(), packed.Close()); err != nil {
		return m, fmt.Errorf("write the archive: %w", err)
	}
	return m, nil
}

// dump puts the database into the archive through a temporary file in dir, where the archive has its
// room, too: tar wants to know the size.
func dump(ctx context.Context, tools Tools, archive *tar.Writer, dir string, progress Progress) (sum string, err error) {
	f, err := os.CreateTemp(dir, ".praxis-dump-*")
	if err != nil {
		return "", fmt.Errorf("dump the database: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var said tail
	cmd := tools.Command(ctx, "pg_dump", "--format=custom", "--compress=0", "--no-owner")
	h := sha256.New()
	cmd.Stdout, cmd.Stderr = io.MultiWriter(f, h), &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("dump the database: %w: %s", err, said.text())
	}
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("dump the database: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("dump the database: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), addEntry(archive, databaseName, f, info.Size(), progress)
}

func addEntry(archive *tar.Writer, name string, f io.Reader, size int64, progress Progress) error {
	if err := archive.WriteHeader(header(name, size)); err != nil {
		return fmt.Errorf("put %s into the archive: %w", name, err)
	}
	if _, err := io.Copy(archive, &counted{r: f, progress: progress}); err != nil {
		return fmt.Errorf("put %s into the archive: %w", name, err)
	}
	return nil
}

func header(name string, size int64) *tar.Header {
	return &tar.Header{Name: name, Size: size, Mode: 0o600, Format: tar.FormatPAX}
}

type counted struct {
	r        io.Reader
	h        hash.Hash
	progress Progress
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.h != nil {
		c.h.Write(p[:n])
	}
	if c.progress != nil {
		c.progress(int64(n))
	}
	return n, err
}

// tail keeps the end of what a program says on its standard error.
type tail struct{ b []byte }

const tailBytes = 2000

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if len(t.b) > tailBytes {
		t.b = t.b[len(t.b)-tailBytes:]
	}
	return len(p), nil
}

func (t *tail) text() string { return string(t.b) }
