package practice

import (
	"context"
	"strings"
	"time"

	"github.com/rivo/uniseg"
	"github.com/sergi/go-diff/diffmatchpatch"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Versions lists the saved versions of a practice that the viewer may see, newest first. The
// author sees all, moderators those from the first submitted one on, other readers those from the
// first published one on.
func (s *Service) Versions(ctx context.Context, who portal.Identity, id int64, page portal.Page) ([]postgres.PracticeVersion, error) {
	if _, err := s.db.Practice(ctx, who.Viewer, id); err != nil {
		return nil, err
	}
	return s.db.PracticeVersions(ctx, who.Viewer, id, page)
}

// Version reads one saved version of a practice that the viewer may see.
func (s *Service) Version(ctx context.Context, who portal.Identity, id, version int64) (postgres.PracticeVersion, error) {
	return s.db.PracticeVersion(ctx, who.Viewer, id, version)
}

// Change is a run of text that was kept ("same"), added ("added") or taken out ("removed").
type Change struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

// SectionDiff is the difference of one part of a practice: title, summary, a section's key, or the name
// of a fact ("country", "sectors", "references"), whose changes are whole values, keys where it has such.
type SectionDiff struct {
	Part    string   `json:"part"`
	Changes []Change `json:"changes"`
}

// Diff tells how version to differs from version from, part by part and word by word; parts that
// are alike are left out.
func (s *Service) Diff(ctx context.Context, who portal.Identity, id, from, to int64) ([]SectionDiff, error) {
	a, err := s.Version(ctx, who, id, from)
	if err != nil {
		return nil, err
	}
	b, err := s.Version(ctx, who, id, to)
	if err != nil {
		return nil, err
	}
	return s.Compare(a.Text, b.Text), nil
}

// compareLimit bounds the work of one difference, all its parts together: whoever may read two versions
// may ask for it. What is not done by then is told coarser.
const compareLimit = 300 * time.Millisecond

// Compare tells how b differs from a: its prose part by part and word by word, its facts value by value.
func (s *Service) Compare(a, b portal.PracticeText) []SectionDiff {
	parts := []SectionDiff{}
	deadline := time.Now().Add(compareLimit)
	add := func(part, before, after string) {
		if before != after {
			parts = append(parts, SectionDiff{Part: part, Changes: compareWords(before, after, deadline)})
		}
	}
	add("title", a.Title, b.Title)
	add("summary", a.Summary, b.Summary)
	for _, section := range s.vocab.Sections() {
		add(section.Key, a.Sections[section.Key], b.Sections[section.Key])
	}
	return append(parts, compareFacts(a, b)...)
}

// CompareWords tells the difference of two texts by words as Unicode cuts them, so that it reads
// well in scripts without spaces too.
func CompareWords(before, after string) []Change {
	return compareWords(before, after, time.Now().Add(compareLimit))
}

// CompareInTurn compares each text with the one before it, the first with nothing, as CompareWords does, all
// within the time that one comparison may take.
func CompareInTurn(texts []string) [][]Change {
	deadline, all, before := time.Now().Add(compareLimit), make([][]Change, len(texts)), ""
	for i, text := range texts {
		all[i] = compareWords(before, text, deadline)
		before = text
	}
	return all
}

func compareWords(before, after string, deadline time.Time) []Change {
	words := map[string]rune{}
	var back []string
	encode := func(text string) []rune {
		var runes []rune
		for state := -1; text != ""; {
			var word string
			word, text, state = uniseg.FirstWordInString(text, state)
			r, known := words[word]
			if !known {
				r = wordRune(len(back))
				words[word] = r
				back = append(back, word)
			}
			runes = append(runes, r)
		}
		return runes
	}
	a, b := encode(before), encode(after)
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = max(time.Until(deadline), time.Millisecond) // none would be no bound at all
	var changes []Change
	// A change reads better whole than cut up by a word that chance left in place.
	for _, d := range dmp.DiffCleanupSemantic(dmp.DiffMainRunes(a, b, false)) {
		var text strings.Builder
		for _, r := range d.Text {
			text.WriteString(back[wordIndex(r)])
		}
		op := map[diffmatchpatch.Operation]string{diffmatchpatch.DiffEqual: "same", diffmatchpatch.DiffInsert: "added",
			diffmatchpatch.DiffDelete: "removed"}[d.Type]
		changes = append(changes, Change{Op: op, Text: text.String()})
	}
	return changes
}

// Each different word is a rune of its own for the comparison; the surrogates, which no string
// can hold, are passed over.
const firstSurrogate, surrogates = 0xD800, 0x800

func wordRune(n int) rune {
	if n++; n >= firstSurrogate {
		n += surrogates
	}
	return rune(n)
}

func wordIndex(r rune) int {
	if r >= firstSurrogate+surrogates {
		r -= surrogates
	}
	return int(r) - 1
}
