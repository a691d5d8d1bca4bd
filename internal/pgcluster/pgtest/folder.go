package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"praxis/internal/pgcluster"
)

const (
	// folderPrefix begins the names of the servers' folders; the process id and
	// a random part follow.
	folderPrefix = "praxis-pgtest-"
	// inMemory is where Linux keeps files in memory. A database is some nine hundred files: to make and
	// remove them takes several times as long on a disk.
	inMemory   = "/dev/shm"
	roomNeeded = 3 << 30 // bytes free; containers often have 64 MB there
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

func newFolder() (string, error) {
	place := os.TempDir()
	if roomy(inMemory) {
		place = inMemory
	}
	return os.MkdirTemp(place, folderPrefix+strconv.Itoa(os.Getpid())+"-")
}

func roomy(folder string) bool {
	var is syscall.Statfs_t
	return syscall.Statfs(folder, &is) == nil && is.Bavail*uint64(is.Bsize) >= roomNeeded
}

// sweep removes the folders of test processes that were killed; their servers
// have died with them.
func sweep() {
	onDisk, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+"*")) // the patterns are well formed
	kept, _ := filepath.Glob(filepath.Join(inMemory, folderPrefix+"*"))
	for _, folder := range append(onDisk, kept...) {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), folderPrefix), "-")
		pid, err := strconv.Atoi(number)
		if err == nil && pid > 0 && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(folder) // another process may be doing the same
		}
	}
}
