package search

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"unicode/utf8"

	"praxis/internal/index"
)

const (
	shortestMended = 4       // letters; shorter words are left as typed
	twoEditsFrom   = 8       // letters from which two edits are forgiven
	deletePrefix   = 8       // letters of a word whose deletions are listed
	maxListed      = 100_000 // words; later ones are not listed, so they are never proposed
	freshKept      = 10_000  // deletions that are looked up one by one before they are sorted in
	maxVerified    = 12      // candidates that are looked up for one word
)

// mend replaces words that nothing the viewer may see has by the nearest that something has. It
// changes asked.words in place. A word that exists only in what she may not see is treated as
// one that does not exist, and is never proposed.
func (s *Service) mend(ctx context.Context, asked parsed, access []string) []Replacement {
	var replaced []Replacement
	for i, w := range asked.words {
		if w.Plain == "" || utf8.RuneCountInString(w.Plain) < shortestMended || s.known(ctx, w, access) {
			continue
		}
		if better := s.nearest(ctx, w.Plain, access); better != "" {
			if words := index.QueryWords(better); len(words) == 1 {
				asked.words[i] = words[0]
				replaced = append(replaced, Replacement{Typed: w.Typed, Used: better})
			}
		}
	}
	return replaced
}

// known tells whether anything that the viewer may see has the word; when in doubt, it does.
func (s *Service) known(ctx context.Context, w index.Word, access []string) bool {
	answer, err := s.ix.Search(ctx, index.Request{Must: []index.Word{w}, Access: access, Limit: 1, Quick: true})
	return err != nil || len(answer.Hits) > 0
}

// nearest gives the listed word at the least distance that the viewer may know, the most
// frequent of several; "" when there is none.
func (s *Service) nearest(ctx context.Context, word string, access []string) string {
	best, most, at := "", 0, 0
	for _, c := range s.words.near(word) {
		if best != "" && c.distance > at {
			break
		}
		if n, err := s.ix.Count(ctx, c.word, access); err == nil && n > most {
			best, most, at = c.word, n, c.distance
		}
	}
	return best
}

// wordList finds the words within one or two edits of another by symmetric deletion: two words
// are near when some deletion of one equals some deletion of the other.
type wordList struct {
	writing sync.Mutex // one writer at a time

	mu     sync.RWMutex // over what follows; held for moments only
	seed   maphash.Seed
	listed map[string]struct{}
	words  []string
	sorted []deletion          // by hash
	fresh  map[uint32][]uint32 // by hash: not yet among the sorted
	waits  int                 // deletions among the fresh
}

type deletion struct {
	hash uint32
	word uint32
}

func byHash(a, b deletion) int { return cmp.Compare(a.hash, b.hash) }

func newWordList() *wordList {
	return &wordList{seed: maphash.MakeSeed(), listed: map[string]struct{}{}, fresh: map[uint32][]uint32{}}
}

// add lists words that are not listed yet.
func (l *wordList) add(words []string) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	for _, w := range words {
		if _, known := l.listed[w]; known || len(l.words) >= maxListed || utf8.RuneCountInString(w) < shortestMended-1 {
			continue
		}
		l.listed[w] = struct{}{}
		for d := range deletions(w) {
			h := l.hash(d)
			l.fresh[h] = append(l.fresh[h], uint32(len(l.words)))
			l.waits++
		}
		l.words = append(l.words, w)
	}
	full := l.waits > freshKept+len(l.sorted)/4
	l.mu.Unlock()
	if full {
		l.merge()
	}
}

// merge sorts the fresh deletions in. Only the writer changes them, so queries go on meanwhile
// with what there is.
func (l *wordList) merge() {
	fresh := make([]deletion, 0, l.waits)
	for h, words := range l.fresh {
		for _, w := range words {
			fresh = append(fresh, deletion{h, w})
		}
	}
	slices.SortFunc(fresh, byHash)
	merged, old := make([]deletion, 0, len(l.sorted)+len(fresh)), l.sorted
	for len(old) > 0 && len(fresh) > 0 {
		from := &old
		if fresh[0].hash < old[0].hash {
			from = &fresh
		}
		merged, *from = append(merged, (*from)[0]), (*from)[1:]
	}
	merged = append(append(merged, old...), fresh...)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sorted, l.fresh, l.waits = merged, map[uint32][]uint32{}, 0
}

// with gives the words that have a deletion with this hash.
func (l *wordList) with(hash uint32) []uint32 {
	found := slices.Clone(l.fresh[hash])
	i, _ := slices.BinarySearchFunc(l.sorted, deletion{hash: hash}, byHash)
	for ; i < len(l.sorted) && l.sorted[i].hash == hash; i++ {
		found = append(found, l.sorted[i].word)
	}
	return found
}

func (l *wordList) hash(s string) uint32 { return uint32(maphash.String(l.seed, s)) }

type candidate struct {
	word     string
	distance int
}

// near lists words within reach of a word, the nearest first, at most maxVerified.
func (l *wordList) near(word string) []candidate {
	l.mu.RLock()
	defer l.mu.RUnlock()
	reach := edits(word)
	typed := []rune(word)
	seen := map[uint32]bool{}
	var found []candidate
	for d := range deletions(word) {
		for _, n := range l.with(l.hash(d)) {
			if seen[n] {
				continue
			}
			seen[n] = true
			if dist := distance(typed, []rune(l.words[n]), reach); dist > 0 && dist <= reach {
				found = append(found, candidate{l.words[n], dist})
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		if x, y := sameStart(a.word, word), sameStart(b.word, word); x != y {
			return y - x
		}
		if a.word < b.word {
			return -1
		}
		return 1
	})
	return found[:min(len(found), maxVerified)]
}

// edits is how many edits are forgiven in a word.
func edits(word string) int {
	if utf8.RuneCountInString(word) >= twoEditsFrom {
		return 2
	}
	return 1
}

// sameStart is how many letters two words have in common at their beginnings.
func sameStart(a, b string) int {
	n, y := 0, []rune(b)
	for _, r := range a {
		if n == len(y) || y[n] != r {
			break
		}
		n++
	}
	return n
}

// deletions gives the beginning of a word with up to as many letters taken out as edits are
// forgiven. One is taken out even of words that are a letter too short for two, because the
// other word may be long enough.
func deletions(word string) map[string]struct{} {
	start := []rune(word)
	reach := 1
	if len(start) >= twoEditsFrom-2 {
		reach = 2
	}
	if len(start) > deletePrefix {
		start = start[:deletePrefix]
	}
	all := map[string]struct{}{string(start): {}}
	layer := [][]rune{start}
	for range reach {
		var next [][]rune
		for _, w := range layer {
			for i := range w {
				shorter := slices.Concat(w[:i], w[i+1:])
				if _, seen := all[string(shorter)]; !seen && len(shorter) > 1 {
					all[string(shorter)] = struct{}{}
					next = append(next, shorter)
				}
			}
		}
		layer = next
	}
	return all
}

// distance counts the edits (a letter more, less, other, or two swapped) between two words; what
// is over reach counts as reach+1.
func distance(a, b []rune, reach int) int {
	if len(a)-len(b) > reach || len(b)-len(a) > reach {
		return reach + 1
	}
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > reach {
			return reach + 1
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
