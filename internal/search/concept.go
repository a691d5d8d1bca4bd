package search

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// lexicon holds the thesaurus by which texts are read: a node's index, or one that is only being built.
type lexicon interface {
	Thesaurus() *index.Thesaurus
	Learn(*index.Thesaurus)
}

// ownLexicon is that of an index which another process builds.
type ownLexicon struct {
	atomic.Pointer[index.Thesaurus]
}

// Thesaurus implements lexicon.
func (l *ownLexicon) Thesaurus() *index.Thesaurus { return l.Load() }

// Learn implements lexicon.
func (l *ownLexicon) Learn(t *index.Thesaurus) { l.Store(t) }

// learn reads the thesaurus as it is now.
func (s source) learn(ctx context.Context) error {
	concepts, err := s.db.Concepts(ctx)
	if err != nil {
		return err
	}
	known := make([]index.Concept, len(concepts))
	for i, c := range concepts {
		known[i] = index.Concept{Key: c.Key, Broader: c.Broader}
		for _, n := range c.Names {
			known[i].Names = append(known[i].Names, index.ConceptName{Language: n.Language, Text: n.Name, Ordinary: n.Ordinary})
		}
	}
	s.lexicon.Learn(index.NewThesaurus(known))
	return nil
}

// reading has what is written read by the thesaurus.
func (s source) reading(write func(index.Batch) error) func(index.Batch) error {
	return func(b index.Batch) error {
		by := s.lexicon.Thesaurus()
		for i := range b.Put {
			b.Put[i].Thesaurus = by
		}
		return write(b)
	}
}

// Meaning is what words of a question mean: a concept, and some of its other names, by which it was looked
// for as well.
type Meaning struct {
	Typed string
	Key   string // of the concept
	Names []index.ConceptName
}

const shownNames = 4 // of a meaning

// understand finds what wanted words mean. Words that are required or unwanted, also in quotation marks, are
// meant as they stand: whoever types a sign before a word wants to decide over that word, and may take the
// sign away to be understood.
func (s *Service) understand(asked *parsed) {
	asked.thesaurus = s.ix.Thesaurus()
	asked.meant = asked.thesaurus.Meant(asked.words)
	if s.spelt.Swap(asked.thesaurus) != asked.thesaurus {
		s.words.add(asked.thesaurus.Words())
	}
}

// guess takes words that have found nothing for a part of a concept's name; ok is false when they are none.
func (s *Service) guess(asked *parsed) (ok bool) {
	if len(asked.meant) > 0 || len(asked.must) > 0 {
		return false
	}
	asked.meant = asked.thesaurus.Partly(asked.words)
	return len(asked.meant) > 0
}

// isMeant tells whether one of the wanted words is part of a meaning.
func (p parsed) isMeant(word int) bool {
	return slices.ContainsFunc(p.meant, func(m index.Meaning) bool { return m.First <= word && word <= m.Last })
}

// told tells the reader what was understood.
func (p parsed) told(locale string) []Meaning {
	var all []Meaning
	for _, m := range p.meant {
		var typed []string
		for _, w := range p.words[m.First : m.Last+1] {
			typed = append(typed, w.Typed)
		}
		for _, key := range m.Concepts {
			t := strings.Join(typed, " ")
			all = append(all, Meaning{Typed: t, Key: key, Names: otherNames(p.thesaurus.Names(key), t, locale)})
		}
	}
	return all
}

// otherNames picks of a concept's names the preferred ones in the languages of the pages, the reader's own
// first, that are not what was typed, each once.
func otherNames(names []index.ConceptName, typed, locale string) []index.ConceptName {
	seen := map[string]bool{plainName(typed): true}
	var picked []index.ConceptName
	for _, l := range append([]string{locale}, portal.ConceptLanguages...) {
		i := slices.IndexFunc(names, func(n index.ConceptName) bool { return n.Language == l })
		if i < 0 || seen[plainName(names[i].Text)] || len(picked) == shownNames {
			continue
		}
		seen[plainName(names[i].Text)] = true
		picked = append(picked, names[i])
	}
	return picked
}

// meanings finds in a text what names the concepts of a question, by whatever name. Where the text has all the
// words themselves, said, the reader sees why it was found.
func (m matcher) meanings(text, language string, said []match) []match {
	if len(m.concepts) == 0 || m.sayAll(said) {
		return nil
	}
	var found []match
	for _, f := range m.reader.Find(text, language) {
		for _, key := range f.Concepts {
			if word, ok := m.concepts[key]; ok {
				found = append(found, match{f.Start, f.End, word})
				break
			}
		}
	}
	return found
}

// sayAll tells whether the matches of words are of all the words that mean something.
func (m matcher) sayAll(said []match) bool {
	for _, meaning := range m.means {
		for word := meaning.First; word <= meaning.Last; word++ {
			if !slices.ContainsFunc(said, func(s match) bool { return s.word == word }) {
				return false
			}
		}
	}
	return true
}

const needleNames = 60 // of concepts that are looked for in attachments

// meantNeedles are the names of the question's concepts, as they may stand in raw text in small letters.
func (m matcher) meantNeedles() []string {
	var names []string
	for _, key := range m.meant {
		for _, n := range m.thesaurus.Names(key) {
			if name := strings.ToLower(n.Text); !n.Ordinary && len(names) < needleNames && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
