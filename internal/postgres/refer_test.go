package postgres_test

import (
	"context"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// By its columns is told on which side a foreign key was broken: what is referred to is called id or code,
// what refers never is.
func TestForeignKeysTellTheirSides(t *testing.T) {
	db := open(t)
	var broken string
	if err := db.Raw().QueryRow(`
		select coalesce(string_agg(c.conname, ', '), '') from pg_constraint c cross join lateral (select
		    (select array_agg(attname::text) from pg_attribute where attrelid = c.conrelid and attnum = any(c.conkey)) as refers,
		    (select array_agg(attname::text) from pg_attribute where attrelid = c.confrelid and attnum = any(c.confkey)) as referred) x
		where c.contype = 'f' and c.connamespace = 'public'::regnamespace
		    and (x.refers && '{id,code}' or not x.referred && '{id,code}')`).Scan(&broken); err != nil {
		t.Fatal(err)
	}
	if broken != "" {
		t.Errorf("these do not tell their sides: %s", broken)
	}
}

// What refers to nothing is not found.
func TestWhatRefersToNothing(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	err := db.InTx(ctx, func(tx *postgres.Tx) error {
		_, err := tx.InsertMember(ctx, portal.Member{Email: "a@example.org", Name: "A", Country: "XX", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing})
		return err
	})
	if portal.KindOf(err) != portal.NotFound {
		t.Errorf("a member of no country: %v", err)
	}
}
