package search

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// Bounds of one search.
const (
	TimeLimit  = 250 * time.Millisecond // for the index's answer; what came until then is shown
	quickLimit = 50 * time.Millisecond  // for the few hits shown when that is over
)

// The orders of a list.
const (
	Relevance = "relevance"
	Newest    = "newest"
	Adopted   = "adopted" // by how many countries have taken it up
)

// Query is a question. An empty field does not narrow.
type Query struct {
	Text      string
	Kind      string
	Country   string
	Workspace int64
	Language  string
	Languages []string // any of them, see LanguagesOf; what has no language stays
	Tag       string   // a topic or a substance
	Sector    string
	Level     string
	Evidence  string
	Programme string
	From      time.Time // at or after
	To        time.Time // before
	Sort      string    // Relevance, Newest or Adopted; without words never by relevance
	Limit     int       // 1 to portal.MaxPage; 0: portal.DefaultPage
	After     string    // Result.Next of the page before
	Locale    string    // language of the facets' labels
	Exact     bool      // by the words as they were typed, even where nobody ever wrote them
	Aside     bool      // a page asks beside what it shows: nobody looked for it in vain

	typed []filter // the filters in Text, like country:EC
}

// Facet is one value that hits have, and how many would be found with it.
type Facet struct {
	Value string
	Label string // in the query's locale; the value where it has no name
	Count int
}

// Replacement tells of a misspelt word and what was looked for instead.
type Replacement struct{ Typed, Used string }

// Cut is what of a long question was not looked at.
type Cut string

// What a question can be cut to.
const (
	CutNothing    Cut = ""
	CutWords      Cut = "words"      // to its first MaxWords
	CutCharacters Cut = "characters" // to its first portal.MaxQuery
)

// Result is the answer to a query.
type Result struct {
	Hits     []Hit
	Facets   map[string][]Facet // by kind, country, language, sector, tag, level, evidence, programme, workspace
	Total    int
	TookMS   int64
	Next     string // the next page's Query.After; "" at the end
	Replaced []Replacement
	Meanings []Meaning
	Cut      Cut
	Partial  bool // the time was over, or the index is being built: there may be more
}

// Service answers searches. It is safe for concurrent use.
type Service struct {
	db    *postgres.DB
	ix    *index.Index
	vocab *portal.Vocabulary
	log   *slog.Logger
	words *wordList
	seal  atomic.Pointer[secret.Sealer] // of cursors; read from the database when it is first needed

	foundNothing func(locale, text string)
	spelt        atomic.Pointer[index.Thesaurus] // whose words the list for misspellings has
	meanings     meanings
	limit        time.Duration // TimeLimit, but for tests
}

// OnNothing has f told of every search in words that found nothing, with the language of its facets: not of
// one that was narrowed, for it may be the filter that left nothing, nor of one that was cut short. f is
// called before the answer goes out and must not wait for anything. It is set once, before the first search.
func (s *Service) OnNothing(f func(locale, text string)) { s.foundNothing = f }

// New makes the service on a node's index.
func New(db *postgres.DB, ix *index.Index, vocab *portal.Vocabulary, log *slog.Logger) *Service {
	if log == nil {
		log = slog.Default()
	}
	s := &Service{db: db, ix: ix, vocab: vocab, log: log, words: newWordList(), limit: TimeLimit}
	ix.Observe(s.words.add)
	return s
}

// Find answers a query with what the viewer may see. No text is an error; only a cursor that no
// page gave is (Malformed), and a database that does not answer.
func (s *Service) Find(ctx context.Context, v portal.Viewer, q Query) (Result, error) {
	began := time.Now()
	seal, err := s.sealer(ctx)
	if err != nil {
		return Result{}, err
	}
	after, err := decodeCursor(seal, q.After)
	if err != nil {
		return Result{}, err
	}
	if q.Limit <= 0 {
		q.Limit = portal.DefaultPage
	}
	q.Limit = min(q.Limit, portal.MaxPage)
	asked := parse(q.Text)
	asked.locale = q.Locale
	if !q.Exact {
		asked.sound()
	}
	q.typed = s.settle(&asked, v)
	if asked.empty() && q.order() == Relevance {
		q.Sort = Newest
	}
	if after.Sort != "" && after.Sort != q.order() {
		after.Keys = nil // the list was turned: it begins again
	}
	within, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	result := Result{Hits: []Hit{}, Cut: asked.cut, Partial: s.ix.Outdated()}
	access := v.Terms()
	if !q.Exact {
		s.understand(&asked)
		if result.Replaced = s.mend(within, asked, access); len(result.Replaced) > 0 {
			s.understand(&asked)
		}
		result.Meanings = asked.told(q.Locale)
	}
	request := q.request(asked, access)
	request.After = s.anchored(within, request, after.Keys)
	found, err := s.ask(within, ctx, q, request, &result)
	if err == nil && found.Total == 0 && !result.Partial && !q.Exact && s.guess(&asked) {
		result.Meanings, request.Meanings = asked.told(q.Locale), asked.meant
		found, err = s.ask(within, ctx, q, request, &result)
	}
	if err != nil {
		return Result{}, err
	}
	if n := len(found.Hits); n == q.Limit && len(found.Hits[n-1].Sort) > 0 {
		result.Next = cursor{q.order(), found.Hits[n-1].Sort}.encode(seal)
	}
	result.Hits, err = s.hydrate(ctx, v, found.Hits, asked)
	if err != nil {
		return Result{}, err
	}
	result.Total = max(found.Total-(len(found.Hits)-len(result.Hits)), len(result.Hits))
	result.TookMS = time.Since(began).Milliseconds()
	if s.foundNothing != nil && !q.Aside && result.Total == 0 && !result.Partial && q.After == "" && !asked.empty() && !q.narrowed() {
		s.foundNothing(q.Locale, q.Text)
	}
	return result, nil
}

// ask asks the index for hits and counts. When its time is over, it shows what was found until then; when that
// is nothing, the few that can be had at once.
func (s *Service) ask(within, ctx context.Context, q Query, r index.Request, result *Result) (index.Response, error) {
	outdated := s.ix.Outdated() // such an index is not led on any more, and counts by old labels: nobody is told
	if !outdated {
		r.Facets = counted
	}
	found, err := s.ix.Search(within, r)
	if outdated {
		found.Total = len(found.Hits)
	}
	if err == nil {
		result.Partial = result.Partial || found.Partial
		result.Facets, err = s.facets(ctx, q, found.Facets)
		return found, err
	}
	switch {
	case ctx.Err() != nil:
		return found, ctx.Err()
	case errors.Is(err, index.ErrNotReady):
		result.Partial = true
		return found, nil
	case !errors.Is(err, context.DeadlineExceeded):
		return found, &portal.Error{Kind: portal.Unavailable, Message: "error.unavailable", RetryAfter: time.Second, Cause: err}
	}
	result.Partial = true
	quick, cancel := context.WithTimeout(ctx, quickLimit)
	defer cancel()
	r.Quick, r.Facets = true, nil
	if found, err = s.ix.Search(quick, r); err != nil {
		s.log.Warn("a search found nothing in its time", "words", len(r.Words)+len(r.Must), "err", err)
		return index.Response{}, ctx.Err()
	}
	return found, nil
}

func (q Query) narrowed() bool {
	return len(q.Languages) > 0 || !q.From.IsZero() || !q.To.IsZero() || slices.ContainsFunc(q.filters(), func(f filter) bool { return f.value != "" })
}

func (q Query) order() string {
	if q.Sort == Newest || q.Sort == Adopted {
		return q.Sort
	}
	return Relevance
}

// request makes the index's request of a query.
func (q Query) request(asked parsed, access []string) index.Request {
	r := index.Request{Words: asked.words, Must: asked.must, MustNot: asked.mustNot, Meanings: asked.meant, Access: access, From: q.From, To: q.To,
		Newest: q.order() == Newest, Adopted: q.order() == Adopted, Limit: q.Limit}
	if q.Locale != "" {
		r.Languages = []string{baseLanguage(q.Locale)}
	}
	for _, f := range q.filters() {
		if f.value != "" {
			r.Filters = append(r.Filters, index.Filter{Field: f.field, Values: []string{f.value}})
		}
	}
	r.Filters = append(r.Filters, q.between(asked)...)
	return r
}
