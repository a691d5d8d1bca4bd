package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"praxis/internal/pgcluster"
)

// Fill puts a cluster that nobody has written to into a data folder that has none: to copy it takes a
// fraction of the time that initdb takes. It is made once for each account of this machine and version
// of the server, and kept among the account's caches; where it cannot be kept, it is made anew.
func Fill(folder string) error {
	major, err := pgcluster.Major("")
	if err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	kept := filepath.Join(cache, "praxis-test", fmt.Sprintf("cluster-%d-%d", major, os.Geteuid()))
	if _, err := os.Stat(kept); err == nil {
		return copyFolder(kept, filepath.Join(folder, "postgres"))
	}
	return keep(folder, kept)
}

// keep makes the cluster of a folder and keeps a copy, which appears whole or not at all: other test
// processes may be doing the same.
func keep(folder, kept string) error {
	cluster, err := pgcluster.Start(context.Background(), pgcluster.Config{Dir: folder, Params: params})
	if err != nil {
		return err
	}
	if err := cluster.Stop(context.Background()); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		return err
	}
	half, err := os.MkdirTemp(filepath.Dir(kept), "half-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(half)
	whole := filepath.Join(half, "postgres")
	if err := copyFolder(filepath.Join(folder, "postgres"), whole); err != nil {
		return err
	}
	if err := os.Rename(whole, kept); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("keep the cluster that tests copy: %w", err)
	}
	return nil
}

// copyFolder copies owners and modes, too.
func copyFolder(from, to string) error {
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy %s: %w: %s", from, err, out)
	}
	return nil
}
