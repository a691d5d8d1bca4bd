package report

import (
	"strconv"
	"time"

	"praxis/internal/portal"
)

// Period is a span of whole days in UTC, both included; a zero end is open.
type Period struct{ From, To time.Time }

// All is the word by which an address asks for all that ever was.
const All = "all"

// The years that a report can be asked for.
const (
	firstYear = 2000
	lastYear  = 2099
)

// ReadPeriod reads what an address asks for: days like 2026-03-12, or All. Without either it is the year
// of now. What cannot be read is Invalid, field by field: a figure of another period than the one asked
// for would be taken for it.
func ReadPeriod(preset, from, to string, now time.Time) (Period, error) {
	var c portal.Checks
	c.Add(preset == "" || preset == All, "period", "error.unknown_value")
	p := Period{From: day(&c, "from", from), To: day(&c, "to", to)}
	c.Add(p.From.IsZero() || p.To.IsZero() || !p.To.Before(p.From), "to", "error.report_order")
	if err := c.Err(); err != nil {
		return Period{}, err
	}
	if preset == "" && from == "" && to == "" {
		return yearOf(now.UTC().Year()), nil
	}
	return p, nil
}

// ReadWorkspace reads the number of a workspace out of an address; 0 where none is named.
func ReadWorkspace(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, unknownWorkspace()
	}
	return id, nil
}

func day(c *portal.Checks, field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if c.Add(err == nil, field, "error.date"); err != nil {
		return time.Time{}
	}
	known := t.Year() >= firstYear && t.Year() <= lastYear
	if c.Add(known, field, "error.report_years", "First", strconv.Itoa(firstYear), "Last", strconv.Itoa(lastYear)); !known {
		return time.Time{}
	}
	return t
}

func dayIn(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func yearOf(year int) Period { return Period{dayIn(year, 1, 1), dayIn(year, 12, 31)} }

// Preset is a period that has a name: "report.period." and the name are its words.
type Preset struct {
	Name   string
	Period Period
}

// Presets are the periods that are asked for most. Their addresses name the days, so that a link
// shows tomorrow what it shows today.
func Presets(now time.Time) []Preset {
	now = now.UTC()
	quarter := dayIn(now.Year(), (now.Month()-1)/3*3+1, 1)
	until := func(from time.Time) Period { return Period{from, from.AddDate(0, 3, -1)} }
	return []Preset{{"quarter", until(quarter)}, {"last_quarter", until(quarter.AddDate(0, -3, 0))}, {"year", yearOf(now.Year())},
		{"last_year", yearOf(now.Year() - 1)}, {All, Period{}}}
}

// Query gives the parameters by which an address asks for the period, as ReadPeriod reads them.
func (p Period) Query() (preset, from, to string) {
	if p.From.IsZero() && p.To.IsZero() {
		return All, "", ""
	}
	return "", dayText(p.From), dayText(p.To)
}

// Months widens the period to whole months.
func (p Period) Months() Period {
	if !p.From.IsZero() {
		p.From = dayIn(p.From.Year(), p.From.Month(), 1)
	}
	if !p.To.IsZero() {
		p.To = dayIn(p.To.Year(), p.To.Month()+1, 0)
	}
	return p
}

// MayLeave refuses a period that is not of whole months for what leaves the portal: two files whose
// periods differ by a day would tell of that day, and so of one person.
func (p Period) MayLeave() error {
	var c portal.Checks
	c.Add(p.From.Equal(p.Months().From), "from", "error.report_months")
	c.Add(p.To.Equal(p.Months().To), "to", "error.report_months")
	return c.Err()
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// bounds gives the moments from which and before which it is; open ends lie before and after all that
// the portal can know.
func (p Period) bounds() (from, before time.Time) {
	from, before = p.From, p.To.AddDate(0, 0, 1)
	if p.From.IsZero() {
		from = dayIn(firstYear-100, 1, 1)
	}
	if p.To.IsZero() {
		before = dayIn(lastYear+2, 1, 1)
	}
	return from, before
}
