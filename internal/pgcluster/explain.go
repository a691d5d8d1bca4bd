package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// folderError says what to do about a folder that cannot be used.
func folderError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("the disk that holds %s is full: free some space and start again: %w", dir, err)
	case errors.Is(err, os.ErrPermission):
		name := nameOrNumber(os.Geteuid())
		return fmt.Errorf("user %s may not write to the data folder %s: give it to that user (chown -R %s %s), or choose another data folder: %w", name, dir, name, dir, err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("the data folder %s is on a read-only disk: choose another one: %w", dir, err)
	}
	return fmt.Errorf("use the data folder %s: %w", dir, err)
}

// reasons are what the tools say, and the sentence that it deserves. The first
// that fits counts.
var reasons = []struct{ says, sentence string }{
	{"shared memory segment", "the machine has too little shared memory (in a container, give it more: --shm-size=256m)"},
	{"No space left on device", "the disk that holds %[1]s is full: free some space and start again"},
	{"Disk quota exceeded", "the disk quota for %[1]s is used up: free some space and start again"},
	{"Read-only file system", "the data folder %[1]s is on a read-only disk: choose another one"},
	{"Permission denied", "the server may not use something that it needs: look at who owns the files in %[1]s"},
	{"Cannot allocate memory", "the machine has too little free memory"},
	{"invalid locale", "the system lacks the locale C.UTF-8: install its locales"},
	{"invalid value for parameter", "a setting of the server has a bad value: look at the last lines"},
	{"unrecognized configuration parameter", "a setting is unknown to this version of the server"},
}

// explain turns the failure of a tool into one sentence about the reason,
// followed by the tool's own last lines.
func explain(attempt, dir, output string, err error) error {
	for _, reason := range reasons {
		if strings.Contains(output, reason.says) {
			sentence := reason.sentence
			if strings.Contains(sentence, "%") {
				sentence = fmt.Sprintf(sentence, dir)
			}
			return fmt.Errorf("%s: %s: %w; last lines:\n%s", attempt, sentence, err, output)
		}
	}
	if output == "" {
		return fmt.Errorf("%s: %w", attempt, err)
	}
	return fmt.Errorf("%s: %w; last lines:\n%s", attempt, err, output)
}
