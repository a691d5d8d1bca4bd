//go:build unix && !linux

package pgcluster

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// processAttributes put a process under the account and shield it from the
// terminal's signals. Here the kernel cannot signal it when we die; the next
// start stops it instead.
func processAttributes(a account, _ syscall.Signal) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if a.drop {
		attributes.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attributes
}

// occupants returns the server that a folder's state file names, if it lives
// and is one.
func occupants(folder string) ([]int, error) {
	state, err := readPidFile(filepath.Join(folder, pidFileName))
	if err != nil {
		return nil, nil
	}
	out, err := exec.Command("ps", "-o", "comm=", "-p", strconv.Itoa(state.pid)).Output()
	if err != nil || !strings.Contains(string(out), "postgres") {
		return nil, nil
	}
	return []int{state.pid}, nil
}
