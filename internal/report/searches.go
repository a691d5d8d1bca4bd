package report

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"praxis/internal/postgres"
)

// Bounds of what is kept of searches that found nothing.
const (
	MaxEmptyQuery = 200             // characters
	emptyRest     = 3 * time.Second // between two writings
	emptyWaiting  = 500             // different ones that wait for the next; others are dropped
	emptyWrite    = 2 * time.Second // how long a writing may take
)

// EmptySearches counts the searches that found nothing, by day, language of the pages and words; of who
// asked it is told nothing. A search only adds to a count in memory: it never waits for the database,
// and fails by nothing that happens here. What cannot be written is lost.
type EmptySearches struct {
	write func(context.Context, []postgres.EmptySearch) error
	log   *slog.Logger

	mu      sync.Mutex
	waiting map[emptySearch]int
}

type emptySearch struct{ day, language, query string }

// NewEmptySearches makes the counter; Run writes what it counts.
func NewEmptySearches(db *postgres.DB, log *slog.Logger) *EmptySearches {
	return &EmptySearches{write: db.CountEmptySearches, log: log, waiting: map[emptySearch]int{}}
}

// Add counts one search.
func (e *EmptySearches) Add(language, words string) {
	key := emptySearch{day: time.Now().UTC().Format(time.DateOnly), language: language, query: folded(words)}
	if key.query == "" || len(language) > 12 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.waiting[key]; known || len(e.waiting) < emptyWaiting {
		e.waiting[key]++
	}
}

// Run writes the counts every few seconds, and once more when the context ends.
func (e *EmptySearches) Run(ctx context.Context) {
	tick := time.NewTicker(emptyRest)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.Flush(ctx)
		case <-ctx.Done():
			e.Flush(context.WithoutCancel(ctx))
			return
		}
	}
}

// Flush writes what was counted since the last time, by one statement.
func (e *EmptySearches) Flush(ctx context.Context) {
	e.mu.Lock()
	waiting := e.waiting
	e.waiting = map[emptySearch]int{}
	e.mu.Unlock()
	if len(waiting) == 0 {
		return
	}
	asked := make([]postgres.EmptySearch, 0, len(waiting))
	for key, times := range waiting {
		day, err := time.Parse(time.DateOnly, key.day)
		if err == nil {
			asked = append(asked, postgres.EmptySearch{Day: day, Language: key.language, Query: key.query, Times: times})
		}
	}
	ctx, cancel := context.WithTimeout(ctx, emptyWrite)
	defer cancel()
	if err := e.write(ctx, asked); err != nil {
		e.log.Warn("searches that found nothing were not counted", "searches", len(asked), "err", err)
	}
}

// folded brings words into the one form under which they are counted: small letters, compatible characters
// as one, Latin ones without their accents, single spaces, nothing that does not print.
func folded(words string) string {
	var b strings.Builder
	latin, space := false, false
	n := 0
	for _, r := range norm.NFD.String(strings.ToLower(norm.NFKC.String(strings.ToValidUTF8(words, "")))) {
		switch {
		case unicode.IsSpace(r):
			space = n > 0
			continue
		case !unicode.IsPrint(r), latin && unicode.Is(unicode.Mn, r):
			continue
		}
		latin = unicode.Is(unicode.Latin, r) || latin && unicode.Is(unicode.Mn, r)
		if space {
			b.WriteByte(' ')
			n, space = n+1, false
		}
		if n >= MaxEmptyQuery {
			break
		}
		b.WriteRune(r)
		n++
	}
	composed := []rune(norm.NFC.String(b.String()))
	return strings.TrimSpace(string(composed[:min(len(composed), MaxEmptyQuery)]))
}
