package search

import (
	"time"

	"praxis/internal/index"
)

// ParseParts shows what the parser made of a query.
func ParseParts(text string) (words, must, mustNot []index.Word) {
	p := parse(text)
	return p.words, p.must, p.mustNot
}

// Snippet makes the snippet of a text for a query.
func Snippet(query, text, language string) []Piece {
	s, _ := newMatcher(parse(query)).snippet(text, language)
	return s
}

// Mark marks a query's words in a title.
func Mark(query, title, language string) []Piece {
	return newMatcher(parse(query)).mark(title, language)
}

// WordList is the list for misspellings.
type WordList = wordList

// NewWordList makes an empty one.
func NewWordList() *WordList { return newWordList() }

// Add lists words.
func (l *WordList) Add(words []string) { l.add(words) }

// Near lists the words that are near another.
func (l *WordList) Near(word string) []string {
	var found []string
	for _, c := range l.near(word) {
		found = append(found, c.word)
	}
	return found
}

// Near lists the words of a list that are near another.
func Near(list []string, word string) []string {
	l := newWordList()
	l.add(list)
	return l.Near(word)
}

// Within gives an answer another time, until what it returns is called.
func (s *Service) Within(limit time.Duration) (back func()) {
	before := s.limit
	s.limit = limit
	return func() { s.limit = before }
}
