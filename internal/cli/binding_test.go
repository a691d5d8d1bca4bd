package cli

import (
	"testing"
)

// The database refuses what the code never writes: an answer to a post of another thread, and a case that
// lies elsewhere than what it is about. What stood there before does not stop the migration: an answer to
// another thread's post becomes an ordinary one.
func TestDatabaseRefusesWhatIsNeverWritten(t *testing.T) {
	url := migrated(t, 22)
	join(t, url, "ada@example.org")
	execute(t, url, `insert into workspaces (key, kind, name, access) values ('one', 'theme', 'One', 'open');
		insert into practices (workspace_id, author_id, title, language, country, handling)
		    select w.id, m.id, 'P' || n, 'en', 'AT', 'amber' from workspaces w, members m, generate_series(1, 2) n;
		insert into threads (workspace_id, title, language, handling, author_id) select w.id, 'T' || n, 'en', 'amber', m.id from workspaces w, members m, generate_series(1, 2) n;
		insert into posts (thread_id, number, author_id, body) select t.id, 1, t.author_id, 'first' from threads t;
		insert into posts (thread_id, number, author_id, body, reply_to) values (1, 2, 1, 'inside', 1), (1, 3, 1, 'across', 2);
		insert into cases (kind, target_kind, target_id, practice_id, workspace_id) values ('flag', 'practice', 2, 1, 1)`)
	says(t, 0, on(t, url, "migrate"), "up to date")
	if n := ask(t, url, `select count(*) from posts where number = 2 and reply_to = 1 or number = 3 and reply_to is null`); n != 2 {
		t.Errorf("%d answers are as they should be, of 2", n)
	}
	if n := ask(t, url, `select count(*) from cases where practice_id = target_id`); n != 1 {
		t.Error("the case still lies elsewhere than what it is about")
	}
	for statement, refused := range map[string]bool{
		`insert into posts (thread_id, number, author_id, body, reply_to) values (1, 4, 1, 'inside', 1)`:                         false,
		`insert into posts (thread_id, number, author_id, body, reply_to) values (2, 4, 1, 'across', 1)`:                         true,
		`update posts set thread_id = 2, number = 9 where number = 2`:                                                            true,
		`insert into cases (kind, target_kind, target_id, practice_id, workspace_id) values ('submission', 'practice', 1, 1, 1)`: false,
		`insert into cases (kind, target_kind, target_id, practice_id, workspace_id) values ('submission', 'practice', 2, 1, 1)`: true,
		`insert into cases (kind, target_kind, target_id, thread_id, workspace_id) values ('flag', 'practice', 1, 1, 1)`:         true,
		`insert into cases (kind, target_kind, target_id, thread_id, workspace_id) values ('flag', 'thread', 2, 1, 1)`:           true,
		`insert into cases (kind, target_kind, target_id, practice_id, workspace_id) values ('flag', 'post', 1, 1, 1)`:           true,
		`insert into cases (kind, target_kind, target_id, member_id) values ('flag', 'member', 7, 1)`:                            true,
		`insert into cases (kind, target_kind, target_id, thread_id, workspace_id) values ('flag', 'post', 1, 1, 1)`:             false,
	} {
		tx, err := owner(t, url).Raw().Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(statement); (err != nil) != refused {
			t.Errorf("%s: %v", statement, err)
		}
		_ = tx.Rollback()
	}
}
