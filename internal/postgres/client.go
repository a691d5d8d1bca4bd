package postgres

import (
	"context"
	"fmt"
	"strconv"

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

// Empty tells whether the database holds no member and no practice: a restore may fill it.
func (c Conn) Empty(ctx context.Context) (bool, error) {
	tables, err := get[bool](ctx, c, "look whether the database is empty", `select to_regclass('members') is not null`)
	if err != nil || !tables {
		return err == nil, err
	}
	return get[bool](ctx, c, "look whether the database is empty",
		`select not exists (select from members) and not exists (select from practices)`)
}

// RestoredSQL goes last into the transaction that restores a dump. It leaves a mark by which
// NoticeRestore, now or at whatever start comes next, finds that the database is a restored one,
// also in the very server that the dump was made of: no position is handed out twice, not even when
// the restore is killed right after its commit.
const RestoredSQL = `update public.log_state set system_identifier = 'restored';`
