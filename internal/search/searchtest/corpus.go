package searchtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/sql"
)

// Corpus makes as many documents as are asked for, like those of a portal of eight languages: their words
// are those of the thesaurus and of the demonstration, and are as unevenly frequent as words are.
type Corpus struct {
	languages []*language
}

// language is one of the corpus's, with its words from the most frequent on.
type language struct {
	code   string
	words  []string
	joined bool // written without spaces
}

// Languages are the corpus's, the most frequent first.
var Languages = []string{"en", "es", "fr", "ru", "pt", "ar", "zh", "th"}

const (
	vocabularySize = 30_000 // different words of a language; portals of this size have more names and typos
	steepness      = 1.07   // of Zipf's law
	workspaces     = 200
	epoch          = 1_600_000_000_000 // the first document's moment, Unix milliseconds
	apart          = 60_000            // from one to the next
)

// Words of a document's parts.
const (
	titleWords, summaryWords, bodyWords, attachedWords, postWords = 8, 30, 180, 150, 40
)

// NewCorpus reads the words.
func NewCorpus() (*Corpus, error) {
	found := map[string][]string{}
	for _, file := range []string{"thesaurus.jsonl", "demo/practices.jsonl", "demo/threads.jsonl"} {
		raw, err := sql.Files.ReadFile("seed/" + file)
		if err != nil {
			return nil, fmt.Errorf("read the corpus's words: %w", err)
		}
		lines := bufio.NewScanner(bytes.NewReader(raw))
		lines.Buffer(nil, len(raw)+1)
		for lines.Scan() {
			var value any
			if err := json.Unmarshal(lines.Bytes(), &value); err != nil {
				return nil, fmt.Errorf("read the corpus's words from %s: %w", file, err)
			}
			collect(value, "en", found)
		}
	}
	c := &Corpus{}
	for i, code := range Languages {
		c.languages = append(c.languages, newLanguage(code, found[code], uint64(i)))
	}
	return c, nil
}

// collect takes the words of every text in a value, in the language that the value says it is in.
func collect(value any, in string, found map[string][]string) {
	switch v := value.(type) {
	case string:
		found[in] = append(found[in], strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })...)
	case []any:
		for _, one := range v {
			collect(one, in, found)
		}
	case map[string]any:
		if own, ok := v["language"].(string); ok {
			in = own
		}
		for key, one := range v {
			if slices.Contains(Languages, key) {
				collect(one, key, found)
			} else if key != "key" && key != "external_key" {
				collect(one, in, found)
			}
		}
	}
}

// newLanguage orders words by how often they were found, and makes more of their halves.
func newLanguage(code string, found []string, seed uint64) *language {
	often := map[string]int{}
	for _, w := range found {
		often[w]++
	}
	l := &language{code: code, joined: code == "zh" || code == "th"}
	for w := range often {
		l.words = append(l.words, w)
	}
	slices.SortFunc(l.words, func(a, b string) int {
		if often[a] != often[b] {
			return often[b] - often[a]
		}
		return strings.Compare(a, b)
	})
	r, real := rand.New(rand.NewPCG(seed, 1)), len(l.words)
	for len(l.words) < vocabularySize {
		a, b := []rune(l.words[r.IntN(real)]), []rune(l.words[r.IntN(real)])
		if w := string(a[:(len(a)+1)/2]) + string(b[len(b)/2:]); often[w] == 0 {
			often[w] = 1
			l.words = append(l.words, w)
		}
	}
	return l
}

// writer draws what a document is made of; the same document is always the same.
type writer struct {
	*rand.Rand
	zipf *rand.Zipf
	in   *language
}

func (c *Corpus) writer(seed, stream uint64) writer {
	r := rand.New(rand.NewPCG(seed, stream))
	n := min(r.IntN(len(c.languages)), r.IntN(len(c.languages))) // the first more often
	return writer{r, rand.NewZipf(r, steepness, 4, vocabularySize-1), c.languages[n]}
}

func (w writer) text(words int) string {
	words = words/2 + w.IntN(words)
	b := strings.Builder{}
	for i := range words {
		switch {
		case i == 0:
		case !w.in.joined:
			b.WriteByte(' ')
		case i%8 == 0:
			b.WriteString("。 ")
		}
		b.WriteString(w.in.words[w.zipf.Uint64()])
		if i%12 == 11 && !w.in.joined {
			b.WriteByte('.')
		}
	}
	return b.String()
}

func (w writer) one(of ...string) string { return of[min(w.IntN(len(of)), w.IntN(len(of)))] }

var (
	countries = strings.Fields("EC TH PE CO MX ES FR DE GB US CA BR AR CL RU KZ UZ EG MA JO LB CN VN LA KH ID PH AU NZ NG GH KE ZA SN ML PT IT PL CZ EE")
	tags      = strings.Fields("prevention treatment naloxone fentanyl precursors customs wastewater training prison youth nightlife early_warning laboratory courts police")
	sectors   = strings.Fields("health customs police justice education research")
	levels    = []string{"national", "local", "international"}
	evidences = []string{"emerging", "monitored", "evaluated", "replicated", "recommended"}
)

// Document is the corpus's document of a number: one practice to five posts.
func (c *Corpus) Document(number int) index.Document {
	w := c.writer(uint64(number), 2)
	room := int64(1 + min(w.IntN(workspaces), w.IntN(workspaces)))
	d := index.Document{Kind: portal.KindPost, ID: int64(number + 1), Language: w.in.code, Country: w.one(countries...), Workspace: room,
		Programme: "p" + strconv.FormatInt(room%3, 10), Created: time.UnixMilli(epoch + int64(number)*apart), Authors: []int64{w.Int64N(2000)}}
	audience := portal.Audience{Handling: portal.Handling(w.one("green", "amber", "clear", "amber+strict")), WorkspaceID: room, AuthorCountry: d.Country,
		AuthorID: d.Authors[0], Stage: portal.StageOpen, Shared: true}
	put := func(field index.Field, words int) {
		d.Texts = append(d.Texts, index.Text{Field: field, Language: w.in.code, Value: w.text(words)})
	}
	if number%6 != 0 {
		put(index.Body, postWords)
	} else {
		d.Kind, d.Level, d.Evidence = portal.KindPractice, w.one(levels...), w.one(evidences...)
		d.Tags, d.Sectors = []string{w.one(tags...), "topic" + w.one(tags...)}, []string{w.one(sectors...)}
		d.Due = d.Created.AddDate(2, 0, 0)
		put(index.Title, titleWords)
		put(index.Summary, summaryWords)
		put(index.Body, bodyWords)
		put(index.Attached, attachedWords)
		d.Texts = append(d.Texts, index.Text{Field: index.Tagged, Value: strings.Join(d.Tags, " ")})
		d.Adoptions = max(0, w.IntN(40)-30)
	}
	d.Access = audience.Terms()
	return d
}

// Question is what somebody asks in so many words, in one language.
func (c *Corpus) Question(number, words int) (text, in string) {
	w := c.writer(uint64(number), 3)
	asked := make([]string, words)
	for i := range asked {
		rank := w.zipf.Uint64()
		for rank < 20 || len([]rune(w.in.words[rank])) < 3 { // nobody asks for "the"
			rank = (rank*7 + 20 + uint64(w.IntN(100))) % vocabularySize
		}
		asked[i] = w.in.words[rank]
	}
	return strings.Join(asked, " "), w.in.code
}

// Reader is a member of half of the workspaces, with about 200 terms of access.
func (c *Corpus) Reader(number int) portal.Viewer {
	v := portal.Viewer{MemberID: int64(number), Country: countries[number%len(countries)]}
	for room := range int64(workspaces / 2) {
		v.Workspaces = append(v.Workspaces, 1+(room*2+int64(number))%workspaces)
	}
	return v
}
