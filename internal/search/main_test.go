package search_test

import (
	"context"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/sql"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

func migrate(url string) error {
	db, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Migrate(ctx, sql.Files)
	return err
}

func vocabulary(t testing.TB) *portal.Vocabulary {
	t.Helper()
	taxonomy, err := sql.Files.ReadFile("seed/taxonomy.json")
	if err != nil {
		t.Fatal(err)
	}
	countries, err := sql.Files.ReadFile("seed/countries.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := portal.ParseVocabulary(taxonomy, countries)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func openDB(t testing.TB, url string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
