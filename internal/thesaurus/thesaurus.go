// Package thesaurus is the concepts of the field with their names in many languages, by which the search
// finds what is meant in whatever language it was written: members read them, moderators and officers edit.
package thesaurus

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Service holds the rules of the thesaurus.
type Service struct{ db *postgres.DB }

// New makes the service.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Fields are what an editor sends of a concept; nil fields stay as they are. Names replace the names in the
// languages that they name: an empty list takes those of a language away.
type Fields struct {
	Names   map[string][]portal.ConceptName
	Broader *string
	Related *[]string
	Note    *string
}

// MayEdit tells whether somebody may change the thesaurus: it is the whole portal's, so whoever moderates
// anywhere may, and officers.
func MayEdit(who portal.Identity) bool { return who.SignedIn() && who.Moderator() }

// List lists all concepts by their keys. Every member reads them.
func (s *Service) List(ctx context.Context, who portal.Identity) ([]portal.Concept, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	return s.db.Concepts(ctx)
}

// Create adds a concept and gives its key, which is made of its first name.
func (s *Service) Create(ctx context.Context, who portal.Identity, f Fields) (key string, err error) {
	err = s.edit(ctx, who, func(tx *postgres.Tx, all []portal.Concept) (postgres.Change, error) {
		k := portal.Concept{}
		f.apply(&k)
		if err := check(k, all); err != nil {
			return postgres.Change{}, err
		}
		if len(all) >= portal.MaxConcepts {
			return postgres.Change{}, portal.Fail(portal.Conflict, "error.too_many", "Max", portal.MaxConcepts)
		}
		if k.Key, err = freeKey(ctx, tx, k); err != nil {
			return postgres.Change{}, err
		}
		key = k.Key
		k.ID, err = tx.InsertConcept(ctx, k)
		return changed(who, "thesaurus.create", k), err
	})
	return key, err
}

// Update changes a concept. ifVersion 0 takes any version; another answers Stale.
func (s *Service) Update(ctx context.Context, who portal.Identity, key string, ifVersion int64, f Fields) error {
	return s.edit(ctx, who, func(tx *postgres.Tx, all []portal.Concept) (postgres.Change, error) {
		k, err := of(all, key, ifVersion)
		if err != nil {
			return postgres.Change{}, err
		}
		f.apply(&k)
		if err := check(k, all); err != nil {
			return postgres.Change{}, err
		}
		return changed(who, "thesaurus.update", k), tx.UpdateConcept(ctx, k)
	})
}

// Remove takes a concept away. Its kinds become kinds of what it is a kind of.
func (s *Service) Remove(ctx context.Context, who portal.Identity, key string, ifVersion int64) error {
	return s.edit(ctx, who, func(tx *postgres.Tx, all []portal.Concept) (postgres.Change, error) {
		k, err := of(all, key, ifVersion)
		if err != nil {
			return postgres.Change{}, err
		}
		return changed(who, "thesaurus.remove", k), tx.RemoveConcept(ctx, k)
	})
}

// edit runs one change by an editor, who sees all concepts as they are until it is done.
func (s *Service) edit(ctx context.Context, who portal.Identity, change func(*postgres.Tx, []portal.Concept) (postgres.Change, error)) error {
	switch {
	case !who.SignedIn():
		return portal.ErrSignIn()
	case !MayEdit(who):
		return portal.ErrModeratorsOnly()
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.LockThesaurus(ctx); err != nil {
			return err
		}
		all, err := tx.Concepts(ctx)
		if err != nil {
			return err
		}
		done, err := change(tx, all)
		if err != nil {
			return err
		}
		return tx.Record(ctx, done)
	})
}

// changed is what the log is told. Its detail names the concept by its key, which is no text of anybody's.
func changed(who portal.Identity, action string, k portal.Concept) postgres.Change {
	return postgres.Change{Actor: who.MemberID, Action: action, Target: portal.Ref{Kind: portal.KindConcept, ID: k.ID},
		Detail: map[string]any{"concept": k.Key, "names": len(k.Names)},
		Events: []portal.Event{{Topic: portal.ThesaurusTopic, Type: portal.ThesaurusChanged}}}
}

func find(all []portal.Concept, key string) int {
	return slices.IndexFunc(all, func(k portal.Concept) bool { return k.Key == key })
}

func of(all []portal.Concept, key string, ifVersion int64) (portal.Concept, error) {
	i := find(all, key)
	if i < 0 {
		return portal.Concept{}, portal.ErrNotFound()
	}
	if ifVersion != 0 && ifVersion != all[i].Version {
		return portal.Concept{}, portal.Fail(portal.Stale, "error.stale")
	}
	return all[i], nil
}

// apply puts what was sent into a concept.
func (f Fields) apply(k *portal.Concept) {
	languages := k.Languages()
	for _, l := range portal.ConceptLanguages {
		if !slices.Contains(languages, l) {
			languages = append(languages, l)
		}
	}
	for l := range f.Names {
		if !slices.Contains(languages, l) {
			languages = append(languages, l)
		}
	}
	var names []portal.ConceptName
	for _, l := range languages {
		sent, ok := f.Names[l]
		if !ok {
			sent = k.In(l)
		}
		for _, n := range sent {
			n.Language, n.Name = l, strings.TrimSpace(n.Name)
			names = append(names, n)
		}
	}
	k.Names = names
	if f.Broader != nil {
		k.Broader = *f.Broader
	}
	if f.Related != nil {
		k.Related = *f.Related
	}
	if f.Note != nil {
		k.Note = *f.Note
	}
}

// check validates a concept and its place among the others: what it names is there, and it is no kind of
// itself, however far.
func check(k portal.Concept, all []portal.Concept) error {
	if err := k.Check(); err != nil {
		return err
	}
	var c portal.Checks
	above := map[string]string{}
	for _, other := range all {
		above[other.Key] = other.Broader
	}
	for at, steps := k.Broader, 0; at != ""; at, steps = above[at], steps+1 {
		_, known := above[at]
		c.Add(known, "broader", "error.unknown_value")
		if at == k.Key || steps > len(all) {
			c.Add(false, "broader", "error.concept_circle")
			break
		}
	}
	for _, key := range k.Related {
		c.Add(key != k.Key && find(all, key) >= 0, "related", "error.unknown_value")
	}
	return c.Err()
}

// longestKey is how many letters of a name become a key.
const longestKey = 48

// freeKey makes a key of a concept's first name that no concept has or had.
func freeKey(ctx context.Context, tx *postgres.Tx, k portal.Concept) (string, error) {
	base := strings.Join(index.Slugs(k.NameIn("en").Name), "_")
	base = strings.Trim(base[:min(len(base), longestKey)], "_")
	switch base {
	case "":
		base = "concept"
	case "new": // where concepts are added
		base = "new_concept"
	}
	for n := 1; ; n++ {
		key := base
		if n > 1 {
			key += "_" + strconv.Itoa(n)
		}
		if taken, err := tx.ConceptKeyTaken(ctx, key); err != nil || !taken {
			return key, err
		}
	}
}
