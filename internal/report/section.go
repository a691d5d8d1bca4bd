package report

import (
	"context"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// builders read the sections, each by one statement. One row more than MaxRows tells that there are more.
var builders = map[string]func(context.Context, *postgres.DB, postgres.ReportFilter) (Section, error){
	Practices:  practices,
	Adoptions:  adoptions,
	Countries:  countries,
	Programmes: programmes,
	Queue:      queue,
	Searches:   searches,
}

func counted(n int) Cell { return Cell{Number: float64(n)} }

func counts(ns ...int) []Cell {
	cells := make([]Cell, len(ns))
	for i, n := range ns {
		cells[i] = counted(n)
	}
	return cells
}

// measured is a figure that may be missing.
func measured(x *float64) Cell {
	if x == nil {
		return Cell{Mark: Nothing}
	}
	return Cell{Number: *x}
}

// summed makes columns of counts that are summed.
func summed(keys ...string) []Column {
	columns := make([]Column, len(keys))
	for i, key := range keys {
		columns[i] = Column{Key: key, Kind: Count, Sums: true}
	}
	return columns
}

func practices(ctx context.Context, db *postgres.DB, f postgres.ReportFilter) (Section, error) {
	made := Section{Columns: append([]Column{{Key: "month", Kind: Month}, {Key: "workspace", Kind: Workspace}},
		summed("submitted", "published", "changes_requested", "rejected", "archived")...)}
	rows, err := db.ReportPractices(ctx, f, MaxRows+1)
	for _, r := range rows {
		made.Rows = append(made.Rows, append([]Cell{{Text: r.Month}, {ID: r.Workspace}},
			counts(r.Submitted, r.Published, r.Changes, r.Rejected, r.Archived)...))
	}
	return made, err
}

func adoptions(ctx context.Context, db *postgres.DB, f postgres.ReportFilter) (Section, error) {
	made := Section{Columns: append([]Column{{Key: "origin", Kind: Country}, {Key: "country", Kind: Country}},
		summed("worked", "mixed", "failed", "tried", "confirmed")...)}
	made.Columns[6].Within = []string{"worked", "mixed", "failed", "tried"}
	rows, err := db.ReportAdoptions(ctx, f, MaxRows+1)
	for _, r := range rows {
		made.Rows = append(made.Rows, append([]Cell{{Text: r.Origin}, {Text: r.Country}}, counts(r.Worked, r.Mixed, r.Failed, r.Tried, r.Confirmed)...))
	}
	return made, err
}

func countries(ctx context.Context, db *postgres.DB, f postgres.ReportFilter) (Section, error) {
	rows, err := db.ReportCountries(ctx, f, MaxRows+1)
	return members(Column{Key: "country", Kind: Country}, rows), err
}

func programmes(ctx context.Context, db *postgres.DB, f postgres.ReportFilter) (Section, error) {
	rows, err := db.ReportProgrammes(ctx, f, MaxRows+1)
	return members(Column{Key: "programme", Kind: Programme}, rows), err
}

func members(group Column, rows []postgres.ReportedMembers) Section {
	made := Section{Columns: append([]Column{group}, summed("active", "members")...)}
	made.Columns[1].Within = []string{"members"}
	for _, r := range rows {
		made.Rows = append(made.Rows, []Cell{{Text: r.Group}, counted(r.Active), counted(r.Members)})
	}
	return made
}

// queue has the totals of its times by the statement: a median is no sum.
func queue(ctx context.Context, db *postgres.DB, f postgres.ReportFilter) (Section, error) {
	made := Section{Columns: []Column{{Key: "kind", Kind: Case}, {Key: "workspace", Kind: Workspace}, {Key: "answered", Kind: Count, Sums: true},
		{Key: "median", Kind: Hours, Of: "answered"}, {Key: "slowest", Kind: Hours, Of: "answered"}, {Key: "in_time", Kind: Share, Of: "answered"},
		{Key: "waiting", Kind: Count, Sums: true}, {Key: "oldest", Kind: Hours, Of: "waiting", Most: true}}}
	rows, err := db.ReportQueue(ctx, f, portal.AnswerWithin, MaxRows+2)
	for _, r := range rows {
		share := Cell{Mark: Nothing}
		if r.Answered > 0 {
			share = Cell{Number: float64(r.InTime) / float64(r.Answered)}
		}
		cells := []Cell{{Text: r.Kind}, {ID: r.Workspace}, counted(r.Answered), measured(r.Median), measured(r.Slowest), share, counted(r.Waiting), measured(r.Oldest)}
		if r.Workspace == 0 { // of profiles, or of all together
			cells[1].Mark = Nothing
		}
		if r.Kind != "" {
			made.Rows = append(made.Rows, cells)
			continue
		}
		cells[0].Mark = Nothing
		made.Total = cells
	}
	return made, err
}

// searches are those of all workspaces: a search knows none.
func searches(ctx context.Context, db *postgres.DB, f postgres.ReportFilter) (Section, error) {
	made := Section{Columns: []Column{{Key: "words", Kind: Words}, {Key: "language", Kind: Language}, {Key: "times", Kind: Count, Sums: true},
		{Key: "days", Kind: Count}, {Key: "last", Kind: Day}}}
	rows, err := db.ReportSearches(ctx, f, ShownDays, ShownTimes, MaxRows+1)
	for _, r := range rows {
		cells := []Cell{{Text: r.Query}, {Text: r.Language}, counted(r.Times), counted(r.Days), {Text: r.Last.Format(time.DateOnly)}}
		if r.Query == "" { // the rare ones together
			cells[1].Mark, cells[3].Mark = Nothing, Nothing
		}
		made.Rows = append(made.Rows, cells)
	}
	return made, err
}
