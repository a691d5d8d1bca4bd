package pgcluster

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// Client runs PostgreSQL's own tools against a server that is not ours.
type Client struct {
	bin installation
	env []string
}

// NewClient finds the newest tools on this machine, in binDir where it is set. env holds the
// PG… variables that lead to the server. It fails with ErrNoServer where no tools are installed:
// they come with the server's package.
func NewClient(binDir string, env []string) (*Client, error) {
	bin, err := findInstallation(binDir, "", 0)
	if err != nil {
		return nil, fmt.Errorf("find PostgreSQL's tools: %w", err)
	}
	return &Client{bin: bin, env: env}, nil
}

// Command returns a tool (psql, pg_dump, pg_restore) that connects to the client's server.
func (c *Client) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin.dir, name), args...)
	cmd.Env = append(environment(), c.env...)
	return cmd
}
