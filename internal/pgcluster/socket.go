package pgcluster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// socketName is the file that the server listens on.
const socketName = ".s.PGSQL." + port

// socketLimit is the longest path of a socket, in bytes: 107 on Linux, 103 on
// macOS.
const socketLimit = len(syscall.RawSockaddrUnix{}.Path) - 1

// socketFolder is where the socket lies: in the cluster's own folder, or in a
// private one under /tmp if the path to that does not do for a socket.
type socketFolder struct {
	path    string
	private bool
}

// socketFolderFor is the same for every process of this user and this folder,
// so that connection strings stay valid and other commands find the server.
func socketFolderFor(data string, uid int) socketFolder {
	// A comma in a connection string's host separates hosts.
	if len(filepath.Join(data, socketName)) <= socketLimit && !strings.Contains(data, ",") {
		return socketFolder{path: data}
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", uid, data))
	return socketFolder{path: fmt.Sprintf("/tmp/praxis-%x", sum[:8]), private: true}
}

// forServer is the folder as the server is told: it works inside its own one,
// and need not know the path to that.
func (s socketFolder) forServer() string {
	if s.private {
		return s.path
	}
	return "."
}

// prepare makes the folder under /tmp, where anybody may have made one of the
// same name before: it must be the account's, and nobody else's.
func (s socketFolder) prepare(a account) error {
	if !s.private {
		return nil
	}
	err := os.Mkdir(s.path, 0o700)
	if err == nil {
		return a.own(s.path)
	}
	if !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make a folder for the database's socket: %w", err)
	}
	info, err := os.Lstat(s.path)
	if err != nil {
		return fmt.Errorf("look at the folder for the database's socket: %w", err)
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	if info.IsDir() && info.Mode().Perm() == 0o700 && (owner == a.uid || a.drop && owner == 0) {
		return a.own(s.path)
	}
	return fmt.Errorf("%s, the folder for the database's socket, is not a folder that user %s alone may use (it is %v and belongs to %s): remove it, or choose a data folder with a shorter path",
		s.path, a.name, info.Mode(), nameOrNumber(owner))
}
