package pgcluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// processAttributes put a process under the account, shield it from the
// terminal's signals, and let the kernel signal it when our thread ends.
func processAttributes(a account, death syscall.Signal) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: death}
	if a.drop {
		attributes.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attributes
}

// occupants returns the server processes that work in a folder, as the kernel
// sees them: a number in a file may long be another process's.
func occupants(folder string) ([]int, error) {
	wanted, err := os.Stat(folder)
	if err != nil {
		return nil, fmt.Errorf("look for servers in %s: %w", folder, err)
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("look for servers in %s: %w", folder, err)
	}
	var found []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		// Errors are of processes that have ended, or belong to others.
		program, err := os.Readlink(filepath.Join("/proc", entry.Name(), "exe"))
		if err != nil || !strings.HasPrefix(filepath.Base(program), "postgres") {
			continue
		}
		place, err := os.Stat(filepath.Join("/proc", entry.Name(), "cwd"))
		if err == nil && os.SameFile(place, wanted) {
			found = append(found, pid)
		}
	}
	return found, nil
}
