package search

import (
	"context"
	"hash/maphash"
	"iter"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"praxis/internal/index"
)

const (
	shortestMended = 4       // letters; shorter words are left as typed
	twoEditsFrom   = 8       // letters from which two edits are forgiven
	deletePrefix   = 8       // letters of a word whose deletions are listed
	maxListed      = 100_000 // words; later ones are not listed, so they are never proposed
	maxVerified    = 12      // candidates that are looked up for one word
)

// mend replaces words that nothing the viewer may see has by the nearest that something has. It
// changes asked.words in place. A word that exists only in what she may not see is treated as
// one that does not exist, and is never proposed.
func (s *Service) mend(ctx context.Context, asked parsed, access []string) []Replacement {
	if s.ix.Outdated() { // it knows the words of what has been relabelled since
		return nil
	}
	var replaced []Replacement
	for i, w := range asked.words {
		if w.Plain == "" || asked.isMeant(i) || utf8.RuneCountInString(w.Plain) < shortestMended || s.known(ctx, w, access) {
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
// frequent of several; "" when there is none. A word of the thesaurus is everybody's, and leads to what has
// its other names.
func (s *Service) nearest(ctx context.Context, word string, access []string) string {
	best, most, at := "", 0, 0
	for _, c := range s.words.near(word) {
		if best != "" && c.distance > at {
			break
		}
		n, err := s.ix.Count(ctx, c.word, access)
		if n == 0 && s.ix.Thesaurus().HasWord(c.word) {
			n = 1
		}
		if err == nil && n > most {
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
	ready  int // words that are in runs; the others are, before anybody is looked for
	// runs are sorted, each less than half as long as the one before it: new words cost a few short
	// merges, and a query searches few runs.
	runs [][]deletion
}

// deletion is the hash of what is left of a word, above the word's number.
type deletion uint64

func (d deletion) word() uint32 { return uint32(d) }

func newWordList() *wordList {
	return &wordList{seed: maphash.MakeSeed(), listed: map[string]struct{}{}}
}

// readyAfter is how long new words wait until they are made ready to be found, unless they are looked for
// before: a start has more urgent things to do.
const readyAfter = 2 * time.Second

// add lists words that are not listed yet.
func (l *wordList) add(words []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	idle := l.ready == len(l.words)
	for _, w := range words {
		if _, known := l.listed[w]; known || len(l.words) >= maxListed || utf8.RuneCountInString(w) < shortestMended-1 {
			continue
		}
		l.listed[w] = struct{}{}
		l.words = append(l.words, w)
	}
	if idle && l.ready < len(l.words) {
		time.AfterFunc(readyAfter, l.prepare)
	}
}

// prepare puts the words that are new into the runs. Only the writer changes those, so queries go on with
// what there is while they are merged.
func (l *wordList) prepare() {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.RLock()
	first, fresh := l.ready, l.words[l.ready:]
	l.mu.RUnlock()
	if len(fresh) == 0 {
		return
	}
	var run []deletion
	for i, w := range fresh {
		for hash := range l.deletions(w) {
			run = append(run, deletion(hash)<<32|deletion(first+i))
		}
	}
	slices.Sort(run)
	runs := append(slices.Clone(l.runs), slices.Compact(run))
	for n := len(runs); n > 1 && 2*len(runs[n-1]) >= len(runs[n-2]); n-- {
		runs = append(runs[:n-2], merge(runs[n-2], runs[n-1]))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runs, l.ready = runs, first+len(fresh)
	if l.ready < len(l.words) {
		time.AfterFunc(readyAfter, l.prepare)
	}
}

// unready tells whether there are words that are not in the runs.
func (l *wordList) unready() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.ready < len(l.words)
}

// merge makes one sorted run of two.
func merge(a, b []deletion) []deletion {
	merged := make([]deletion, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		from := &a
		if b[0] < a[0] {
			from = &b
		}
		merged, *from = append(merged, (*from)[0]), (*from)[1:]
	}
	return append(append(merged, a...), b...)
}

// with gives the numbers of the words that have a deletion with this hash; some twice.
func (l *wordList) with(hash uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		first := deletion(hash) << 32
		for _, run := range l.runs {
			for i, _ := slices.BinarySearch(run, first); i < len(run) && run[i]>>32 == first>>32; i++ {
				if !yield(run[i].word()) {
					return
				}
			}
		}
	}
}

// deletions gives the hashes of the beginning of a word with up to as many letters taken out as
// edits are forgiven. One is taken out even of words that are a letter too short for two, because
// the other word may be long enough. Repeated letters give the same hash more than once.
func (l *wordList) deletions(word string) iter.Seq[uint32] {
	start := []rune(word)
	reach := 1
	if len(start) >= twoEditsFrom-2 {
		reach = 2
	}
	start = start[:min(len(start), deletePrefix)]
	return func(yield func(uint32) bool) {
		var left [deletePrefix * utf8.UTFMax]byte
		without := func(i, j int) bool {
			text := left[:0]
			for n, r := range start {
				if n != i && n != j {
					text = utf8.AppendRune(text, r)
				}
			}
			return yield(uint32(maphash.Bytes(l.seed, text)))
		}
		if !without(-1, -1) {
			return
		}
		for i := range start {
			if len(start) > 2 && !without(i, i) {
				return
			}
			for j := i + 1; reach == 2 && len(start) > 3 && j < len(start); j++ {
				if !without(i, j) {
					return
				}
			}
		}
	}
}

type candidate struct {
	word     string
	distance int
}

// near lists words within reach of a word, the nearest first, at most maxVerified.
func (l *wordList) near(word string) []candidate {
	if l.unready() {
		l.prepare()
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	reach := edits(word)
	typed := []rune(word)
	seen := map[uint32]bool{}
	var found []candidate
	for hash := range l.deletions(word) {
		for n := range l.with(hash) {
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
