package pgcluster_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"praxis/internal/pgcluster"
)

func joined(errs ...error) error { return errors.Join(errs...) }

// refused starts a cluster that must not start, and looks at what it says.
func refused(t *testing.T, c pgcluster.Config, kind error, says ...string) {
	t.Helper()
	begin := time.Now()
	cluster, err := pgcluster.Start(context.Background(), c)
	if err == nil {
		_ = cluster.Stop(context.Background())
		t.Fatal("it has started")
	}
	t.Logf("refused after %v: %v", time.Since(begin), err)
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("the error is not of the kind %q", kind)
	}
	for _, say := range says {
		if !strings.Contains(err.Error(), say) {
			t.Errorf("the error does not say %q", say)
		}
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	dir := filledDir(t)
	other := startPortal(t, dir)
	pid := other.serverPid(t)
	refused(t, pgcluster.Config{Dir: dir}, pgcluster.ErrInUse, dir, fmt.Sprintf("process %d", other.Process.Pid))

	attached, err := pgcluster.Attach(pgcluster.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, attached, "SELECT session_user"); got != "praxis" {
		t.Errorf("attached as %q", got)
	}
	if err := attached.Stop(context.Background()); err != nil || syscall.Kill(pid, 0) != nil {
		t.Errorf("Stop of an attached cluster: %v, and the server has ended", err)
	}

	other.in.Close()
	if err := other.Wait(); err != nil {
		t.Errorf("the other process: %v", err)
	}
	mustBeEmpty(t, dir)
	if _, err := pgcluster.Attach(pgcluster.Config{Dir: dir}); err == nil {
		t.Error("attached to a server that has ended")
	}
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
}

func TestForeignFolderIsRefusedAndUntouched(t *testing.T) {
	dir := filledDir(t)
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
	data := filepath.Join(dir, "postgres")
	version := filepath.Join(data, "PG_VERSION")
	for name, test := range map[string]struct {
		version string
		kind    error
		says    []string
	}{
		"newer":      {"99\n", pgcluster.ErrVersion, []string{data, "made by PostgreSQL 99", "install", "PRAXIS_DATABASE_URL"}},
		"too old":    {"14\n", pgcluster.ErrVersion, []string{data, "needs 15", "restore the dump"}},
		"very old":   {"9.6\n", pgcluster.ErrVersion, []string{data, "made by PostgreSQL 9"}},
		"damaged":    {"\x00", nil, []string{data, "damaged"}},
		"no version": {"", nil, []string{data, "not empty", "move it away"}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.Remove(version); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if test.version != "" {
				if err := os.WriteFile(version, []byte(test.version), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := fingerprint(t, data)
			refused(t, pgcluster.Config{Dir: dir}, test.kind, test.says...)
			if after := fingerprint(t, data); after != before {
				t.Error("the folder has changed")
			}
		})
	}
}

// fingerprint covers all names, modes, owners, times and contents of a folder.
func fingerprint(t *testing.T, root string) string {
	t.Helper()
	sum := sha256.New()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(sum, path, info.Mode(), info.ModTime(), info.Size(), info.Sys().(*syscall.Stat_t).Uid)
		if !info.Mode().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		sum.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func TestMissingServer(t *testing.T) {
	empty := t.TempDir()
	old := t.TempDir()
	for name, text := range map[string]string{"initdb": "", "psql": "", "postgres": "echo 'postgres (PostgreSQL) 14.9'"} {
		if err := os.WriteFile(filepath.Join(old, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		bin  string
		says []string
	}{
		"none":    {empty, []string{empty, "install", "PRAXIS_DATABASE_URL"}},
		"too old": {old, []string{"here is only 14", "install"}},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, pgcluster.Config{Dir: dataDir(t), BinDir: test.bin}, pgcluster.ErrNoServer, test.says...)
		})
	}
}

// TestSearch puts a newer version into PATH, which only says that it was run.
func TestSearch(t *testing.T) {
	dir := dataDir(t)
	cluster := start(t, pgcluster.Config{Dir: dir})
	bin := cluster.BinDir()
	stop(t, cluster, dir)
	newer := t.TempDir()
	for name, text := range map[string]string{
		"postgres": "echo 'postgres (PostgreSQL) 99.1'", "psql": "", "initdb": "echo the newer one was chosen; exit 1",
	} {
		if err := os.WriteFile(filepath.Join(newer, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Dir(newer), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", newer+":"+os.Getenv("PATH"))
	refused(t, pgcluster.Config{Dir: dataDir(t), Params: unsafe}, nil, "the newer one was chosen")
	again := start(t, pgcluster.Config{Dir: dir})
	if again.BinDir() != bin {
		t.Errorf("the folder's version was made by %s, it is run by %s", bin, again.BinDir())
	}
	stop(t, again, dir)
}

func TestBadSettingIsShown(t *testing.T) {
	dir := filledDir(t)
	refused(t, pgcluster.Config{Dir: dir, Params: map[string]string{"fsync": "off", "shared_buffers": "many"}},
		nil, "a setting of the server has a bad value", `"shared_buffers"`, "many")
	refused(t, pgcluster.Config{Dir: dir, Params: map[string]string{"no_such_setting": "1"}},
		nil, "unknown to this version", "no_such_setting")
	mustBeEmpty(t, dir)
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
}

func TestUnusableFolders(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, pgcluster.Config{}, nil, "no data folder")
	refused(t, pgcluster.Config{Dir: file}, nil, file)
	if os.Geteuid() != 0 {
		closed := t.TempDir()
		if err := os.Chmod(closed, 0o500); err != nil {
			t.Fatal(err)
		}
		refused(t, pgcluster.Config{Dir: closed}, os.ErrPermission, closed, "chown")
		return
	}
	dir := dataDir(t)
	if err := os.MkdirAll(filepath.Join(dir, "postgres"), 0o700); err != nil {
		t.Fatal(err)
	}
	refused(t, pgcluster.Config{Dir: dir}, nil, dir, "belongs to root", "chown")
	nameless := dataDir(t)
	if err := joined(os.MkdirAll(nameless, 0o700), os.Chown(nameless, 54321, 54321)); err != nil {
		t.Fatal(err)
	}
	refused(t, pgcluster.Config{Dir: nameless}, nil, "54321", "has no name")
}
