package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	currentName = "CURRENT" // names the folder in use
	nodeLock    = "node.lock"
	lockName    = "lock" // in each folder: held by whoever builds or uses it
	brokenMark  = ".broken"
)

// ErrInUse says that another portal runs on the same data folder.
var ErrInUse = errors.New("another portal process uses this folder of the index")

var errBusy = errors.New("another process holds this index")

// lockFile takes a lock that ends with the process, however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock %s: %w", path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errBusy
		}
		return nil, fmt.Errorf("take the lock %s: %w", path, err)
	}
	return f, nil
}

func (f *Folder) hold() error {
	lock, err := lockFile(filepath.Join(f.path(), lockName))
	if err != nil {
		return fmt.Errorf("hold the index in %s: %w", f.path(), err)
	}
	f.lock = lock
	return nil
}

func (f *Folder) release() {
	f.unhear()
	if f.lock != nil {
		_ = f.lock.Close() // gives up the lock; nothing was written
		f.lock = nil
	}
}

// readCurrent tells which folder is in use; "" when none is.
func readCurrent(dir string) (string, error) {
	name, err := os.ReadFile(filepath.Join(dir, currentName))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read which index is in use: %w", err)
	}
	return strings.TrimSpace(string(name)), nil
}

// writeCurrent names the folder in use, in one step that a crash cannot halve.
func writeCurrent(dir, name string) error {
	f, err := os.CreateTemp(dir, ".current-*")
	if err != nil {
		return fmt.Errorf("name the index in use: %w", err)
	}
	_, err = f.WriteString(name + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, currentName))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("name the index in use: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// Sweep removes the folders that nobody uses or builds; of the broken ones the last stays, for
// whoever wants to look into it.
func Sweep(dir string) error {
	current, err := readCurrent(dir)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look for old indexes: %w", err)
	}
	var broken string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), ".current-"):
			_ = os.Remove(path) // half-written by a process that died; harmless if it stays
		case !e.IsDir() || e.Name() == current:
		case strings.Contains(e.Name(), brokenMark):
			broken, path = path, broken
			if path != "" {
				_ = os.RemoveAll(path)
			}
		default:
			if lock, err := lockFile(filepath.Join(path, lockName)); err == nil {
				// What was published since stays: its builder let go of it after naming it.
				if now, err := readCurrent(dir); err == nil && now != e.Name() {
					_ = os.RemoveAll(path) // tried again at the next start
				}
				_ = lock.Close()
			}
		}
	}
	return nil
}

// setAside renames a folder that cannot be used.
func setAside(dir, name string) {
	to := name + brokenMark + "-" + time.Now().UTC().Format("20060102T150405.000")
	_ = os.Rename(filepath.Join(dir, name), filepath.Join(dir, to)) // if it fails, Sweep removes it
	_ = os.Remove(filepath.Join(dir, currentName))
}
