package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeAccessFiles says who may connect: the portal's account and the server's,
// as known by the kernel, over the socket. Both may change from start to start.
// Each may be the superuser, for migrations, and the role of the portal's own connections.
func (c *Cluster) writeAccessFiles(folder string) error {
	hba := "# Written at every start.\nlocal all all peer map=portal\nlocal replication all peer map=portal\n"
	names := []string{c.account.self, c.account.name}
	slices.Sort(names)
	ident := "# Written at every start.\n"
	for _, name := range slices.Compact(names) {
		for _, role := range []string{superuser, portalRole} {
			ident += fmt.Sprintf("portal \"%s\" %s\n", strings.ReplaceAll(name, `"`, `""`), role)
		}
	}
	for name, text := range map[string]string{"pg_hba.conf": hba, "pg_ident.conf": ident} {
		if err := c.writeOwned(filepath.Join(folder, name), text); err != nil {
			return folderError(folder, err)
		}
	}
	return nil
}

// writeOwned replaces a file of the server's as a whole, unless it already says
// the same.
func (c *Cluster) writeOwned(path, text string) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return nil
	}
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Sync(), file.Close(), c.account.own(temporary)); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

// syncPath flushes a folder, so that a rename in it survives a power cut.
func syncPath(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// createDatabase makes the portal's database unless it exists, and has the
// portal's role log in, so that its connections never were anybody else's.
func (c *Cluster) createDatabase(ctx context.Context) error {
	const script = `SELECT format('CREATE DATABASE %I', :'name')
		WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
	SELECT format('CREATE ROLE %I LOGIN', :'portal')
		WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'portal') \gexec
	SELECT format('ALTER ROLE %I LOGIN', rolname) FROM pg_roles
		WHERE rolname = :'portal' AND NOT rolcanlogin \gexec
`
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for said := false; ; said = true {
		cmd := c.Command(ctx, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "name="+c.config.Database, "-v", "portal="+portalRole, "-d", "postgres")
		cmd.Stdin = strings.NewReader(script)
		output, err := cmd.CombinedOutput()
		if err == nil {
			return nil
		}
		text := string(output)
		if !strings.Contains(text, "is starting up") && !strings.Contains(text, "is shutting down") || !c.pause(ctx, pollLimit) {
			return explain("create the database "+c.config.Database, c.config.Dir, lastLines(text, tailLines), err)
		}
		if !said {
			c.log.Info("the private PostgreSQL is not ready yet; trying again", "limit", startLimit)
		}
	}
}
