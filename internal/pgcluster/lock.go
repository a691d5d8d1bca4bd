package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lockFolder takes the data folder for this process, making it if absent. The
// lock falls with the process, however it ends.
func lockFolder(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folderError(dir, err)
	}
	path := filepath.Join(dir, "postgres.lock")
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, folderError(dir, err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := os.ReadFile(path) // only for the message
		_ = lock.Close()
		return nil, fmt.Errorf("%w: another process%s already runs the database of %s; stop it first, or choose another data folder", ErrInUse, processNumber(holder), dir)
	}
	if err == nil {
		if err = lock.Truncate(0); err == nil {
			_, err = lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
		}
	}
	if err != nil {
		_ = lock.Close()
		return nil, folderError(dir, fmt.Errorf("lock %s: %w", path, err))
	}
	return lock, nil
}

func processNumber(text []byte) string {
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		return fmt.Sprintf(" (process %d)", pid)
	}
	return ""
}

// giveLock lets an ordinary owner of the data folder open the lock later, even
// if root has made it.
func (c *Cluster) giveLock() error {
	return c.account.own(c.lock.Name())
}
