// Package storetest gives tests a store on a database of their own, migrated, with three countries
// to be from, and the vocabulary.
package storetest

import (
	"context"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/sql"
)

// URL gives the connection string of a fresh database, as its owner. The package's tests must run
// under pgtest.Main.
func URL(t testing.TB) string {
	t.Helper()
	return pgtest.URL(t, fill, "store")
}

// Open opens a store on a fresh database for as long as the test.
func Open(t testing.TB) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(URL(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Vocabulary reads the portal's own vocabulary.
func Vocabulary(t testing.TB) *portal.Vocabulary {
	t.Helper()
	read := func(name string) []byte {
		raw, err := sql.Files.ReadFile("seed/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	vocabulary, err := portal.ParseVocabulary(read("taxonomy.json"), read("countries.json"))
	if err != nil {
		t.Fatal(err)
	}
	return vocabulary
}

func fill(url string) error {
	ctx := context.Background()
	db, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx, sql.Files); err != nil {
		return err
	}
	var roster []portal.Country
	for code, name := range map[string]string{"AT": "Austria", "EC": "Ecuador", "TH": "Thailand"} {
		roster = append(roster, portal.Country{Code: code, Names: map[string]string{"en": name}, Membership: "yes", Source: "a test", Member: true})
	}
	return db.InTx(ctx, func(tx *postgres.Tx) error { return tx.SeedRoster(ctx, roster, nil) })
}
