package transfer

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"praxis/internal/blob"
)

const maxManifest = 256 << 20

// ErrDamaged tells that an archive is not whole: nothing was touched.
var ErrDamaged = errors.New("the archive is damaged")

// Verify reads the whole archive and checks every sum.
func Verify(file string, progress Progress) (Manifest, error) {
	var m Manifest
	found := map[string]string{}
	err := each(file, progress, func(name string, r io.Reader) error {
		if name == manifestName {
			raw, err := io.ReadAll(io.LimitReader(r, maxManifest))
			if err != nil {
				return err
			}
			return json.Unmarshal(raw, &m)
		}
		h := sha256.New()
		if _, err := io.Copy(h, r); err != nil {
			return err
		}
		found[name] = hex.EncodeToString(h.Sum(nil))
		return nil
	})
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if m.Format != format {
		return m, fmt.Errorf("%w: it has no manifest, or one of another format (%d)", ErrDamaged, m.Format)
	}
	if found[databaseName] != m.Database {
		return m, fmt.Errorf("%w: the database does not have the sum that the manifest says", ErrDamaged)
	}
	for name, sum := range m.Files {
		if found[name] != sum {
			return m, fmt.Errorf("%w: %s does not have the sum that the manifest says", ErrDamaged, name)
		}
	}
	return m, nil
}

// Restore puts a verified archive in place of whatever the database holds, in one transaction,
// and its attachments into the store. The caller has asked whether that may be.
func Restore(ctx context.Context, tools Tools, store *blob.Store, file string, progress Progress) error {
	m, err := Verify(file, nil)
	if err != nil {
		return err
	}
	dump, err := os.CreateTemp("", "praxis-restore-*")
	if err != nil {
		return fmt.Errorf("unpack the database: %w", err)
	}
	defer os.Remove(dump.Name())
	defer dump.Close()
	// The attachments first: bytes without a row are harmless, and the database comes last, whole
	// or not at all.
	err = each(file, progress, func(name string, r io.Reader) error {
		switch {
		case name == databaseName:
			_, err := io.Copy(dump, r)
			return err
		case strings.HasPrefix(name, attachmentPrefix):
			sum, _, err := store.Put(r, 1<<40)
			if err == nil && hex.EncodeToString(sum) != m.Files[name] {
				err = fmt.Errorf("%w: %s", ErrDamaged, name)
			}
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("unpack the archive: %w", err)
	}
	if err := dump.Close(); err != nil {
		return fmt.Errorf("unpack the database: %w", err)
	}
	return load(ctx, tools, dump.Name())
}

// load replaces the schema by the dump in one transaction of psql.
func load(ctx context.Context, tools Tools, dump string) error {
	var said, saidToo tail
	read := tools.Command(ctx, "pg_restore", "--no-owner", "--file=-", dump)
	read.Stderr = &said
	out, err := read.StdoutPipe()
	if err != nil {
		return fmt.Errorf("read the dump: %w", err)
	}
	write := tools.Command(ctx, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-")
	write.Stdin = io.MultiReader(strings.NewReader(before), out)
	write.Stderr = &saidToo
	if err := read.Start(); err != nil {
		return fmt.Errorf("read the dump: %w", err)
	}
	writeErr := write.Run()
	_, _ = io.Copy(io.Discard, out)
	if err := errors.Join(wrap(writeErr, &saidToo), wrap(read.Wait(), &said)); err != nil {
		return fmt.Errorf("restore the database, which is as it was: %w", err)
	}
	return nil
}

func wrap(err error, said *tail) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%w: %s", err, said.text())
	}
	return err
}

// before empties the schema and makes the role that the dump grants to.
const before = `
set client_min_messages = warning;
do $$
begin
    if not exists (select from pg_roles where rolname = 'praxis_portal') then
        create role praxis_portal nologin;
    end if;
end
$$;
drop schema public cascade;
create schema public;
`

// each walks the entries of an archive.
func each(file string, progress Progress, f func(name string, r io.Reader) error) error {
	in, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("open the archive: %w", err)
	}
	defer in.Close()
	unpacked, err := zstd.NewReader(&counted{r: in, progress: progress}, zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return fmt.Errorf("read the archive: %w", err)
	}
	defer unpacked.Close()
	for archive := tar.NewReader(unpacked); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the archive %s: %w", filepath.Base(file), err)
		}
		if err := f(h.Name, archive); err != nil {
			return err
		}
	}
}
