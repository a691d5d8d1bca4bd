package index_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"praxis/internal/index"
)

// plainly scores a document as the formula is written, from the texts themselves and nothing of bleve's.
type plainly struct {
	all   []index.Document
	terms []map[index.Field][][]index.Token // by document and field: its texts
	mean  map[index.Field]float64
}

var counts = []struct {
	field     index.Field
	weight, b float64
}{{index.Title, 2.5, 0.3}, {index.Summary, 1.25, 0.4}, {index.Body, 1, 0.5}, {index.Attached, 0.5, 0.6}, {index.Tagged, 0.8, 0}}

func newPlainly(all []index.Document) *plainly {
	p := &plainly{all: all, mean: map[index.Field]float64{}}
	with := map[index.Field]float64{}
	for _, d := range all {
		texts := map[index.Field][][]index.Token{}
		for _, t := range d.Texts {
			texts[t.Field] = append(texts[t.Field], index.Analyze(t.Value, t.Language))
		}
		p.terms = append(p.terms, texts)
		for field, lists := range texts {
			with[field]++
			p.mean[field] += length(lists)
		}
	}
	for field, n := range with {
		p.mean[field] /= n
	}
	return p
}

func length(texts [][]index.Token) (n float64) {
	for _, t := range texts {
		n += float64(len(t))
	}
	return n
}

// often counts the places of a term, or of a pair of them side by side.
func often(texts [][]index.Token, left, right []string) (most float64) {
	for _, a := range left {
		for _, b := range append(right, "") {
			if (b == "") != (right == nil) {
				continue
			}
			n := 0.0
			for _, text := range texts {
				for _, t := range text {
					if t.Term == a && (b == "" || slices.ContainsFunc(text, func(o index.Token) bool { return o.Term == b && o.Position == t.Position+1 })) {
						n++
					}
				}
			}
			most = max(most, n)
		}
	}
	return most
}

func (p *plainly) occurrences(document int, left, right []string) (sum float64) {
	for _, c := range counts {
		texts := p.terms[document][c.field]
		if n := often(texts, left, right); n > 0 {
			sum += c.weight * n / (1 - c.b + c.b*length(texts)/p.mean[c.field])
		}
	}
	return sum
}

func (p *plainly) rarity(forms []string) float64 {
	most := 0.0
	for _, c := range counts {
		for _, form := range forms {
			n := 0.0
			for _, texts := range p.terms {
				n += min(1, often(texts[c.field], []string{form}, nil))
			}
			most = max(most, n)
		}
	}
	return math.Log(1 + (float64(len(p.all))-most+0.5)/(most+0.5))
}

func (p *plainly) score(document int, words []index.Word) float64 {
	saturated := func(n, rarity float64) float64 { return rarity * 2.1 * n / (1.1 + n) }
	score, parts := 0.0, 0
	for i, w := range words {
		n := p.occurrences(document, w.Forms, nil)
		if n == 0 {
			continue
		}
		parts++
		score += saturated(n, p.rarity(w.Forms))
		if i > 0 {
			before := words[i-1].Forms
			score += 0.3 * saturated(p.occurrences(document, before, w.Forms), min(p.rarity(before), p.rarity(w.Forms)))
		}
	}
	if parts == len(words) {
		score *= 1.2
	}
	return score
}

// On random libraries each document that has a word is found, with the score of the formula; so it is
// when the documents came one by one, in another order, and when the index was closed and opened.
func TestScoresAreTheFormulas(t *testing.T) {
	random := rand.New(rand.NewPCG(25, 7))
	vocabulary := strings.Fields("naloxone kits police hand overdose customs presses precursor list border drug checking wastewater")
	text := func(most int) string {
		words := make([]string, 1+random.IntN(most))
		for i := range words {
			words[i] = vocabulary[int(math.Pow(random.Float64(), 2)*float64(len(vocabulary)))]
		}
		return strings.Join(words, " ")
	}
	for round := range 12 {
		var all []index.Document
		for id := range int64(40) {
			d := doc(id, "en", text(6), text(60))
			if random.IntN(3) == 0 {
				d.Texts = append(d.Texts, index.Text{Field: index.Attached, Language: "en", Value: text(200)})
			}
			if random.IntN(2) == 0 {
				d.Texts = append(d.Texts, index.Text{Field: index.Body, Language: "en", Value: text(30)})
			}
			if random.IntN(2) == 0 {
				d.Texts = append(d.Texts, index.Text{Field: index.Summary, Language: "en", Value: text(20)})
			}
			if random.IntN(3) == 0 {
				d.Texts = append(d.Texts, index.Text{Field: index.Tagged, Language: "en", Value: text(4)})
			}
			all = append(all, d)
		}
		want := newPlainly(all)
		for name, x := range map[string]*index.Index{"at once": live(t, all...), "one by one": oneByOne(t, all)} {
			words := index.QueryWords(text(4))
			answer, err := x.Search(context.Background(), index.Request{Words: words, Access: []string{"all"}, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			scores := map[int64]float64{}
			for _, h := range answer.Hits {
				scores[h.Ref.ID] = h.Score
			}
			few, err := x.Search(context.Background(), index.Request{Words: words, Access: []string{"all"}, Limit: 5})
			if err != nil || few.Total != answer.Total || !reflect.DeepEqual(few.Hits, answer.Hits[:min(5, len(answer.Hits))]) {
				t.Errorf("round %d, %s: %s: the five best are %v of %d, %v", round, name, typed(words), few.Hits, few.Total, err)
			}
			for i, d := range all {
				if score := want.score(i, words); math.Abs(score-scores[d.ID]) > 1e-4*max(1, score) {
					t.Errorf("round %d, %s: %s of document %d scores %v, the formula says %v", round, name, typed(words), d.ID, scores[d.ID], score)
				}
			}
		}
	}
}

func typed(words []index.Word) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.Typed
	}
	return fmt.Sprint(all)
}

// oneByOne makes an index of many small pieces, and opens it anew.
func oneByOne(t *testing.T, all []index.Document) *index.Index {
	t.Helper()
	dir := t.TempDir()
	open := func() *index.Index {
		x, err := index.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	f, err := index.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	x := open()
	for i := range all {
		if _, err := f.Apply(index.Batch{Put: all[len(all)-1-i:][:1], State: &index.State{Position: int64(i + 1), Complete: true}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Swap(f); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = open()
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// What readers would expect of an order, whatever its constants.
func TestOrderThatReadersExpect(t *testing.T) {
	long := strings.Repeat("The committee met and wrote down what it had been told by those who came. ", 30)
	tests := []struct {
		name, query string
		better      index.Document
		worse       index.Document
	}{
		{"title over text", "naloxone", doc(1, "en", "Naloxone", "Kits are handed out."), doc(2, "en", "Kits", "Naloxone is handed out.")},
		{"side by side over apart", "drug checking", doc(1, "en", "A tent", "They offer drug checking at night, and water."), doc(2, "en", "A tent", "They offer checking of tickets at night, and a drug.")},
		{"both words over one thrice", "naloxone police", doc(1, "en", "Kits", "Police carry naloxone in cars since spring."), doc(2, "en", "Kits", "Naloxone, naloxone and naloxone since spring.")},
		{"short over long", "precursor", doc(1, "en", "List", "A precursor is listed."), doc(2, "en", "List", "A precursor is listed. "+long)},
		{"text over attachment", "wastewater", doc(1, "en", "Lab", "Wastewater is tested each week by them"),
			func() index.Document {
				d := doc(2, "en", "Lab", "It is tested each week by them.")
				d.Texts = append(d.Texts, index.Text{Field: index.Attached, Language: "en", Value: "Wastewater"})
				return d
			}()},
		{"中文 side by side", "污水检测", doc(1, "zh", "报告", "每周进行污水检测并公布"), doc(2, "zh", "报告", "污水每周公布并且另行检测")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			noise := []index.Document{doc(11, "en", "Other", "Nothing of it."), doc(12, "en", "Another", "Nothing at all.")}
			x := live(t, append(noise, tt.worse, tt.better)...)
			if got := find(t, x, index.Request{Words: index.QueryWords(tt.query)}); len(got) == 0 || got[0] != 1 {
				t.Errorf("found in the order %v", got)
			}
		})
	}
}
