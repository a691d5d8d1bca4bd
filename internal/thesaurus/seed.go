package thesaurus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// seedFile has a concept a line: its names, and of those the ones that are ordinary words, too.
const seedFile = "seed/thesaurus.jsonl"

// Concepts reads the thesaurus with which every portal begins.
func Concepts(sqlFiles fs.FS) ([]portal.Concept, error) {
	raw, err := fs.ReadFile(sqlFiles, seedFile)
	if err != nil {
		return nil, fmt.Errorf("read the thesaurus: %w", err)
	}
	var concepts []portal.Concept
	for lines := json.NewDecoder(bytes.NewReader(raw)); ; {
		var line struct {
			Key      string
			Labels   map[string]string
			Synonyms map[string][]string
			Ordinary map[string][]string
			Broader  string
			Related  []string
			Note     string
		}
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			return concepts, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the thesaurus after its line %d: %w", len(concepts), err)
		}
		k := portal.Concept{Key: line.Key, Broader: line.Broader, Related: line.Related, Note: line.Note}
		for _, language := range portal.ConceptLanguages {
			if line.Labels[language] == "" {
				continue
			}
			for _, name := range append([]string{line.Labels[language]}, line.Synonyms[language]...) {
				k.Names = append(k.Names, portal.ConceptName{Language: language, Name: name, Ordinary: slices.Contains(line.Ordinary[language], name)})
			}
		}
		if err := k.Check(); err != nil {
			return nil, fmt.Errorf("read the thesaurus: %s: %w", line.Key, err)
		}
		if k.Related == nil {
			k.Related = []string{}
		}
		concepts = append(concepts, k)
	}
}

// Seed gives the portal those concepts of the seed that it never had. What people changed or removed stays
// as they left it. The log is told of each; of a whole first thesaurus once, for no document was read by
// another before.
func (s *Service) Seed(ctx context.Context, sqlFiles fs.FS) error {
	concepts, err := Concepts(sqlFiles)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error { return SeedTx(ctx, tx, concepts) })
}

// SeedTx does the same as Seed within a transaction, as its last step.
func SeedTx(ctx context.Context, tx *postgres.Tx, concepts []portal.Concept) error {
	if err := tx.LockThesaurus(ctx); err != nil {
		return err
	}
	added, first, err := tx.SeedConcepts(ctx, concepts)
	if err != nil || len(added) == 0 {
		return err
	}
	if first {
		added = []int64{0}
	}
	changes := make([]postgres.Change, len(added))
	for i, id := range added {
		changes[i] = postgres.Change{Action: "thesaurus.seed", Target: portal.Ref{Kind: portal.KindConcept, ID: id},
			Events: []portal.Event{{Topic: portal.ThesaurusTopic, Type: portal.ThesaurusChanged}}}
	}
	return tx.RecordAll(ctx, []portal.Topic{portal.ThesaurusTopic}, slices.Values(changes))
}
