package postgres_test

import (
	"context"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/postgres"
	"praxis/sql"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// open gives a store on a fresh database, as the portal's own role.
func open(t testing.TB) *postgres.DB {
	t.Helper()
	db, _ := openAt(t)
	return db
}

func openAt(t testing.TB) (*postgres.DB, string) {
	t.Helper()
	url := pgtest.URL(t, migrate, "praxis")
	dsn, own, err := postgres.AsPortal(context.Background(), url)
	if err != nil || !own {
		t.Fatalf("become the portal's role: %v, %v", own, err)
	}
	db, err := postgres.Open(dsn, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, url
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
