package app_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/sql"
)

// A portal begins with the workspaces of the three programmes, once, however many nodes start it; one
// that is in use gets none, whatever became of those.
func TestPortalBeginsWithItsCohorts(t *testing.T) {
	ctx := context.Background()
	owner := pgtest.URL(t, nil, "empty")
	open := func() *app.Node {
		n, err := app.Open(ctx, config.Settings{Addr: "127.0.0.1:0", DatabaseURL: owner, DataDir: t.TempDir(), Prepare: "on"},
			app.Files{Assets: assets.Files, SQL: sql.Files}, app.Options{}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Error(err)
		}
		t.Cleanup(n.Close)
		return n
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { open() })
	}
	all.Wait()
	n := open()
	list, err := n.DB.Workspaces(ctx, 0, false, portal.Page{Limit: portal.MaxPage})
	if err != nil || len(list) != 3 {
		t.Fatalf("the portal begins with %d workspaces (%v), want 3", len(list), err)
	}
	for _, w := range list {
		if w.Kind != "cohort" || w.Access != "invitation" || w.Programme == "" || w.NameIn("ar") == w.Name || w.About["es"] == "" || w.Members != 0 {
			t.Errorf("a cohort's workspace is %+v", w)
		}
	}
	db, err := postgres.Open(owner, postgres.Options{Owner: true, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var told int
	if err := db.Raw().QueryRowContext(ctx, `select count(*) from audit where action = 'workspace.create'`).Scan(&told); err != nil || told != 3 {
		t.Errorf("the audit tells of %d (%v), want 3", told, err)
	}
	if _, err := db.Raw().ExecContext(ctx, `update workspaces set name = 'Ours', key = null where id = $1`, list[0].ID); err != nil {
		t.Fatal(err)
	}
	n = open()
	if again, err := n.DB.Workspaces(ctx, 0, false, portal.Page{Limit: portal.MaxPage}); err != nil || len(again) != 3 || again[0].Name != "Ours" {
		t.Errorf("after the next start there are %d workspaces (%v), the first named %q", len(again), err, again[0].Name)
	}
}
