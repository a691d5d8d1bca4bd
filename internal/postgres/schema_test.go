package postgres_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/pgcluster"
	"praxis/internal/postgres"
)

// sql/schema.sql is what the migrations make, for reading and for reviews. `make schema` writes
// it anew; here it must be equal.
func TestSchemaFile(t *testing.T) {
	_, url := openAt(t)
	env, err := postgres.ClientEnv(url)
	if err != nil {
		t.Fatal(err)
	}
	client, err := pgcluster.NewClient("", env)
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.Command(context.Background(), "pg_dump", "--schema-only", "--no-owner", "--no-comments").Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	made := tidy(string(out))
	file := filepath.Join("..", "..", "sql", "schema.sql")
	if os.Getenv("PRAXIS_WRITE_SCHEMA") != "" {
		if err := os.WriteFile(file, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != made {
		t.Error("sql/schema.sql is not what the migrations make: run make schema")
	}
}

var noise = regexp.MustCompile(`(?m)^(--.*|SET .*;|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)\n`)

// tidy takes out what differs from one version of pg_dump to the next and says nothing.
func tidy(dump string) string {
	dump = noise.ReplaceAllString(dump, "")
	for strings.Contains(dump, "\n\n\n") {
		dump = strings.ReplaceAll(dump, "\n\n\n", "\n\n")
	}
	return "-- Made from sql/migrations by `make schema`; not to be edited.\n\n" + strings.TrimSpace(dump) + "\n"
}

// Every foreign key has an index on the side that refers: deleting or changing what it refers to
// must not read the whole table. Of a partial index only one that leaves out the nulls of one of its columns
// will do: a key that is null in one refers to nothing.
func TestForeignKeysHaveIndexes(t *testing.T) {
	db := open(t)
	rows, err := db.Raw().Query(`
		select c.conrelid::regclass::text || '.' || string_agg(a.attname, ',')
		from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
		where c.contype = 'f' and not exists (
		    select from pg_index i where i.indrelid = c.conrelid and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
		        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) in (
		            select '(' || quote_ident(k.attname) || ' IS NOT NULL)' from pg_attribute k where k.attrelid = c.conrelid and k.attnum = any(c.conkey))))
		group by c.oid, c.conrelid order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s has no index", key)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
