package index

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
)

const lengthsKey = "praxis.lengths"

// means are the usual lengths of the searched fields, in terms.
type means map[Field]float64

// lengths counts terms and documents of each searched field, as they are written. bleve's own average is
// made of different terms in each segment, and moves with every merge. A document that is written again
// counts again: it is a mean of what is written, which is as long as what is there.
type lengths struct {
	mu        sync.Mutex
	Terms     map[Field]int64 `json:"terms"`
	Documents map[Field]int64 `json:"documents"`
}

// tally counts the terms of one batch. bleve analyzes on several goroutines.
type tally struct {
	terms     [searchedFields]atomic.Int64 // by rank
	documents [searchedFields]int64
}

func rankOf(f Field) int {
	for i, r := range ranks {
		if r.field == f {
			return i
		}
	}
	return 0
}

func (l *lengths) add(t *tally) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Terms == nil {
		l.Terms, l.Documents = map[Field]int64{}, map[Field]int64{}
	}
	for i, r := range ranks {
		l.Terms[r.field] += t.terms[i].Load()
		l.Documents[r.field] += t.documents[i]
	}
}

func (l *lengths) means() means {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := means{}
	for field, n := range l.Documents {
		if n > 0 {
			m[field] = float64(l.Terms[field]) / float64(n)
		}
	}
	return m
}

func (l *lengths) encode() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	raw, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("write the index's lengths: %w", err)
	}
	return raw, nil
}

func (l *lengths) decode(raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, l); err != nil {
		return fmt.Errorf("read the index's lengths: %w", err)
	}
	return nil
}
