package app_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/postgres"
	"praxis/sql"
)

// Whose login may become the owner again has the owner's rights one statement away: the doctor says so. A
// login of the portal's own has none, and the portal serves with it, and examines itself.
func TestDoctorLooksBehindTheRole(t *testing.T) {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	files := app.Files{Assets: assets.Files, SQL: sql.Files}
	owner := pgtest.URL(t, nil, "empty")
	s := config.Settings{Addr: "127.0.0.1:0", DatabaseURL: owner, DataDir: t.TempDir(), Prepare: "on"}
	open := func(opt app.Options) *app.Node {
		t.Helper()
		n, err := app.Open(ctx, s, files, opt, log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(n.Close)
		return n
	}
	examine := func() app.Finding {
		t.Helper()
		for _, f := range app.Examine(ctx, s, files, log) {
			if f.What == "role" {
				return f
			}
		}
		t.Fatal("nothing is said of the role")
		return app.Finding{}
	}
	n := open(app.Options{})
	if !n.OwnRole {
		t.Fatal("the portal does not take its own role")
	}
	if f := examine(); !f.OK || !f.Note || !strings.Contains(f.Says, "reset role") || !strings.Contains(f.Says, "PRAXIS_DATABASE_URL") {
		t.Errorf("behind the role stands the owner, and the doctor says %+v", f)
	}
	db, err := postgres.Open(owner, postgres.Options{Owner: true, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Raw().ExecContext(ctx, `alter role praxis_portal login`); err != nil {
		t.Fatal(err)
	}
	s.DatabaseURL = strings.Replace(owner, " user=praxis ", " user=praxis_portal ", 1)
	if f := examine(); !f.OK || f.Note {
		t.Errorf("the portal has a login of its own, and the doctor says %+v", f)
	}
	open(app.Options{NoMigrate: true})
	open(app.Options{}) // as commands beside it do, when nothing is to be migrated
}
