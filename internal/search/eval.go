package search

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// Depths of an evaluation's figures.
const (
	evalDepth   = 1000 // hits of a query that are looked at
	ndcgDepth   = 10
	recallDepth = 100
	evalBatch   = 500 // documents written to the index at once
	shuffles    = 10_000
)

// EvalDocument is a document of a public collection.
type EvalDocument struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Summary  string `json:"summary"` // "" for none
	Body     string `json:"body"`
	Language string `json:"language"`
}

// EvalQuery is a question of a collection.
type EvalQuery struct{ ID, Text string }

// Judgments tell by query and document how relevant the document is; 0 and less is not.
type Judgments map[string]map[string]int

// EvalScore is what one query's list is worth, each from 0 to 1.
type EvalScore struct {
	Query  string
	NDCG   float64 // at 10: Järvelin and Kekäläinen, 2002, with the judgment itself as gain
	AP     float64 // average precision over 1,000 hits
	Recall float64 // of the relevant documents, at 100
	First  bool    // the first hit is relevant
	Run    []EvalHit
}

// EvalHit is one line of a run.
type EvalHit struct {
	Document string
	Score    float64
}

// Evaluation is an index of a collection, without a database: the production's analyzers and ranking.
type Evaluation struct {
	service *Service
	ids     []string
}

// NewEvaluation indexes a collection in an empty folder. Close ends it; the folder is the caller's.
func NewEvaluation(dir string, documents iter.Seq2[EvalDocument, error], log *slog.Logger) (*Evaluation, error) {
	ix, err := index.Open(dir, log)
	if err != nil {
		return nil, err
	}
	e := &Evaluation{}
	if err := e.fill(ix, dir, documents); err != nil {
		_ = ix.Close() // the first error is the one to tell
		return nil, err
	}
	e.service = New(nil, ix, nil, log)
	return e, nil
}

func (e *Evaluation) fill(ix *index.Index, dir string, documents iter.Seq2[EvalDocument, error]) error {
	f, err := index.Create(dir)
	if err != nil {
		return err
	}
	var some []index.Document
	write := func() error {
		_, err := f.Apply(index.Batch{Put: some, State: &index.State{Complete: true}})
		some = some[:0]
		return err
	}
	for d, err := range documents {
		if err == nil {
			some = append(some, index.Document{Kind: portal.KindPractice, ID: int64(len(e.ids)), Access: []string{"all"}, Language: baseLanguage(d.Language),
				Texts: d.texts()})
			e.ids = append(e.ids, d.ID)
			if len(some) == evalBatch {
				err = write()
			}
		}
		if err != nil {
			_ = f.Discard()
			return err
		}
	}
	if err := write(); err != nil {
		_ = f.Discard()
		return err
	}
	return ix.Swap(f)
}

func (d EvalDocument) texts() []index.Text {
	texts := []index.Text{{Field: index.Title, Language: d.Language, Value: d.Title}}
	if d.Summary != "" {
		texts = append(texts, index.Text{Field: index.Summary, Language: d.Language, Value: d.Summary})
	}
	return append(texts, index.Text{Field: index.Body, Language: d.Language, Value: d.Body})
}

// Documents is how many the collection has.
func (e *Evaluation) Documents() int { return len(e.ids) }

// Close gives the index back.
func (e *Evaluation) Close() error { return e.service.ix.Close() }

// Ask answers a query like the portal does; exact takes its words as they were typed.
func (e *Evaluation) Ask(ctx context.Context, q EvalQuery, exact bool) ([]EvalHit, error) {
	asked, access := parse(q.Text), []string{"all"}
	if asked.empty() {
		return nil, nil
	}
	if !exact {
		e.service.mend(ctx, asked, access)
	}
	r := Query{}.request(asked, access)
	r.Limit = evalDepth
	found, err := e.service.ix.Search(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", q.ID, err)
	}
	hits := make([]EvalHit, len(found.Hits))
	for i, h := range found.Hits {
		hits[i] = EvalHit{e.ids[h.Ref.ID], h.Score}
	}
	return hits, nil
}

// RunEval asks every query that has something relevant, and scores the lists.
func RunEval(ctx context.Context, e Evaluated, queries []EvalQuery, judged Judgments, exact bool) ([]EvalScore, error) {
	var scores []EvalScore
	for _, q := range queries {
		if !slices.ContainsFunc(values(judged[q.ID]), func(n int) bool { return n > 0 }) {
			continue
		}
		hits, err := e.Ask(ctx, q, exact)
		if err != nil {
			return nil, err
		}
		scores = append(scores, Judge(q.ID, hits, judged[q.ID]))
	}
	return scores, nil
}

func values(m map[string]int) []int {
	all := make([]int, 0, len(m))
	for _, n := range m {
		all = append(all, n)
	}
	return all
}

// Judge scores one list by its judgments.
func Judge(query string, hits []EvalHit, judged map[string]int) EvalScore {
	s := EvalScore{Query: query, Run: hits}
	ideal := values(judged)
	slices.SortFunc(ideal, func(a, b int) int { return b - a })
	relevant, best, got, found, early := 0, 0.0, 0.0, 0, 0
	for i, n := range ideal {
		if n > 0 {
			relevant++
			if i < ndcgDepth {
				best += float64(n) / math.Log2(float64(i)+2)
			}
		}
	}
	for i, h := range hits {
		n := judged[h.Document]
		if n <= 0 {
			continue
		}
		found++
		s.AP += float64(found) / float64(i+1)
		s.First = s.First || i == 0
		if i < ndcgDepth {
			got += float64(n) / math.Log2(float64(i)+2)
		}
		if i < recallDepth {
			early++
		}
	}
	if relevant > 0 {
		s.NDCG, s.AP, s.Recall = got/best, s.AP/float64(relevant), float64(early)/float64(relevant)
	}
	return s
}

// Mean is the mean of a figure over the queries.
func Mean(scores []EvalScore, figure func(EvalScore) float64) float64 {
	sum := 0.0
	for _, s := range scores {
		sum += figure(s)
	}
	return sum / float64(max(1, len(scores)))
}

// Chance is how likely a difference of the means at least as large is by chance alone: a paired
// randomization test (Smucker, Allan and Carterette, 2007) with signs drawn 10,000 times.
func Chance(a, b []EvalScore, figure func(EvalScore) float64) float64 {
	differences := make([]float64, min(len(a), len(b)))
	sum := 0.0
	for i := range differences {
		differences[i] = figure(a[i]) - figure(b[i])
		sum += differences[i]
	}
	random, as := rand.New(rand.NewPCG(1, uint64(len(differences)))), 0
	for range shuffles {
		drawn := 0.0
		for _, d := range differences {
			if random.Uint64()&1 == 0 {
				d = -d
			}
			drawn += d
		}
		if math.Abs(drawn) >= math.Abs(sum)-1e-12 {
			as++
		}
	}
	return float64(as) / shuffles
}

// ReadJudgments reads TREC's lines: query, iteration, document, relevance.
func ReadJudgments(lines iter.Seq[string]) (Judgments, error) {
	judged := Judgments{}
	n := 0
	for line := range lines {
		n++
		parts := strings.Fields(line)
		if len(parts) == 0 {
			continue
		}
		if len(parts) != 4 {
			return nil, fmt.Errorf("line %d of the judgments has %d parts; it must have four: query, iteration, document, relevance", n, len(parts))
		}
		relevance, err := strconv.Atoi(parts[3])
		if err != nil {
			return nil, fmt.Errorf("line %d of the judgments: %q is no whole number", n, parts[3])
		}
		if judged[parts[0]] == nil {
			judged[parts[0]] = map[string]int{}
		}
		judged[parts[0]][parts[2]] = relevance
	}
	return judged, nil
}

// ReadQueries reads lines of a query's identifier and, after a tab or blanks, its text.
func ReadQueries(lines iter.Seq[string]) []EvalQuery {
	var queries []EvalQuery
	for line := range lines {
		line = strings.TrimSpace(line)
		if i := strings.IndexAny(line, "\t "); i > 0 {
			queries = append(queries, EvalQuery{line[:i], strings.TrimSpace(line[i:])})
		}
	}
	return queries
}
