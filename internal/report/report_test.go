package report_test

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
	"praxis/internal/report"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var (
	ctx     = context.Background()
	officer = portal.Identity{Viewer: portal.Viewer{MemberID: 1, Officer: true}}
	ever    = report.Ask{}

	midnight = time.Now().UTC().Truncate(24 * time.Hour)
)

// world is a coalition of four alumni from three countries, with an officer and two workspaces.
type world struct {
	t       *testing.T
	db      *postgres.DB
	reports *report.Service
	members []int64 // the officer first
	rooms   []int64
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, db: storetest.Open(t)}
	w.reports = report.New(w.db)
	w.tx(func(tx *postgres.Tx) error {
		for i, country := range []string{"AT", "EC", "EC", "TH", "AT"} {
			m := portal.Member{Email: fmt.Sprintf("m%d@example.org", i), Name: fmt.Sprintf("Member %d", i), Country: country, Locale: "en", TimeZone: "UTC",
				Officer: i == 0, Programme: map[bool]string{true: "ivlp"}[i == 1], Sharing: portal.DefaultSharing}
			id, err := tx.InsertMember(ctx, m)
			if err != nil {
				return err
			}
			w.members = append(w.members, id)
			if err := tx.SetPassword(ctx, id, "x"); err != nil {
				return err
			}
		}
		for _, name := range []string{"First", "Second"} {
			id, err := tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: name, Access: "open"})
			if err != nil {
				return err
			}
			w.rooms = append(w.rooms, id)
		}
		for _, m := range w.members[1:4] {
			if _, err := tx.PutWorkspaceMember(ctx, w.rooms[0], m, portal.RoleMember); err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

func (w *world) tx(f func(*postgres.Tx) error) {
	w.t.Helper()
	if err := w.db.InTx(ctx, f); err != nil {
		w.t.Fatal(err)
	}
}

// practice makes a practice of Ecuador's, and takes it as far as its case goes.
func (w *world) practice(room int64, actions ...string) (id int64) {
	w.t.Helper()
	w.tx(func(tx *postgres.Tx) error {
		p := portal.Practice{PracticeText: portal.PracticeText{Title: "A secret title", Language: "en", Country: "EC"}}
		p.Handling, p.WorkspaceID, p.AuthorID = portal.AmberStrict, room, w.members[1]
		var err error
		if id, err = tx.InsertPractice(ctx, p); err != nil {
			return err
		}
		if len(actions) > 0 {
			status := map[string]portal.Status{"": portal.Submitted, "approve": portal.Published, "reject": portal.Rejected, "request_changes": portal.ChangesRequested}[actions[len(actions)-1]]
			if err := tx.MovePractice(ctx, id, status, w.members[0], nil); err != nil {
				return err
			}
		}
		for _, action := range actions {
			caseID, _, err := tx.OpenCase(ctx, portal.Case{Kind: "submission", Target: portal.Ref{Kind: portal.KindPractice, ID: id}, WorkspaceID: room}, id)
			if err == nil && action != "" {
				err = tx.ActOnCase(ctx, caseID, w.members[0], action, "", "")
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

// change does to the database what only time, or another feature, would.
func (w *world) change(statement string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Raw().ExecContext(ctx, statement, args...); err != nil {
		w.t.Fatal(err)
	}
}

// waited has the latest case opened so many hours before it was closed, or before now.
func (w *world) waited(hours float64) {
	w.t.Helper()
	w.change(`update cases set opened_at = coalesce(closed_at, now()) - make_interval(secs => $1::float8 * 3600) where id = (select max(id) from cases)`, hours)
}

var decimals = regexp.MustCompile(`\d+\.\d+|\d+e-\d+`)

// rounded writes the figures of a table with one decimal at most.
func rounded(table string) string {
	return decimals.ReplaceAllStringFunc(table, func(s string) string {
		x, _ := strconv.ParseFloat(s, 64)
		return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
	})
}

// table writes a section as text, line by line.
func (w *world) table(key string, a report.Ask) string {
	w.t.Helper()
	s, err := w.reports.Section(ctx, officer, key, a, "en")
	if err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, row := range append(s.Rows, s.Total) {
		var cells []string
		for i, cell := range row {
			text := shown(cell)
			if s.Columns[i].Kind.Label() || s.Columns[i].Kind == report.Day {
				text = cell.Text
			}
			cells = append(cells, text)
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "\n")
}

func (w *world) holds(key string, a report.Ask, want ...string) {
	w.t.Helper()
	if got := w.table(key, a); got != strings.Join(want, "\n") {
		w.t.Errorf("%s:\n%s\nnot\n%s", key, got, strings.Join(want, "\n"))
	}
}

func TestPracticesReport(t *testing.T) {
	w := newWorld(t)
	w.practice(w.rooms[0], "request_changes", "approve")
	w.practice(w.rooms[0], "reject")
	w.practice(w.rooms[1], "")
	month := time.Now().UTC().Format("2006-01")
	w.holds(report.Practices, ever, month+" First 3 1 1 1 0", month+" Second 1 0 0 0 0", "  4 1 1 1 0")
	w.holds(report.Practices, report.Ask{Workspace: w.rooms[1]}, month+" Second 1 0 0 0 0", "  1 0 0 0 0")
	w.holds(report.Practices, report.Ask{Period: report.Period{To: midnight.AddDate(0, 0, -1)}}, "")
	w.holds(report.Practices, report.Ask{Period: report.Period{From: midnight, To: midnight}, Workspace: w.rooms[1]}, month+" Second 1 0 0 0 0", "  1 0 0 0 0")
	// What was undone did not happen; what was archived did, and so did what was merged.
	id := w.practice(w.rooms[1], "approve")
	into := w.practice(w.rooms[1], "approve")
	w.tx(func(tx *postgres.Tx) error {
		return tx.Record(ctx, postgres.Change{Actor: w.members[1], Action: "practice.archive", Target: portal.Ref{Kind: portal.KindPractice, ID: id}, WorkspaceID: w.rooms[1]})
	})
	w.holds(report.Practices, report.Ask{Workspace: w.rooms[1]}, month+" Second 3 2 0 0 1", "  3 2 0 0 1")
	w.change(`insert into merges (practice_id, into_id, status, threads, adoptions, attachments, watchers, member_id) values ($1, $2, 'published', '{}', '{}', '{}', '{}', $3)`, into, id, w.members[0])
	w.change(`update case_actions set undone_at = now() where case_id in (select id from cases where practice_id = $1)`, id)
	w.change(`update cases set closed_at = null, outcome = null where practice_id = $1`, id)
	w.holds(report.Practices, report.Ask{Workspace: w.rooms[1]}, month+" Second 3 1 0 0 2", "  3 1 0 0 2")
	// What an import published was never submitted.
	w.change(`update practices set imported = true, status = 'published', published_at = created_at where id = $1`, id)
	w.holds(report.Practices, report.Ask{Workspace: w.rooms[1]}, month+" Second 3 2 0 0 2", "  3 2 0 0 2")
}

func TestAdoptionsAndMembersReport(t *testing.T) {
	w := newWorld(t)
	w.practice(w.rooms[0]) // a draft says nothing yet
	w.change(`insert into practices (external_key, imported, status, submitted_at, submitted_version, published_at, published_version, handling, workspace_id, author_id, title, language)
		values ('k', true, 'published', now(), 1, now(), 1, 'clear', $1, $2, 'Brought', 'en')`, w.rooms[0], w.members[2])
	w.change(`insert into practice_versions (practice_id, version, editor, edition, status, content) select id, 1, author_id, 1, 'draft', '{}' from practices where imported`)
	w.holds(report.Countries, report.Ask{Workspace: w.rooms[0]}, "EC 0 2", "TH 0 1", " 0 3")
	p := w.practice(w.rooms[0], "approve")
	q := w.practice(w.rooms[1], "approve")
	for _, a := range []struct {
		practice, by int64
		country      string
		year         int
		result       string
	}{{p, 3, "TH", 2024, "worked"}, {p, 3, "TH", 2025, "mixed"}, {q, 4, "AT", 0, "failed"}} {
		w.tx(func(tx *postgres.Tx) error {
			_, err := tx.InsertAdoption(ctx, portal.Adoption{PracticeID: a.practice, Author: portal.Person{ID: w.members[a.by]}, Country: a.country, Year: a.year, Result: a.result})
			return err
		})
	}
	w.holds(report.Adoptions, ever, "EC TH 1 1 0 0 0", "EC AT 0 0 1 0 0", "  1 1 1 0 0")
	w.holds(report.Adoptions, report.Ask{Workspace: w.rooms[1]}, "EC AT 0 0 1 0 0", "  0 0 1 0 0")
	// Member 1 wrote the practices, 3 and 4 reported; 2 did nothing, and the officer is no alumna.
	w.holds(report.Countries, ever, "EC 1 2", "AT 1 1", "TH 1 1", " 3 4")
	w.holds(report.Programmes, ever, " 2 3", "ivlp 1 1", " 3 4")
	w.holds(report.Countries, report.Ask{Workspace: w.rooms[0]}, "EC 1 2", "TH 1 1", " 2 3")
	w.holds(report.Countries, report.Ask{Period: report.Period{To: midnight.AddDate(0, 0, -1)}}, "EC 0 2", "AT 0 1", "TH 0 1", " 0 4")
	// Posting, reacting and deciding count as well.
	w.tx(func(tx *postgres.Tx) error {
		thread := portal.Thread{Title: "Who pays?", Language: "en"}
		thread.WorkspaceID, thread.Handling, thread.AuthorID = w.rooms[0], portal.Green, w.members[2]
		id, err := tx.InsertThread(ctx, thread)
		if err != nil {
			return err
		}
		_, _, err = tx.AddPost(ctx, portal.Viewer{MemberID: w.members[2], Officer: true}, portal.Post{ThreadID: id, Author: portal.Person{ID: w.members[2]}, Body: "Who?", Language: "en", CreatedAt: portal.Now()}, nil)
		return err
	})
	w.holds(report.Countries, report.Ask{Workspace: w.rooms[0]}, "EC 2 2", "TH 1 1", " 3 3")
}

// Ten cases that waited from ten hours to a hundred, of which one is out of time, and three that wait.
func TestQueueReport(t *testing.T) {
	w := newWorld(t)
	for i := range 10 {
		w.practice(w.rooms[0], "approve")
		hours := float64((i + 1) * 10)
		if i == 9 {
			hours = 130
		}
		w.waited(hours)
	}
	w.practice(w.rooms[1], "")
	w.waited(72.2)
	w.practice(w.rooms[1], "")
	w.waited(10)
	got := w.table(report.Queue, ever)
	want := "submission First 10 55 94 0.9 0 -\nsubmission Second 0 - - - 2 72.2\n  10 55 94 0.9 2 72.2"
	if rounded(got) != want {
		t.Errorf("the queue is\n%s\nnot\n%s", rounded(got), want)
	}
	if got := w.table(report.Queue, report.Ask{Workspace: w.rooms[1], Period: report.Period{To: midnight.AddDate(-1, 0, 0)}}); rounded(got) != "submission Second 0 - - - 2 72.2\n  0 - - - 2 72.2" {
		t.Errorf("what waits now is told whatever the period: %s", got)
	}
}

// What the officer may not see, a red practice that does not name her, is in no count.
func TestReportsCountWhatTheirReaderSees(t *testing.T) {
	w := newWorld(t)
	hidden := w.practice(w.rooms[0], "approve")
	w.practice(w.rooms[0], "")
	w.change(`update practices set handling = 'red'`)
	w.tx(func(tx *postgres.Tx) error {
		_, err := tx.InsertAdoption(ctx, portal.Adoption{PracticeID: hidden, Author: portal.Person{ID: w.members[3]}, Country: "TH", Result: "worked"})
		return err
	})
	for _, key := range []string{report.Practices, report.Adoptions, report.Queue} {
		w.holds(key, ever, "")
	}
	w.holds(report.Countries, ever, "EC 0 2", "AT 0 1", "TH 0 1", " 0 4")
	w.change(`update practices set named = array[$1::bigint]`, officer.MemberID)
	w.holds(report.Adoptions, ever, "EC TH 1 0 0 0 0", "  1 0 0 0 0")
	w.holds(report.Countries, ever, "EC 1 2", "TH 1 1", "AT 0 1", " 2 4")
}

func TestOnlyOfficersReadReports(t *testing.T) {
	w := newWorld(t)
	for who, want := range map[*portal.Identity]portal.ErrorKind{{}: portal.Unauthorized,
		{Viewer: portal.Viewer{MemberID: w.members[1], Moderates: w.rooms}}: portal.Forbidden} {
		for _, key := range report.Sections {
			if _, err := w.reports.Section(ctx, *who, key, ever, "en"); portal.KindOf(err) != want {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
	if _, err := w.reports.Section(ctx, officer, "titles", ever, "en"); portal.KindOf(err) != portal.NotFound {
		t.Errorf("a section that is not: %v", err)
	}
	if _, err := w.reports.Section(ctx, officer, report.Queue, report.Ask{Workspace: 1 << 62}, "en"); wrong(err) != "workspace error.unknown_value" {
		t.Errorf("a workspace that is not: %v", err)
	}
	w.practice(w.rooms[0], "approve")
	for _, key := range report.Sections {
		if text := w.table(key, ever); strings.Contains(text, "secret") {
			t.Errorf("%s names a practice: %s", key, text)
		}
	}
}
