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
	"praxis/internal/postgres"
)

const maxManifest = 256 << 20

// ErrDamaged tells that an archive is not whole: nothing was touched.
var ErrDamaged = errors.New("the archive is damaged")

// Verify reads the whole archive and checks every sum.
func Verify(file string, progress Progress) (Manifest, error) {
	var m Manifest
	found, entries := map[string]string{}, 0
	err := each(file, progress, func(name string, r io.Reader) error {
		entries++
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
	if entries != len(m.Files)+2 { // with the database and the manifest itself
		return m, fmt.Errorf("%w: it holds %d entries, the manifest names %d", ErrDamaged, entries, len(m.Files)+2)
	}
	return m, nil
}

// Restore puts a verified archive in place of whatever the database holds, in one transaction,
// and its attachments into the store. The caller has asked whether that may be.
func Restore(ctx context.Context, tools Tools, store blob.Store, file string, progress Progress) error {
	m, err := Verify(file, nil)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(file), ".praxis-restore-*") // where the archive lies there is room
	if err != nil {
		dir, err = os.MkdirTemp("", "praxis-restore-*") // or it may only be read there
	}
	if err != nil {
		return fmt.Errorf("make a folder to unpack the archive in: %w", err)
	}
	defer os.RemoveAll(dir)
	dump := filepath.Join(dir, databaseName)
	// The attachments first: bytes without a row are harmless, and the database comes last, whole
	// or not at all.
	err = each(file, progress, func(name string, r io.Reader) error {
		switch {
		case name == databaseName:
			return unpack(dump, r)
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
	if err := load(ctx, tools, dir, dump); err != nil {
		return fmt.Errorf("restore the database, which is as it was: %w", err)
	}
	return nil
}

func unpack(file string, r io.Reader) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// load replaces the schema by the dump in one transaction of psql. The dump is turned into
// statements first, all of it: psql takes the end of its input for success, so one that read a
// dump which breaks off would commit what it has by then.
func load(ctx context.Context, tools Tools, dir, dump string) error {
	first, statements, last := filepath.Join(dir, "before.sql"), filepath.Join(dir, "database.sql"), filepath.Join(dir, "after.sql")
	err := errors.Join(os.WriteFile(first, []byte(before), 0o600), os.WriteFile(last, []byte(postgres.RestoredSQL), 0o600))
	if err != nil {
		return err
	}
	if err := run(tools.Command(ctx, "pg_restore", "--no-owner", "--file="+statements, dump)); err != nil {
		return err
	}
	if err := os.Remove(dump); err != nil {
		return err
	}
	return run(tools.Command(ctx, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
		"--file="+first, "--file="+statements, "--file="+last))
}

func run(cmd *exec.Cmd) error {
	var said tail
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, said.text())
	}
	return nil
}

// before empties the schema and makes the role that the dump grants to; whoever restores is its member
// where that may be, as after the migrations, which this database may never have seen.
const before = `
set client_min_messages = warning;
do $$
begin
    if not exists (select from pg_roles where rolname = 'praxis_portal') then
        create role praxis_portal nologin;
    end if;
    if not pg_has_role(current_user, 'praxis_portal',
            case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
        begin
            execute format('grant praxis_portal to %I', current_user);
        exception when insufficient_privilege then
            raise notice 'role praxis_portal was not granted: %', sqlerrm;
        end;
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
