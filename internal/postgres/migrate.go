package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// OldestServer is the oldest major version of PostgreSQL that the schema is for.
const OldestServer = 15

// Migrate brings the schema up to date from the files in migrations/, under a lock of the
// session, so that any number of nodes may start at once. It returns the version reached.
func (db *DB) Migrate(ctx context.Context, sqlFiles fs.FS) (int64, error) {
	if _, err := db.CheckServer(ctx); err != nil {
		return 0, err
	}
	provider, err := db.migrations(sqlFiles)
	if err != nil {
		return 0, err
	}
	if _, err := provider.Up(ctx); err != nil {
		return 0, fmt.Errorf("migrate the schema: %w", err)
	}
	reached, err := provider.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return reached, nil
}

// Pending tells the schema's version and how many migrations it lacks. More than the files have
// (negative) means that a newer Praxis has been here.
func (db *DB) Pending(ctx context.Context, sqlFiles fs.FS) (version int64, missing int, err error) {
	provider, err := db.migrations(sqlFiles)
	if err != nil {
		return 0, 0, err
	}
	sources := provider.ListSources()
	known, err := get[bool](ctx, db.Conn, "look for the schema", `select to_regclass('goose_db_version') is not null`)
	if err != nil || !known {
		return 0, len(sources), err
	}
	version, err = get[int64](ctx, db.Conn, "read the schema's version",
		`select coalesce(max(version_id), 0) from goose_db_version where is_applied`)
	if err != nil {
		return 0, 0, err
	}
	for _, s := range sources {
		if s.Version > version {
			missing++
		}
	}
	if last := sources[len(sources)-1].Version; version > last {
		missing = int(last - version)
	}
	return version, missing, nil
}

// CheckServer gives the server's major version, and refuses one that is too old.
func (db *DB) CheckServer(ctx context.Context) (int, error) {
	version, err := db.ServerVersion(ctx)
	if err == nil && version < OldestServer {
		err = fmt.Errorf("PostgreSQL %d is too old: Praxis needs %d or newer; upgrade the server or set PRAXIS_DATABASE_URL to another", version, OldestServer)
	}
	return version, err
}

// ServerVersion gives the server's major version.
func (db *DB) ServerVersion(ctx context.Context) (int, error) {
	return get[int](ctx, db.Conn, "ask for the server's version",
		`select current_setting('server_version_num')::int / 10000`)
}

func (db *DB) migrations(sqlFiles fs.FS) (*goose.Provider, error) {
	dir, err := fs.Sub(sqlFiles, "migrations")
	if err != nil {
		return nil, fmt.Errorf("open the migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return nil, fmt.Errorf("make the migrations' lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db.pool.DB, dir, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

// WaitForServer asks until the server answers or the time is over; log is called once when it has
// to wait, with why.
func (db *DB) WaitForServer(ctx context.Context, atMost time.Duration, log func(why error)) error {
	deadline := time.Now().Add(atMost)
	for told := false; ; {
		err := db.Ping(ctx)
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil || refused(err) {
			return err
		}
		if !told {
			log(err)
			told = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// refused tells whether the server has answered what no waiting changes: a wrong password or role, an
// unknown database, no encryption where it is asked for.
func refused(err error) bool {
	var told *pq.Error
	return errors.Is(err, pq.ErrSSLNotSupported) || errors.As(err, &told) && (told.Code.Class() == "28" || told.Code == "3D000")
}

// Raw gives the pool itself, for goose-like tools and tests that look behind the verbs.
func (db *DB) Raw() *sql.DB { return db.pool.DB }
