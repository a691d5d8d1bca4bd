package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// account is the operating-system account that the server runs as.
type account struct {
	uid, gid int
	name     string
	// self is the name of our own account; it differs from name when drop.
	self string
	// drop says that we are root, which PostgreSQL refuses to run as.
	drop bool
}

// serverAccount chooses the account: our own, or for root whoever owns the
// cluster, else the data folder, else the user postgres, else nobody.
func serverAccount(dir, data string) (account, error) {
	uid := os.Geteuid()
	self, err := accountName(uid)
	if err != nil {
		return account{}, err
	}
	owner, exists, err := ownerOf(data)
	if err != nil {
		return account{}, err
	}
	if uid != 0 {
		if exists && owner != uid {
			return account{}, fmt.Errorf("%s belongs to user %s and the portal runs as %s: start it as that user, or as root: chown -R %s %s",
				data, nameOrNumber(owner), self, self, dir)
		}
		return account{uid: uid, gid: os.Getegid(), name: self, self: self}, nil
	}
	if exists && owner == 0 {
		return account{}, fmt.Errorf("%s belongs to root, which PostgreSQL refuses to run as: give it to another user, for example: chown -R postgres %s", data, data)
	}
	if !exists {
		if owner, _, err = ownerOf(dir); err != nil {
			return account{}, err
		}
	}
	chosen, err := unprivileged(owner)
	if err != nil {
		return account{}, err
	}
	chosen.self, chosen.drop = self, true
	return chosen, nil
}

// unprivileged returns the account of the given owner, unless that is root.
func unprivileged(owner int) (account, error) {
	var found *user.User
	var err error
	if owner != 0 {
		if found, err = user.LookupId(strconv.Itoa(owner)); err != nil {
			return account{}, fmt.Errorf("the data folder belongs to user id %d, which has no name in /etc/passwd; PostgreSQL needs one: %w", owner, err)
		}
	} else {
		for _, name := range []string{"postgres", "nobody"} {
			if found, err = user.Lookup(name); err == nil {
				break
			}
		}
		if err != nil {
			return account{}, errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody: add one, or start the portal as an ordinary user")
		}
	}
	a := account{name: found.Username}
	if a.uid, err = strconv.Atoi(found.Uid); err == nil {
		a.gid, err = strconv.Atoi(found.Gid)
	}
	if err != nil {
		return account{}, fmt.Errorf("read the account of user %s: %w", found.Username, err)
	}
	return a, nil
}

// accountName returns the name of a user id. The server looks it up in the same
// way when one of our connections arrives, so it must exist.
func accountName(uid int) (string, error) {
	if found, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return found.Username, nil
	}
	// A static binary reads /etc/passwd alone; directory services know more.
	if out, err := exec.Command("id", "-un", strconv.Itoa(uid)).Output(); err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	return "", fmt.Errorf("user id %d has no name in /etc/passwd, and PostgreSQL runs only as a named user: add an entry for it, or start the portal as another user", uid)
}

func nameOrNumber(uid int) string {
	if name, err := accountName(uid); err == nil {
		return name
	}
	return strconv.Itoa(uid)
}

// ownerOf returns the user id that owns a folder, and whether it exists.
func ownerOf(path string) (uid int, exists bool, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("look at %s: %w", path, err)
	}
	if !info.IsDir() {
		return 0, false, fmt.Errorf("%s is not a folder: move it away", path)
	}
	return int(info.Sys().(*syscall.Stat_t).Uid), true, nil
}

// own gives a file or folder to the server's account; for an ordinary user it
// already has it.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	if err := os.Lchown(path, a.uid, a.gid); err != nil {
		return fmt.Errorf("give %s to user %s: %w", path, a.name, err)
	}
	return nil
}
