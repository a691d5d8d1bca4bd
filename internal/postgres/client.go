package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/lib/pq"
)

// ClientEnv turns a connection string into the PG… variables of PostgreSQL's own tools, so that
// no password ever stands in the arguments of a process.
func ClientEnv(dsn string) ([]string, error) {
	c, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", redact(err))
	}
	env := []string{"PGPORT=" + strconv.Itoa(int(c.Port)), "PGCLIENTENCODING=UTF8"}
	for name, value := range map[string]string{"PGHOST": c.Host, "PGUSER": c.User, "PGPASSWORD": c.Password, "PGDATABASE": c.Database,
		"PGPASSFILE": c.Passfile, "PGSSLMODE": string(c.SSLMode), "PGSSLROOTCERT": c.SSLRootCert, "PGSSLCERT": c.SSLCert, "PGSSLKEY": c.SSLKey} {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env, nil
}

// Held is what a database holds of people, whatever version its schema has: what a restore would drop
// and the demonstration would be filled in beside.
type Held struct {
	Members, Practices int
	Changes            int      // rows of the audit: an invitation, say, where there is no member yet
	Others             []string // tables, views and the like of the schema public that are not Praxis's
}

// Used tells whether the database is a portal's in which anybody has done anything.
func (h Held) Used() bool { return h.Members+h.Practices+h.Changes > 0 }

var tablesOfOurs = regexp.MustCompile(`(?m)^CREATE TABLE public\.(\w+)`)

// Holds looks what the database holds. Which tables are Praxis's is read from schema.sql.
func (c Conn) Holds(ctx context.Context, sqlFiles fs.FS) (h Held, err error) {
	schema, err := fs.ReadFile(sqlFiles, "schema.sql")
	if err != nil {
		return h, fmt.Errorf("read the schema's file: %w", err)
	}
	var ours []string
	for _, table := range tablesOfOurs.FindAllSubmatch(schema, -1) {
		ours = append(ours, string(table[1]))
	}
	// What belongs to a table (its sequences, with it the indexes) or to an extension has its owner's name.
	h.Others, err = list[string](ctx, c, "look what the database holds", `
		select c.relname from pg_class c
		where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.relname <> all ($1::text[])
			and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i', 'e'))
		order by c.relname`, pq.Array(ours))
	if err != nil {
		return h, err
	}
	// The workspaces and the thesaurus with which a portal begins are nobody's doing.
	for table, n := range map[string]*int{"public.members": &h.Members, "public.practices": &h.Practices,
		"public.audit where not (action in ('workspace.create', 'thesaurus.seed') and actor is null)": &h.Changes} {
		there, err := get[bool](ctx, c, "look what the database holds", `select to_regclass($1) is not null`, strings.Fields(table)[0])
		if err != nil {
			return h, err
		}
		if !there {
			continue
		}
		if *n, err = get[int](ctx, c, "look what the database holds", `select count(*) from `+table); err != nil {
			return h, err
		}
	}
	return h, nil
}

// Knows tells whether a member has the address, whatever version the schema has.
func (c Conn) Knows(ctx context.Context, email string) (bool, error) {
	return get[bool](ctx, c, "look for a member", `select exists (select from public.members where email = $1)`, email)
}

// RestoredSQL goes last into the transaction that restores a dump. It leaves a mark by which
// NoticeRestore, now or at whatever start comes next, finds that the database is a restored one,
// also in the very server that the dump was made of: no position is handed out twice, not even when
// the restore is killed right after its commit.
const RestoredSQL = `update public.log_state set system_identifier = 'restored';`
