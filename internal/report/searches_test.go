package report_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"praxis/internal/postgres"
	"praxis/internal/report"
)

// What was looked for once, or in one evening, is not shown; what is older than 13 months is not kept.
func TestSearchesReport(t *testing.T) {
	w := newWorld(t)
	today := time.Now().UTC()
	asked := func(days, times int, query string) {
		for i := range days {
			list := []postgres.EmptySearch{{Day: today.AddDate(0, 0, -i), Language: "en", Query: query, Times: times}}
			if err := w.db.CountEmptySearches(ctx, list); err != nil {
				t.Fatal(err)
			}
		}
	}
	asked(1, 9, "one evening")
	asked(2, 1, "twice")
	asked(3, 1, "three days")
	asked(2, 4, "again and again")
	asked(1, 1, "again and again")
	day := today.Format(time.DateOnly)
	w.holds(report.Searches, ever, "again and again en 9 2 "+day, "three days en 3 3 "+day, "  11 - "+day, "  23 - ")
	w.holds(report.Searches, report.Ask{Period: report.Period{To: midnight.AddDate(0, 0, -2)}}, "  1 - "+today.AddDate(0, 0, -2).Format(time.DateOnly), "  1 - ")
	old := []postgres.EmptySearch{{Day: today.AddDate(0, -14, 0), Language: "en", Query: "long ago", Times: 50}, {Day: today.AddDate(0, -12, 0), Language: "en", Query: "a year ago", Times: 1}}
	if err := w.db.CountEmptySearches(ctx, old); err != nil {
		t.Fatal(err)
	}
	if err := w.db.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if got := w.table(report.Searches, ever); !strings.HasSuffix(got, "  24 - ") {
		t.Errorf("after the sweep: %s", got)
	}
}

// The counter never waits for the database: it folds, sums, drops what is too much, and loses what cannot
// be written; what is counted when it ends is written still.
func TestEmptySearchesCounter(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	e := report.NewEmptySearches(w.db, slog.New(slog.NewTextHandler(&log, nil)))
	for _, words := range []string{"  Nitazène  strips ", "nitazene\tSTRIPS", "NITAZENE\u00ad strips\x00", "", " \n ", "\xff"} {
		e.Add("en", words)
	}
	e.Add("a language that is none", "nothing")
	e.Add("ar", "شرائط  النيتازين")
	e.Add("en", strings.Repeat("é", 5000))
	ended, end := context.WithCancel(ctx)
	end()
	e.Run(ended)
	day := time.Now().UTC().Format(time.DateOnly)
	w.holds(report.Searches, ever, "  5 - "+day, "  5 - ")
	yesterday := time.Now().AddDate(0, 0, -1)
	err := w.db.CountEmptySearches(ctx, []postgres.EmptySearch{{Day: yesterday, Language: "en", Query: "nitazene strips", Times: 1},
		{Day: yesterday, Language: "ar", Query: "شرائط النيتازين", Times: 2}, {Day: yesterday, Language: "en", Query: strings.Repeat("e", 200), Times: 2}})
	if err != nil {
		t.Fatal(err)
	}
	w.holds(report.Searches, ever, "nitazene strips en 4 2 "+day, strings.Repeat("e", 200)+" en 3 2 "+day, "شرائط النيتازين ar 3 2 "+day, "  10 - ")
	for i := range 2000 {
		e.Add("en", fmt.Sprint("flood ", i))
	}
	e.Flush(ctx)
	w.holds(report.Searches, ever, "nitazene strips en 4 2 "+day, strings.Repeat("e", 200)+" en 3 2 "+day, "شرائط النيتازين ar 3 2 "+day, "  500 - "+day, "  510 - ")
	if log.Len() > 0 {
		t.Errorf("it complains: %s", log.String())
	}
	w.db.Close()
	began := time.Now()
	e.Add("en", "lost")
	e.Flush(ctx)
	if time.Since(began) > 5*time.Second || !strings.Contains(log.String(), "not counted") {
		t.Errorf("with the database gone it took %v and said %q", time.Since(began), log.String())
	}
}

// A day takes so many different searches and no more.
func TestEmptySearchesOfADayAreBounded(t *testing.T) {
	w := newWorld(t)
	for batch := range 3 {
		list := make([]postgres.EmptySearch, postgres.MaxEmptySearches)
		for i := range list {
			list[i] = postgres.EmptySearch{Day: time.Now(), Language: "en", Query: fmt.Sprint(batch, " ", i), Times: 1}
		}
		if err := w.db.CountEmptySearches(ctx, list); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.table(report.Searches, ever); !strings.HasSuffix(got, fmt.Sprintf("  %d - ", postgres.MaxEmptySearches)) {
		t.Errorf("kept: %s", got)
	}
	known := []postgres.EmptySearch{{Day: time.Now(), Language: "en", Query: "0 7", Times: 2}, {Day: time.Now(), Language: "en", Query: "new", Times: 2}}
	if err := w.db.CountEmptySearches(ctx, known); err != nil {
		t.Fatal(err)
	}
	if got := w.table(report.Searches, ever); !strings.HasSuffix(got, fmt.Sprintf("  %d - ", postgres.MaxEmptySearches+2)) {
		t.Errorf("of a full day a known search is not counted up: %s", got)
	}
}
