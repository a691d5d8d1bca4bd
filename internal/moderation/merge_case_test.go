package moderation_test

import (
	"fmt"
	"testing"

	"praxis/internal/moderation"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

// rooms are two workspaces with a moderator and a published practice each, and a member who reports.
type rooms struct {
	*testing.T
	db             *postgres.DB
	svc            *moderation.Service
	room, practice [2]int64
	moderator      [2]portal.Identity
	officer, ana   portal.Identity
	author         int64
}

func newRooms(t *testing.T) *rooms {
	t.Helper()
	r := &rooms{T: t}
	var err error
	r.db, err = postgres.Open(storetest.URL(t), postgres.Options{})
	must(t, err)
	t.Cleanup(func() { r.db.Close() })
	r.svc = moderation.New(r.db, nil)
	must(t, r.db.InTx(ctx, func(tx *postgres.Tx) error {
		for i, id := range []*int64{&r.author, &r.ana.MemberID, &r.officer.MemberID, &r.moderator[0].MemberID, &r.moderator[1].MemberID} {
			if *id, err = tx.InsertMember(ctx, portal.Member{Email: fmt.Sprintf("m%d@example.org", i), Name: "M", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
				return err
			}
		}
		for i := range r.room {
			if r.room[i], err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: fmt.Sprint("Room ", i), Access: "open"}); err != nil {
				return err
			}
			if _, err = tx.PutWorkspaceMember(ctx, r.room[i], r.moderator[i].MemberID, portal.RoleModerator); err != nil {
				return err
			}
			r.practice[i], err = tx.InsertPractice(ctx, portal.Practice{PracticeText: portal.PracticeText{Title: "Kits", Language: "en"},
				Audience: portal.Audience{WorkspaceID: r.room[i], Handling: portal.Green, AuthorID: r.author}})
			if err != nil {
				return err
			}
			if err = tx.MovePractice(ctx, r.practice[i], portal.Published, r.officer.MemberID, nil); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err = r.db.Raw().Exec(`update members set officer = true where id = $1`, r.officer.MemberID)
	must(t, err)
	for _, who := range []*portal.Identity{&r.officer, &r.ana, &r.moderator[0], &r.moderator[1]} {
		who.Viewer, err = r.db.Viewer(ctx, who.MemberID)
		must(t, err)
	}
	return r
}

// report has Ana report on the first practice, with a file.
func (r *rooms) report() (report, file portal.Ref) {
	r.Helper()
	report.Kind, file.Kind = portal.KindAdoption, portal.KindAttachment
	must(r.T, r.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		report.ID, err = tx.InsertAdoption(ctx, portal.Adoption{PracticeID: r.practice[0], Author: portal.Person{ID: r.ana.MemberID}, Country: "EC", Result: "worked"})
		if err != nil {
			return err
		}
		file.ID, err = tx.InsertAttachment(ctx, postgres.Attachment{PracticeID: r.practice[0], AdoptionID: report.ID, UploadedBy: r.ana.MemberID,
			Name: "a.txt", MediaType: "text/plain", Size: 9, SHA256: make([]byte, 32)})
		return err
	}))
	return report, file
}

func (r *rooms) flag(by portal.Identity, target portal.Ref) int64 {
	r.Helper()
	_, err := r.svc.Flag(ctx, by, target, "other", "")
	must(r.T, err)
	id, err := r.db.LastCase(ctx, r.officer.Viewer, target)
	must(r.T, err)
	return id
}

// A report and a file that go with a merge to another workspace take their cases along, those that are
// decided and those that wait; taken back they come home.
func TestCasesFollowAMerge(t *testing.T) {
	r := newRooms(t)
	report, file := r.report()
	closed := r.flag(r.moderator[1], file)
	_, err := r.svc.Act(ctx, r.moderator[0], closed, moderation.Decision{Action: "hide"})
	must(t, err)
	open := r.flag(r.moderator[1], report)
	_, err = r.svc.Claim(ctx, r.moderator[0], open)
	must(t, err)
	told := func() (n int) {
		t.Helper()
		must(t, r.db.Raw().QueryRow(`select count(*) from notifications where case_id = $1`, open).Scan(&n))
		return n
	}
	must(t, r.db.InTx(ctx, func(tx *postgres.Tx) error {
		_, err := tx.InsertNotifications(ctx, []postgres.NewNotification{{Notification: portal.Notification{MemberID: r.moderator[0].MemberID,
			Kind: "case", WorkspaceID: r.room[0], PracticeID: r.practice[0], CaseID: open}}})
		return err
	}))
	is := func(i int, what string) {
		t.Helper()
		for _, id := range []int64{open, closed} {
			k, err := r.svc.Case(ctx, r.moderator[i], id)
			if err != nil || k.WorkspaceID != r.room[i] {
				t.Errorf("%s: the moderator there has case %+v: %v", what, k, err)
			}
			if _, err := r.svc.Case(ctx, r.moderator[1-i], id); portal.KindOf(err) != portal.NotFound {
				t.Errorf("%s: the other moderator: %v", what, err)
			}
		}
		here, err := r.svc.Queue(ctx, r.moderator[i], r.room[i], portal.Page{Limit: 10})
		must(t, err)
		there, err := r.svc.Next(ctx, r.moderator[1-i], 0)
		must(t, err)
		var events int
		must(t, r.db.Raw().QueryRow(`select count(*) from events where type = 'case.opened' and topic = $1 and entity_kind = 'adoption' and entity_id = $2`,
			string(portal.ModerationTopic(r.room[i])), report.ID).Scan(&events))
		if len(here) != 1 || here[0].Claim != nil || there != 0 || events == 0 {
			t.Errorf("%s: %+v wait, the other moderator's next is %d, %d events", what, here, there, events)
		}
	}
	must(t, r.svc.Merge(ctx, r.officer, r.practice[0], r.practice[1]))
	is(1, "merged")
	if n := told(); n != 0 {
		t.Errorf("the old moderator has %d notices of what she no longer decides", n)
	}
	must(t, r.svc.Show(ctx, r.moderator[1], file))
	must(t, r.svc.Unmerge(ctx, r.officer, r.practice[0]))
	is(0, "taken back")
	must(t, r.svc.Merge(ctx, r.officer, r.practice[0], r.practice[1]))
	if _, err := r.svc.Act(ctx, r.moderator[1], open, moderation.Decision{Action: "hide"}); err != nil {
		t.Errorf("the new moderator decides: %v", err)
	}
}

// The database itself keeps a file of a report, and an upload of one, where the report is.
func TestFilesAreBoundToTheirReport(t *testing.T) {
	r := newRooms(t)
	report, file := r.report()
	if _, err := r.db.Raw().Exec(`update attachments set practice_id = $2 where id = $1`, file.ID, r.practice[1]); err == nil {
		t.Error("a file lies elsewhere than its report")
	}
	_, err := r.db.Raw().Exec(`insert into uploads (member_id, practice_id, adoption_id, name, size) values ($1, $2, $3, 'a', 1)`, r.ana.MemberID, r.practice[1], report.ID)
	if err == nil {
		t.Error("an upload goes elsewhere than its report")
	}
	_, err = r.db.Raw().Exec(`insert into uploads (member_id, practice_id, adoption_id, name, size) values ($1, $2, $3, 'a', 1)`, r.ana.MemberID, r.practice[0], report.ID)
	must(t, err)
	must(t, r.svc.Merge(ctx, r.officer, r.practice[0], r.practice[1]))
	var n int
	must(t, r.db.Raw().QueryRow(`select count(*) from (select practice_id from uploads union all select practice_id from attachments) x where practice_id = $1`, r.practice[1]).Scan(&n))
	if n != 2 {
		t.Errorf("%d of a file and an upload went with their report", n)
	}
}
