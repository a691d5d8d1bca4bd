package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/fstest"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/postgres"
	"praxis/sql"
)

func TestTenNodesMigrateAtOnce(t *testing.T) {
	url := pgtest.URL(t, nil, "empty")
	var all sync.WaitGroup
	failed := make([]error, 10)
	for n := range failed {
		all.Go(func() {
			db, err := postgres.Open(url, postgres.Options{Owner: true, PoolSize: 2})
			if err != nil {
				failed[n] = err
				return
			}
			defer db.Close()
			_, failed[n] = db.Migrate(context.Background(), sql.Files)
		})
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(url, postgres.Options{Owner: true, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if version, missing, err := db.Pending(context.Background(), sql.Files); err != nil || missing != 0 || version == 0 {
		t.Errorf("after ten migrations the schema is at %d, %d missing (%v)", version, missing, err)
	}
}

func TestPendingTellsOfANewerSchema(t *testing.T) {
	_, url := openAt(t)
	db, err := postgres.Open(url, postgres.Options{Owner: true, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	older := fstest.MapFS{"migrations/00001_first.sql": {Data: []byte("-- +goose Up\nselect 1;\n")}}
	if _, missing, err := db.Pending(context.Background(), older); err != nil || missing >= 0 {
		t.Errorf("an older program finds %d migrations missing (%v), want a negative number", missing, err)
	}
}
