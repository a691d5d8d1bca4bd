package postgres_test

import (
	"context"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
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

// seed adds the countries that tests need and members of them.
func seed(t testing.TB, db *postgres.DB, countries ...string) []int64 {
	t.Helper()
	var ids []int64
	err := db.InTx(context.Background(), func(tx *postgres.Tx) error {
		var list []portal.Country
		for _, c := range countries {
			list = append(list, portal.Country{Code: c, Names: map[string]string{"en": c}, Membership: "yes", Source: "a test", Member: true})
		}
		if err := tx.SeedRoster(context.Background(), list, nil); err != nil {
			return err
		}
		for i, c := range countries {
			id, err := tx.InsertMember(context.Background(), portal.Member{Email: c + "@example.org", Name: "Member " + c, Country: c,
				Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing, Officer: i == 0})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
