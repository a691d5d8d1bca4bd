package app

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// lockFile is held by the process that has the data folder, and says where it serves: so what a
// process that was killed has left in it is nobody's word.
const lockFile = "node.lock"

func (n *Node) takeFolder() error {
	if err := os.MkdirAll(n.Settings.DataDir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w; set PRAXIS_DATA_DIR to a folder that you may write to", err)
	}
	if !n.Options.Exclusive {
		return nil
	}
	f, err := os.OpenFile(n.Settings.Sub(lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("take the data folder: %w; set PRAXIS_DATA_DIR to a folder that you may write to", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("%w: another portal runs on %s; stop it, or set PRAXIS_DATA_DIR to another folder", ErrInUse, n.Settings.DataDir)
		}
		return fmt.Errorf("take the data folder: %w", err)
	}
	n.lock = f
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("take the data folder: %w", err)
	}
	return nil
}

// tellOrigin writes down where the portal of this folder is reached, for commands that make links.
func (n *Node) tellOrigin(origin string) error {
	if n.lock == nil {
		return nil
	}
	if _, err := n.lock.WriteAt([]byte(origin+"\n"), 0); err != nil {
		return fmt.Errorf("write the portal's address into the data folder: %w", err)
	}
	return nil
}

// toldOrigin reads where the portal that has the folder is reached; "" where none runs on it.
func (n *Node) toldOrigin() string {
	f, err := os.Open(n.Settings.Sub(lockFile))
	if err != nil {
		return ""
	}
	defer f.Close()
	line := make([]byte, 1024)
	length, _ := f.Read(line) // of an empty file nothing
	origin := strings.TrimSpace(string(line[:length]))
	if origin == "" || !errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), syscall.EWOULDBLOCK) {
		return ""
	}
	return origin
}

func (n *Node) releaseFolder() {
	if n.lock != nil {
		_ = n.lock.Truncate(0) // what stays behind is not believed without the lock
		n.lock.Close()
	}
}
