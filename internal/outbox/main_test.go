package outbox_test

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/sql"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(nodeVariable); dsn != "" {
		os.Exit(runNode(dsn))
	}
	pgtest.Main(m)
}

// database gives the connection string of a fresh database, as the portal's own role.
func database(t testing.TB) (dsn, owner string) {
	t.Helper()
	owner = pgtest.URL(t, migrate, "praxis")
	dsn, own, err := postgres.AsPortal(context.Background(), owner)
	if err != nil || !own {
		t.Fatalf("become the portal's role: %v, %v", own, err)
	}
	return dsn, owner
}

func connect(t testing.TB, dsn string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(dsn, postgres.Options{Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func migrate(url string) error {
	db, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Migrate(context.Background(), sql.Files)
	return err
}

var quiet = slog.New(slog.DiscardHandler)

// write writes one event to a topic, waiting for pause before the commit.
func write(ctx context.Context, db *postgres.DB, topic portal.Topic, number int64, pause func()) error {
	return db.InTx(ctx, func(tx *postgres.Tx) error {
		if pause != nil {
			pause()
		}
		err := tx.Record(ctx, postgres.Change{Action: "test.write", Target: portal.Ref{Kind: portal.KindPost, ID: number},
			Events: []portal.Event{{Topic: topic, Type: portal.PostCreated, ThreadID: 1}}})
		if err == nil && pause != nil {
			pause()
		}
		return err
	})
}
