package report_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/report"
)

var november = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)

func TestReadPeriod(t *testing.T) {
	for _, tt := range []struct{ preset, from, to, want string }{
		{"", "", "", "2026-01-01 2026-12-31"},
		{"all", "", "", "all"},
		{"", "2026-02-28", "", "2026-02-28 "},
		{"", "", "2026-02-28", " 2026-02-28"},
		{"", "2024-02-29", "2024-02-29", "2024-02-29 2024-02-29"},
		{"", "2026-03-02", "2026-03-01", "to error.report_order"},
		{"", "2026-02-29", "", "from error.date"},
		{"", "0000-01-01", "9999-12-31", "from error.report_years, to error.report_years"},
		{"", "1999-12-31", "", "from error.report_years"},
		{"", "'; drop table members --", "\x00", "from error.date, to error.date"},
		{"", "2026-1-1", "", "from error.date"},
		{"", "٢٠٢٦-٠١-٠١", "", "from error.date"},
		{"quarter", "", "", "period error.unknown_value"},
		{"", strings.Repeat("9", 100_000), "", "from error.date"},
	} {
		p, err := report.ReadPeriod(tt.preset, tt.from, tt.to, november)
		got := wrong(err)
		if err == nil {
			preset, from, to := p.Query()
			if got = preset; preset == "" {
				got = from + " " + to
			}
		}
		if got != tt.want {
			t.Errorf("%q %.20q %.20q: %s, not %s", tt.preset, tt.from, tt.to, got, tt.want)
		}
	}
}

// wrong lists the fields that an error tells of.
func wrong(err error) string {
	var e *portal.Error
	if !errors.As(err, &e) {
		return ""
	}
	var list []string
	for _, f := range e.Fields {
		list = append(list, f.Field+" "+f.Message)
	}
	return strings.Join(list, ", ")
}

func TestPresets(t *testing.T) {
	for _, tt := range []struct {
		now  time.Time
		want map[string]string
	}{
		{november, map[string]string{"quarter": "2026-10-01 2026-12-31", "last_quarter": "2026-07-01 2026-09-30", "year": "2026-01-01 2026-12-31", "last_year": "2025-01-01 2025-12-31"}},
		{time.Date(2026, 1, 1, 0, 30, 0, 0, time.FixedZone("", 7200)), // still 2025 in UTC
			map[string]string{"quarter": "2025-10-01 2025-12-31", "last_quarter": "2025-07-01 2025-09-30", "year": "2025-01-01 2025-12-31"}},
		{time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), map[string]string{"quarter": "2026-01-01 2026-03-31", "last_quarter": "2025-10-01 2025-12-31"}},
	} {
		for _, p := range report.Presets(tt.now) {
			preset, from, to := p.Period.Query()
			if want, said := tt.want[p.Name]; said && from+" "+to != want {
				t.Errorf("%s of %v: %s %s, not %s", p.Name, tt.now, from, to, want)
			}
			if back, err := report.ReadPeriod(preset, from, to, tt.now); err != nil || back != p.Period {
				t.Errorf("%s does not come back: %v, %v", p.Name, back, err)
			}
		}
	}
}

// What leaves the portal is of whole months: the least that can be taken from one another is a month.
func TestWholeMonths(t *testing.T) {
	for _, tt := range []struct{ from, to, want string }{
		{"2026-01-01", "2026-12-31", "2026-01-01 2026-12-31"},
		{"2026-01-02", "2026-12-30", "2026-01-01 2026-12-31"},
		{"2024-02-29", "2024-02-29", "2024-02-01 2024-02-29"},
		{"2026-02-27", "", "2026-02-01 "},
		{"", "2026-02-27", " 2026-02-28"},
		{"2000-01-31", "2099-12-01", "2000-01-01 2099-12-31"},
	} {
		p, err := report.ReadPeriod("", tt.from, tt.to, november)
		if err != nil {
			t.Fatal(err)
		}
		_, from, to := p.Months().Query()
		if from+" "+to != tt.want {
			t.Errorf("%s to %s: %s %s, not %s", tt.from, tt.to, from, to, tt.want)
		}
		whole := tt.from+" "+tt.to == tt.want
		if err := p.MayLeave(); (err == nil) != whole || err != nil && portal.KindOf(err) != portal.Invalid {
			t.Errorf("%s to %s: %v", tt.from, tt.to, err)
		}
		if err := p.Months().MayLeave(); err != nil {
			t.Errorf("%s to %s, whole: %v", tt.from, tt.to, err)
		}
	}
	for _, p := range report.Presets(november) {
		if err := p.Period.MayLeave(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
}

func TestReadWorkspace(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "7": 7, "0": -1, "-3": -1, "x": -1, "99999999999999999999": -1, "1e3": -1, " 1": -1} {
		id, err := report.ReadWorkspace(text)
		if want < 0 && wrong(err) != "workspace error.unknown_value" || want >= 0 && (err != nil || id != want) {
			t.Errorf("%q: %d, %v", text, id, err)
		}
	}
}

// Whatever is typed, a period that is read has its days in order within the years, and comes back from its
// own address; all else is said field by field.
func FuzzReadPeriod(f *testing.F) {
	f.Add("", "2026-01-01", "2026-12-31")
	f.Add("all", "", "")
	f.Add("", "0000-00-00", "99999-01-01")
	f.Fuzz(func(t *testing.T, preset, from, to string) {
		p, err := report.ReadPeriod(preset, from, to, november)
		if err != nil {
			if portal.KindOf(err) != portal.Invalid || wrong(err) == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		if !p.From.IsZero() && !p.To.IsZero() && p.To.Before(p.From) {
			t.Fatalf("%v", p)
		}
		preset, from, to = p.Query()
		if back, err := report.ReadPeriod(preset, from, to, november); err != nil || back != p {
			t.Fatalf("%v comes back as %v, %v", p, back, err)
		}
	})
}
