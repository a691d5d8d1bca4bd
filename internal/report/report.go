// Package report is what officers are told of the coalition's work: counts by workspace and period, as
// tables that a page, a file, a print and the API all render. A report counts what its reader may see, and
// names none of it: no title ever stands in one. What leaves the portal is blurred first; see Blur.
package report

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// The sections of the reports.
const (
	Practices  = "practices"  // what became of practices, by month and workspace
	Adoptions  = "adoptions"  // who tried whose practices, by pair of countries
	Countries  = "countries"  // active alumni by country
	Programmes = "programmes" // active alumni by programme
	Queue      = "queue"      // how long submissions and flags waited
	Searches   = "searches"   // what was looked for in vain
)

// Sections lists them in the order of the page.
var Sections = []string{Practices, Adoptions, Countries, Programmes, Queue, Searches}

// MaxRows bounds a section; Section.Cut tells of more.
const MaxRows = 2000

// A search that found nothing is shown when it was made on at least ShownDays days and at least
// ShownTimes times. Who searched is not kept, so nobody can tell whether several did; but words that
// name a person are typed by somebody looking for that person, in one sitting, and what the coalition
// lacks is asked for again on other days. Either bound alone lets such an evening through.
const (
	ShownDays  = 2
	ShownTimes = 3
)

// Kind says what stands in a column, and so how it is written.
type Kind string

// The kinds of columns: what rows are of, then what is told of them.
const (
	Workspace Kind = "workspace"
	Month     Kind = "month"   // like 2026-03
	Country   Kind = "country" // its code; "" for no one country
	Programme Kind = "programme"
	Case      Kind = "case" // submission or flag
	Words     Kind = "words"
	Language  Kind = "language"
	Day       Kind = "day" // like 2026-03-12
	Count     Kind = "count"
	Hours     Kind = "hours"
	Share     Kind = "share" // of 1
)

// Label tells whether a column says what the row is of.
func (k Kind) Label() bool { return k != Count && k != Hours && k != Share && k != Day }

// Column is one column of a section.
type Column struct {
	Key    string
	Kind   Kind
	Sums   bool     // its total is the sum of its cells
	Of     string   // of hours and shares: the column that counts what they were found from
	Within []string // of a count: it counts some of what these columns count together
	Most   bool     // its total is the greatest of its cells, and so one of them
}

// Cell is one figure, or what a row is of.
type Cell struct {
	Text   string // of a label
	ID     int64  // of a workspace
	Number float64
	Mark   Mark
}

// Mark says how a cell stands to what is true.
type Mark string

// The marks of a cell.
const (
	Plain   Mark = ""
	Nothing Mark = "nothing"  // there is nothing to say, or it is not said
	Few     Mark = "few"      // 1 to 4
	Some    Mark = "some"     // 5 or more, hidden so that a few beside it stay hidden
	AtLeast Mark = "at_least" // a total over hidden cells: what those that are shown prove
)

// Section is one table of a report.
type Section struct {
	Key     string
	Columns []Column
	Rows    [][]Cell
	Total   []Cell // nil where nothing can be summed
	Cut     bool   // there are more rows than MaxRows
}

// Ask is what is asked for: a period, and one workspace or (0) all.
type Ask struct {
	Period    Period
	Workspace int64
}

// Service answers officers.
type Service struct{ db *postgres.DB }

// New makes the service.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Section reads one section; workspaces are named in the language. Only officers do. It is NotFound for a
// section that does not exist, Invalid for a workspace that does not.
func (s *Service) Section(ctx context.Context, who portal.Identity, key string, a Ask, lang string) (Section, error) {
	if !who.SignedIn() {
		return Section{}, portal.ErrSignIn()
	}
	if !who.Can(portal.ActAdminister, portal.Audience{}) {
		return Section{}, portal.ErrOfficersOnly()
	}
	build := builders[key]
	if build == nil {
		return Section{}, portal.ErrNotFound()
	}
	if a.Workspace != 0 {
		known, err := s.db.WorkspacesByID(ctx, []int64{a.Workspace})
		if err != nil {
			return Section{}, err
		}
		if _, ok := known[a.Workspace]; !ok {
			return Section{}, unknownWorkspace()
		}
	}
	from, before := a.Period.bounds()
	made, err := build(ctx, s.db, postgres.ReportFilter{Viewer: who.Viewer, From: from, Before: before, Workspace: a.Workspace})
	if err != nil {
		return Section{}, err
	}
	made.Key = key
	if made.Cut = len(made.Rows) > MaxRows; made.Cut {
		made.Rows = made.Rows[:MaxRows]
	}
	made.sum()
	return made, s.name(ctx, made, lang)
}

func unknownWorkspace() error {
	var c portal.Checks
	c.Add(false, "workspace", "error.unknown_value")
	return c.Err()
}

// sum makes the totals of columns that are sums; others keep what they have.
func (s *Section) sum() {
	sums := false
	for _, c := range s.Columns {
		sums = sums || c.Sums
	}
	if !sums || len(s.Rows) == 0 {
		s.Total = nil
		return
	}
	if s.Total == nil {
		s.Total = make([]Cell, len(s.Columns))
		for i := range s.Total {
			s.Total[i].Mark = Nothing
		}
	}
	for i, c := range s.Columns {
		if !c.Sums {
			continue
		}
		s.Total[i] = Cell{}
		for _, row := range s.Rows {
			s.Total[i].Number += row[i].Number
		}
	}
}

// name writes the names of workspaces into their cells.
func (s *Service) name(ctx context.Context, made Section, lang string) error {
	for i, c := range made.Columns {
		if c.Kind != Workspace {
			continue
		}
		var ids []int64
		for _, row := range made.Rows {
			ids = append(ids, row[i].ID)
		}
		known, err := s.db.WorkspacesByID(ctx, ids)
		if err != nil {
			return err
		}
		for _, row := range made.Rows {
			w := known[row[i].ID]
			row[i].Text = w.NameIn(lang)
		}
	}
	return nil
}

// column finds a column by its key.
func (s *Section) column(key string) int {
	for i, c := range s.Columns {
		if c.Key == key {
			return i
		}
	}
	return -1
}
