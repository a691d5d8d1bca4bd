package index

import (
	"context"
	"fmt"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
)

// WithoutColumns has an index answer from doc values alone, as while columns are loaded.
func (x *Index) WithoutColumns(without bool) { x.live.columns.never = without }

// Merge makes one segment of all.
func (x *Index) Merge() error {
	advanced, err := x.live.bleve.Advanced()
	if err != nil {
		return err
	}
	return advanced.(*scorch.Scorch).ForceMerge(context.Background(), &mergeplan.SingleSegmentMergePlanOptions)
}

// ColumnBytes loads all columns and tells how many bytes they take and for how many documents.
func (x *Index) ColumnBytes() (bytes, documents int, err error) {
	if err := x.live.columns.tend(context.Background(), x.live.bleve); err != nil {
		return 0, 0, err
	}
	c := x.live.columns
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.segments {
		bytes += one.bytes()
		documents += len(one.created)
	}
	return bytes, documents, nil
}

// Loaded tells of how many segments columns are kept, and how many segments there are.
func (x *Index) Loaded() (kept, live int, err error) {
	shot, err := snapshot(x.live.bleve)
	if err != nil {
		return 0, 0, fmt.Errorf("look: %w", err)
	}
	defer shot.Close()
	x.live.columns.mu.Lock()
	defer x.live.columns.mu.Unlock()
	return len(x.live.columns.segments), len(shot.Segments()), nil
}
