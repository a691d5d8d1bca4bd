package moderation_test

import (
	"testing"

	"praxis/internal/moderation"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

// A moderator who relabels an original relabels what says the same in other languages, and takes both
// back together; what somebody saved meanwhile stays as she saved it.
func TestTranslationsFollowADecisionOverTheLabel(t *testing.T) {
	db, err := postgres.Open(storetest.URL(t), postgres.Options{})
	must(t, err)
	defer db.Close()
	svc := moderation.New(db, nil)
	var author, moderator, room, original int64
	var translations [2]int64
	must(t, db.InTx(ctx, func(tx *postgres.Tx) error {
		if room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		for role, id := range map[string]*int64{portal.RoleMember: &author, portal.RoleModerator: &moderator} {
			if *id, err = tx.InsertMember(ctx, portal.Member{Email: role + "@example.org", Name: role, Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
				return err
			}
			if _, err := tx.PutWorkspaceMember(ctx, room, *id, role); err != nil {
				return err
			}
		}
		for i, id := range []*int64{&original, &translations[0], &translations[1]} {
			if *id, err = tx.InsertPractice(ctx, portal.Practice{PracticeText: portal.PracticeText{Title: "Kits", Language: []string{"en", "es", "fr"}[i]}, TranslationOf: original,
				Audience: portal.Audience{WorkspaceID: room, Handling: portal.Clear, AuthorID: author}}); err != nil {
				return err
			}
			if err := tx.MovePractice(ctx, *id, portal.Published, moderator, nil); err != nil {
				return err
			}
		}
		return nil
	}))
	viewer, err := db.Viewer(ctx, moderator)
	must(t, err)
	who := portal.Identity{Viewer: viewer}
	_, err = svc.Flag(ctx, who, portal.Ref{Kind: portal.KindPractice, ID: original}, "wrong_handling", "")
	must(t, err)
	queue, err := svc.Queue(ctx, who, room, portal.Page{Limit: 1})
	must(t, err)
	_, err = svc.Act(ctx, who, queue[0].ID, moderation.Decision{Action: "relabel", Handling: portal.Amber})
	must(t, err)
	for _, id := range translations {
		if _, err := db.Practice(ctx, portal.Viewer{}, id); portal.KindOf(err) != portal.NotFound {
			t.Errorf("a visitor still reads translation %d: %v", id, err)
		}
	}
	must(t, db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, translations[1])
		if err != nil {
			return err
		}
		_, err = tx.UpdatePractice(ctx, p, postgres.Save{Editor: author})
		return err
	}))
	_, err = svc.Undo(ctx, who, queue[0].ID)
	must(t, err)
	for id, want := range map[int64]portal.Handling{original: portal.Clear, translations[0]: portal.Clear, translations[1]: portal.Amber} {
		p, err := db.Practice(ctx, viewer, id)
		must(t, err)
		if p.Handling != want {
			t.Errorf("%d is %s after the decision was taken back, want %s", id, p.Handling, want)
		}
	}
}

// What was handed in lies with a moderator who may read it. Where its original becomes red, for nobody who
// moderates the translation, that is its author's draft again, and she hears of it; taken back, it is handed in.
func TestNothingIsHandedInToNobody(t *testing.T) {
	r := newRooms(t)
	var cases, translations [2]int64
	must(t, r.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		for i := range translations {
			translations[i], err = tx.InsertPractice(ctx, portal.Practice{PracticeText: portal.PracticeText{Title: "Kits", Language: []string{"es", "fr"}[i]}, TranslationOf: r.practice[0],
				Audience: portal.Audience{WorkspaceID: r.room[i], Handling: portal.Green, AuthorID: r.ana.MemberID}})
			if err != nil {
				return err
			}
			if err = tx.MovePractice(ctx, translations[i], portal.Submitted, r.ana.MemberID, nil); err != nil {
				return err
			}
			of := portal.Case{Kind: "submission", Target: portal.Ref{Kind: portal.KindPractice, ID: translations[i]}, WorkspaceID: r.room[i]}
			if cases[i], _, err = tx.OpenCase(ctx, of, translations[i]); err != nil {
				return err
			}
		}
		return nil
	}))
	is := func(i int, status portal.Status, open bool) {
		t.Helper()
		p, err := r.db.Practice(ctx, r.ana.Viewer, translations[i])
		must(t, err)
		var waits bool
		must(t, r.db.Raw().QueryRow(`select closed_at is null from cases where id = $1`, cases[i]).Scan(&waits))
		if p.Status != status || waits != open {
			t.Errorf("translation %d is %s, its case open %v", i, p.Status, waits)
		}
	}
	k := r.flag(r.moderator[0], portal.Ref{Kind: portal.KindPractice, ID: r.practice[0]})
	_, err := r.svc.Act(ctx, r.moderator[0], k, moderation.Decision{Action: "relabel", Handling: portal.Red})
	must(t, err)
	is(0, portal.Submitted, true) // which she who relabelled may read
	is(1, portal.Draft, false)
	var steps int
	must(t, r.db.Raw().QueryRow(`select count(*) from events where practice_id = $1 and topic = $2 and data ->> 'step' = 'return' and data ->> 'status' = 'draft'`,
		translations[1], string(portal.PracticeTopic(translations[1]))).Scan(&steps))
	if steps != 1 {
		t.Errorf("its author hears of it %d times", steps)
	}
	_, err = r.svc.Undo(ctx, r.moderator[0], k)
	must(t, err)
	is(0, portal.Submitted, true)
	is(1, portal.Submitted, true)
}
