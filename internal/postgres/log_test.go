package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func record(t testing.TB, db *postgres.DB, topics ...portal.Topic) {
	t.Helper()
	c := postgres.Change{Action: "test.write", Target: portal.Ref{Kind: portal.KindThread, ID: 1}}
	for _, topic := range topics {
		c.Events = append(c.Events, portal.Event{Topic: topic, Type: portal.PostCreated, ThreadID: 1})
	}
	if err := db.InTx(context.Background(), func(tx *postgres.Tx) error { return tx.Record(context.Background(), c) }); err != nil {
		t.Fatal(err)
	}
}

func TestLogGivesPositionsInCommitOrder(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	before, err := db.LogState(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if age := time.Since(time.UnixMilli(before.Head)); age < -time.Minute || age > time.Hour {
		t.Errorf("the log starts at %d, which is no present time in milliseconds", before.Head)
	}
	record(t, db, "thread:1", "workspace:2")
	record(t, db, "thread:1")
	if n, err := db.Sequence(ctx); err != nil || n != 3 {
		t.Fatalf("Sequence gave %d positions (%v), want 3", n, err)
	}
	if n, err := db.Sequence(ctx); err != nil || n != 0 {
		t.Fatalf("a second Sequence gave %d positions (%v), want 0", n, err)
	}
	events, err := db.ReadLog(ctx, before.Head, 100)
	if err != nil || len(events) != 3 {
		t.Fatalf("ReadLog gave %d events (%v), want 3", len(events), err)
	}
	for i, e := range events {
		if e.Position != before.Head+int64(i)+1 {
			t.Errorf("event %d has position %d, want %d", i, e.Position, before.Head+int64(i)+1)
		}
	}
	of, err := db.ReadTopic(ctx, "thread:1", events[0].Position, events[2].Position, 10)
	if err != nil || len(of) != 1 || of[0].Position != events[2].Position {
		t.Errorf("ReadTopic after the first gave %v (%v)", of, err)
	}
}

// Of many changes each has the events of its own, also where two are of the same thing.
func TestManyChangesKeepTheirEvents(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	change := postgres.Change{Action: "test.write", Target: portal.Ref{Kind: portal.KindThread, ID: 1}, Events: []portal.Event{{Topic: "thread:1", Type: portal.PostCreated, ThreadID: 1}}}
	err := db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.RecordAll(ctx, []portal.Topic{"thread:1"}, func(yield func(postgres.Change) bool) {
			for range 3 {
				if !yield(change) {
					return
				}
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	var events, audits int
	if err := db.Raw().QueryRow(`select count(*), count(distinct audit_id) from events where topic = 'thread:1'`).Scan(&events, &audits); err != nil || events != 3 || audits != 3 {
		t.Errorf("three changes have %d events of %d (%v)", events, audits, err)
	}
}

func TestLogResumesOnlyFromWhatItKeeps(t *testing.T) {
	db, url := openAt(t)
	ctx := context.Background()
	record(t, db, "thread:1")
	record(t, db, "thread:1")
	if _, err := db.Sequence(ctx); err != nil {
		t.Fatal(err)
	}
	state, err := db.LogState(ctx)
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, after int64, want bool) {
		t.Helper()
		if ok, err := db.Resumable(ctx, after); err != nil || ok != want {
			t.Errorf("%s: Resumable(%d) = %v (%v), want %v", name, after, ok, err, want)
		}
	}
	check("head", state.Head, true)
	check("start", state.Oldest, true)
	check("future", state.Head+1, false)
	check("before the log", state.Oldest-1, false)

	if n, err := db.ForgetOld(ctx, 0); err != nil || n != 2 {
		t.Fatalf("ForgetOld let %d leave (%v), want 2", n, err)
	}
	check("forgotten", state.Head-1, false)
	check("head after forgetting", state.Head, true)

	if _, err := db.NoticeRestore(ctx); err != nil {
		t.Fatal(err)
	}
	pretendOtherServer(t, url)
	restored, err := db.NoticeRestore(ctx)
	if err != nil || !restored {
		t.Fatalf("NoticeRestore = %v (%v), want true", restored, err)
	}
	if again, err := db.NoticeRestore(ctx); err != nil || again {
		t.Errorf("a second NoticeRestore = %v (%v), want false", again, err)
	}
	after, err := db.LogState(ctx)
	if err != nil || after.Head <= state.Head {
		t.Fatalf("after a restore the head is %d (%v), before it was %d", after.Head, err, state.Head)
	}
	check("inside the hole", state.Head+1, false)
	check("head after the restore", after.Head, true) // the hole's end: where readers begin now
	record(t, db, "thread:1")
	if _, err := db.Sequence(ctx); err != nil {
		t.Fatal(err)
	}
	check("first after the hole", after.Head+1, true)
}

func TestAuditCannotBeAltered(t *testing.T) {
	db, url := openAt(t)
	ctx := context.Background()
	for range 3 {
		record(t, db, "thread:1")
	}
	if n, err := db.VerifyAudit(ctx); err != nil || n != 0 {
		t.Errorf("VerifyAudit before the sequencer = %d, %v", n, err)
	}
	if _, err := db.Sequence(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := db.VerifyAudit(ctx); err != nil || n != 3 {
		t.Fatalf("VerifyAudit = %d, %v, want 3", n, err)
	}
	for _, statement := range []string{
		`update audit set action = 'nothing.happened'`, `delete from audit`, `truncate audit cascade`,
		`update audit_chain set position = position + 1`, `delete from audit_chain`,
		`alter table audit disable trigger all`, `drop trigger audit_append_only on audit`, `drop table audit cascade`,
	} {
		if _, err := db.Raw().ExecContext(ctx, statement); err == nil {
			t.Errorf("the portal's role may %q", statement)
		}
	}
	owner, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	for _, statement := range []string{`update audit set action = 'nothing.happened'`, `delete from audit_chain`, `truncate audit cascade`} {
		if _, err := owner.Raw().ExecContext(ctx, statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("even the owner may %q without taking the triggers off: %v", statement, err)
		}
	}
	// Whoever takes the triggers off is found out by the chain.
	for _, statement := range []string{`alter table audit disable trigger all`,
		`update audit set action = 'nothing.happened' where id = (select min(id) + 1 from audit)`} {
		if _, err := owner.Raw().ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := db.VerifyAudit(ctx); err == nil || n != 1 {
		t.Errorf("VerifyAudit of an altered second row = %d, %v, want it to stop after 1", n, err)
	}
}

func TestAuditRowOutsideTheChainIsFound(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	if _, err := db.Raw().ExecContext(ctx, `insert into audit (action, target_kind, target_id) values ('test.forged', 'thread', 1)`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.VerifyAudit(ctx); err == nil {
		t.Error("VerifyAudit passes over an audit row that no event leads to")
	}
}

// pretendOtherServer changes what the log remembers of its server, as a restore would find it.
func pretendOtherServer(t testing.TB, url string) {
	t.Helper()
	owner, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if _, err := owner.Raw().Exec(`update log_state set system_identifier = '1'`); err != nil {
		t.Fatal(err)
	}
}
