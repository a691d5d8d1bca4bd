package app_test

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/sql"
)

// On its own PostgreSQL the portal's connections log in as the role that owns nothing: there are no
// other rights to go back to.
func TestPortalHasNoOwnersRights(t *testing.T) {
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	s := config.Settings{Addr: "127.0.0.1:0", DataDir: t.TempDir(), Prepare: "on"}
	for range 2 { // made, and started again
		n, err := app.Open(ctx, s, app.Files{Assets: assets.Files, SQL: sql.Files}, app.Options{}, log)
		if err != nil {
			t.Fatal(err)
		}
		if !n.OwnRole {
			t.Error("the portal does not run as a role of its own")
		}
		for _, back := range []string{`reset role`, `set role none`, `set session authorization default`, `discard all`} {
			conn, err := n.DB.Raw().Conn(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.ExecContext(ctx, back); err != nil {
				t.Errorf("%s: %v", back, err)
			}
			if _, err := conn.ExecContext(ctx, `alter table audit disable trigger all`); err == nil {
				t.Errorf("after %q the portal may take the audit's triggers off", back)
			}
			conn.Close()
		}
		n.Close()
	}
}
