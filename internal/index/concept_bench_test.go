package index

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
)

// What a question costs that is understood, beside the same question taken by its words, in an index of
// 20,000 texts in five languages of which each names a few concepts.
func BenchmarkMeant(b *testing.B) {
	thesaurus := seeded(b)
	dir := b.TempDir()
	x, err := Open(dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	f, err := Create(dir)
	if err != nil {
		b.Fatal(err)
	}
	keys := slices.Sorted(maps.Keys(thesaurus.names))
	languages := []string{"en", "es", "fr", "pt", "ru"}
	random := rand.New(rand.NewPCG(1, 2))
	for from := 0; from < 20_000; from += 500 {
		batch := Batch{State: &State{Complete: true}}
		for id := from; id < from+500; id++ {
			language := languages[id%len(languages)]
			var words []string
			for range 80 {
				words = append(words, fmt.Sprintf("w%d", int(random.ExpFloat64()*300)))
			}
			for range 4 {
				for _, n := range thesaurus.names[keys[int(random.ExpFloat64()*40)%len(keys)]] {
					if n.Language == language {
						words = append(words, n.Text)
						break
					}
				}
			}
			batch.Put = append(batch.Put, Document{Kind: portal.KindPractice, ID: int64(id), Language: language, Access: []string{"all"}, Created: time.Unix(int64(id), 0),
				Texts: []Text{{Field: Body, Language: language, Value: strings.Join(words, " ")}}, Thesaurus: thesaurus})
		}
		if _, err := f.Apply(batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := x.Swap(f); err != nil {
		b.Fatal(err)
	}
	for _, typed := range []string{"fentanyl", "amphetamine w7", "drug checking w7 w20", "illicit drugs", "illicit drugs w7"} {
		words := QueryWords(typed)
		for how, meanings := range map[string][]Meaning{"words": nil, "meaning": thesaurus.Meant(words)} {
			b.Run(strings.ReplaceAll(typed, " ", "_")+"/"+how, func(b *testing.B) {
				for range b.N {
					if _, err := x.Search(context.Background(), Request{Words: words, Meanings: meanings, Access: []string{"all"}, Limit: 20, Facets: []Field{Kind, Language}}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	b.Run("understand", func(b *testing.B) {
		for range b.N {
			thesaurus.Meant(QueryWords("illicit drugs in Lisbon nightclubs"))
		}
	})
	b.Run("suggest", func(b *testing.B) {
		for range b.N {
			thesaurus.Begun(Edges("fent"), 3)
		}
	})
}

// What recognizing costs of indexing.
func BenchmarkIndexConcepts(b *testing.B) {
	thesaurus := seeded(b)
	body := strings.Repeat("The team found fentanyl in counterfeit pills, warned people who use drugs about the numbers of the week, and gave naloxone and test strips to outreach workers at the harbour. ", 60)
	for how, by := range map[string]*Thesaurus{"words": nil, "concepts": thesaurus} {
		b.Run(how, func(b *testing.B) {
			f, err := Create(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			b.ResetTimer()
			for n := range b.N {
				batch := Batch{}
				for id := range 100 {
					batch.Put = append(batch.Put, Document{Kind: portal.KindPractice, ID: int64(n*100 + id), Language: "en", Access: []string{"all"},
						Texts: []Text{{Field: Body, Language: "en", Value: body}}, Thesaurus: by})
				}
				if _, err := f.Apply(batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
