package pgcluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// initPrefix begins the name of a folder that initdb is still filling.
const initPrefix = "postgres.init-"

// initLimit bounds the making of a cluster, one second on an idle machine.
const initLimit = 5 * time.Minute

// writtenLimit bounds the wait for the last writer into a folder that is to go.
const writtenLimit = 30 * time.Second

// removeLeftovers deletes what a crash during an earlier initialise has left.
func (c *Cluster) removeLeftovers(ctx context.Context) error {
	entries, err := os.ReadDir(c.config.Dir)
	if err != nil {
		return folderError(c.config.Dir, err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), initPrefix) {
			continue
		}
		path := filepath.Join(c.config.Dir, entry.Name())
		if err := c.evict(ctx, path); err != nil {
			return err
		}
		if err := c.removeWritten(ctx, path); err != nil {
			return fmt.Errorf("remove %s, left by an interrupted start: %w", path, err)
		}
		c.log.Info("removed what an interrupted start had left", "folder", path)
	}
	return nil
}

// removeWritten deletes a folder that somebody may still be writing to: the server
// that a killed initdb was filling it with ends only once it has flushed what it had.
func (c *Cluster) removeWritten(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, writtenLimit)
	defer cancel()
	for {
		err := os.RemoveAll(path)
		if !errors.Is(err, syscall.ENOTEMPTY) {
			return err
		}
		if !c.pause(ctx, pollLimit) {
			return err
		}
	}
}

// initialise makes the cluster unless there is one. It fills a temporary folder
// and renames it when all of it is on disk, so a crash leaves nothing half made.
func (c *Cluster) initialise(ctx context.Context) error {
	if major, err := folderVersion(c.data); err != nil || major != 0 {
		return err
	}
	begin := time.Now()
	temporary, err := os.MkdirTemp(c.config.Dir, initPrefix)
	if err != nil {
		return folderError(c.config.Dir, err)
	}
	defer os.RemoveAll(temporary) // gone already if the rename has happened
	if err := c.account.own(temporary); err != nil {
		return err
	}
	if err := c.initdb(ctx, temporary); err != nil {
		return err
	}
	if err := c.writeAccessFiles(temporary); err != nil {
		return err
	}
	if err := os.Rename(temporary, c.data); err != nil {
		return folderError(c.config.Dir, err)
	}
	if err := syncPath(c.config.Dir); err != nil {
		return folderError(c.config.Dir, err)
	}
	c.log.Info("made a private PostgreSQL cluster", "folder", c.data, "version", c.bin.major, "took", time.Since(begin))
	return nil
}

// initdb fills an empty folder; the tool itself flushes it to the disk.
func (c *Cluster) initdb(ctx context.Context, folder string) error {
	ctx, cancel := context.WithTimeout(ctx, initLimit)
	defer cancel()
	args := append([]string{"--username=" + superuser, "--auth-local=peer", "--auth-host=reject",
		"--data-checksums", "--encoding=UTF8"}, localeArguments()...)
	if c.config.Params["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	cmd, opened, err := c.serverCommand(ctx, "initdb", folder, args...)
	if err != nil {
		return err
	}
	defer opened.Close()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = pipeLimit
	cmd.SysProcAttr = processAttributes(c.account, syscall.SIGKILL)
	if err := runOnOwnThread(cmd); err != nil {
		return explain("make a cluster in "+c.config.Dir, c.config.Dir, lastLines(output.String(), tailLines), errors.Join(err, ctx.Err()))
	}
	return nil
}

// localeArguments choose a collation by code point, which no update of the
// operating system changes under an index, and character classes by Unicode.
func localeArguments() []string {
	if runtime.GOOS == "darwin" {
		return []string{"--locale=C", "--lc-ctype=UTF-8"}
	}
	return []string{"--locale=C.UTF-8"}
}
