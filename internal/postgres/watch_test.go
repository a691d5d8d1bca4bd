package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// busy is a workspace with many amber threads that nobody has opened, and two who watch it: one who is in it and
// one who may see none of them. Its store has one connection, so that what it reads can be counted.
type busy struct {
	t             *testing.T
	db            *postgres.DB
	room          int64
	inside, apart portal.Viewer
}

const busyThreads = 20_000

func newBusy(t *testing.T) *busy {
	t.Helper()
	ctx := context.Background()
	_, url := openAt(t)
	owner, err := postgres.Open(url, postgres.Options{Owner: true, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { owner.Close() })
	b := &busy{t: t, db: owner}
	if err := owner.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.SeedRoster(ctx, []portal.Country{{Code: "EC", Names: map[string]string{"en": "Ecuador"}, Membership: "yes", Source: "a test", Member: true}}, nil); err != nil {
			return err
		}
		if b.room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		for i, v := range []*portal.Viewer{&b.inside, &b.apart} {
			v.Country = "EC"
			if v.MemberID, err = tx.InsertMember(ctx, portal.Member{Email: fmt.Sprintf("m%d@example.org", i), Name: "Member", Country: "EC",
				Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
				return err
			}
			if err := tx.WatchWorkspace(ctx, b.room, v.MemberID, portal.WatchAll); err != nil {
				return err
			}
		}
		b.inside.Workspaces = []int64{b.room}
		_, err := tx.PutWorkspaceMember(ctx, b.room, b.inside.MemberID, "member")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.sql(`update workspace_watches set at = now() - interval '30 days'`)
	b.sql(`with m as (insert into members (email, name, country, locale, time_zone) values ('w@example.org', 'Writer', 'EC', 'en', 'UTC') returning id)
	    insert into threads (workspace_id, title, language, handling, author_id, author_country, posts, last_post_at)
	    select $1, 'Thread ' || n, 'en', 'amber', m.id, 'EC', 1, now() - n * interval '1 second' from m, generate_series(1, $2::int) n`, b.room, busyThreads)
	b.sql(`analyze`)
	return b
}

func (b *busy) sql(statement string, args ...any) {
	b.t.Helper()
	if _, err := b.db.Raw().Exec(statement, args...); err != nil {
		b.t.Fatal(err)
	}
}

// looked tells at how many threads PostgreSQL has looked so far.
func (b *busy) looked() (n int) {
	b.t.Helper()
	b.sql(`select pg_stat_force_next_flush()`)
	if err := b.db.Raw().QueryRow(`select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables where relname = 'threads'`).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// unread lists what is unread to a viewer, and at how many threads was looked for it.
func (b *busy) unread(v portal.Viewer) (titles []string, looked int) {
	b.t.Helper()
	before := b.looked()
	list, err := b.db.UnreadThreads(context.Background(), v, 100)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, t := range list {
		titles = append(titles, t.Title)
	}
	return titles, b.looked() - before
}

// Whoever watches a large workspace does not have all its threads looked at for each page that she opens, whether
// she may see them or not; and the newest are what she is told of.
func TestOfAWatchedWorkspaceOnlyTheNewestAreLookedAt(t *testing.T) {
	b := newBusy(t)
	const bound = 2500 // a thousand of the workspace, and those found once more
	got, looked := b.unread(b.inside)
	if len(got) != 100 || got[0] != "Thread 1" || got[99] != "Thread 100" || looked > bound {
		t.Errorf("to who is in it %d are unread, and %d were looked at", len(got), looked)
	}
	for _, plan := range []string{"force_custom_plan", "force_generic_plan"} { // a prepared statement comes to have either
		b.sql(`set plan_cache_mode = ` + plan)
		if got, looked := b.unread(b.apart); len(got) != 0 || looked > bound {
			t.Errorf("%s: to who is not in it %d are unread, and %d were looked at", plan, len(got), looked)
		}
		if got, looked := b.unread(b.inside); len(got) != 100 || looked > bound {
			t.Errorf("%s: to who is in it %d are unread, and %d were looked at", plan, len(got), looked)
		}
	}
	// What was opened or muted takes no place from what was not.
	b.sql(`insert into read_positions (member_id, thread_id, number, post_id) select $1, id, 1, 1 from threads order by last_post_at desc limit 200`, b.inside.MemberID)
	b.sql(`insert into watches (member_id, thread_id, level) select $1, id, 'muted' from threads order by last_post_at desc offset 200 limit 200`, b.inside.MemberID)
	if got, looked := b.unread(b.inside); len(got) != 100 || got[0] != "Thread 401" || looked > bound {
		t.Errorf("after the newest 400 %d are unread, and %d were looked at", len(got), looked)
	}
	// What is watched twice is there once.
	b.sql(`insert into watches (member_id, thread_id, level) select $1, id, 'watching' from threads where title = 'Thread 401'`, b.inside.MemberID)
	if got, _ := b.unread(b.inside); len(got) != 100 || got[0] != "Thread 401" || got[1] != "Thread 402" {
		t.Errorf("watched twice: %v", got)
	}
}
