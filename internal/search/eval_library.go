package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Evaluated is what judged questions are put to.
type Evaluated interface {
	// Ask answers a question like the portal does; exact takes its words as they were typed.
	Ask(ctx context.Context, q EvalQuery, exact bool) ([]EvalHit, error)
	// Documents is how many there are to find.
	Documents() int
	// Close gives the index back.
	Close() error
}

// Library is the portal's own content, as one viewer may see it.
type Library struct {
	service   *Service
	viewer    portal.Viewer
	kind      portal.Kind
	documents int
}

// NewLibrary builds an index of the portal's content in an empty folder, beside the one that a running
// portal uses; kind, where it is set, is all that is asked for. Close ends it; folder and store are the caller's.
func NewLibrary(ctx context.Context, db *postgres.DB, vocab *portal.Vocabulary, dir string, v portal.Viewer, kind portal.Kind, log *slog.Logger) (*Library, error) {
	documents := 0
	if err := RebuildDir(ctx, db, vocab, dir, func(done, _ int) { documents = done }, nil); err != nil {
		return nil, err
	}
	ix, err := index.Open(dir, log)
	if err != nil {
		return nil, fmt.Errorf("open the index of the library: %w", err)
	}
	if err := (source{db.Conn, vocab, ix}).learn(ctx); err != nil {
		return nil, errors.Join(err, ix.Close())
	}
	return &Library{New(db, ix, vocab, log), v, kind, documents}, nil
}

// Documents is how many the index holds.
func (l *Library) Documents() int { return l.documents }

// Close gives the index back.
func (l *Library) Close() error { return l.service.ix.Close() }

// Ask finds by pages what the viewer may see. A practice goes by its external key where it has one, all
// else by its kind and number, like thread/7.
func (l *Library) Ask(ctx context.Context, q EvalQuery, exact bool) ([]EvalHit, error) {
	var hits []EvalHit
	page := Query{Text: q.Text, Kind: string(l.kind), Exact: exact, Limit: portal.MaxPage}
	for {
		found, err := l.service.Find(ctx, l.viewer, page)
		if err == nil && found.Partial {
			err = errors.New("the time was over")
		}
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", q.ID, err)
		}
		for _, h := range found.Hits {
			name := string(h.Kind) + "/" + strconv.FormatInt(h.ID, 10)
			if h.Practice != nil && h.Practice.ExternalKey != "" {
				name = h.Practice.ExternalKey
			}
			hits = append(hits, EvalHit{Document: name, Score: -float64(len(hits))}) // their order is all that the page tells
		}
		if page.After = found.Next; found.Next == "" || len(hits) >= evalDepth {
			return hits, nil
		}
	}
}
