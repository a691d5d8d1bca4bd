package search_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/search/searchtest"
)

// How much is measured.
const (
	benchDefault   = 60_000 // documents, of which every sixth is a practice
	benchQuestions = 400
	benchBatch     = 1000
	arrivingFor    = 20 * time.Second
	arrivingEvery  = 100 * time.Millisecond
	arrivingAtOnce = 10 // 100 documents a second
)

var benchFacets = []index.Field{index.Kind, index.Language, index.Country, index.Sector, index.Tag}

// BenchmarkSearch prints the figures of the search on this machine: `make bench-search`. The index is asked
// as the portal asks it, without a database; beside it PostgreSQL's own full-text search is asked the same of
// the same texts. PRAXIS_BENCH_DOCUMENTS says of how many documents; 1200000 are the whole.
func BenchmarkSearch(b *testing.B) {
	n := benchDefault
	if set := os.Getenv("PRAXIS_BENCH_DOCUMENTS"); set != "" {
		var err error
		if n, err = strconv.Atoi(set); err != nil || n < 1000 {
			b.Fatalf("PRAXIS_BENCH_DOCUMENTS is %q; it must be a number from 1000 on", set)
		}
	}
	corpus, err := searchtest.NewCorpus()
	if err != nil {
		b.Fatal(err)
	}
	fmt.Printf("\n%d cores, %s\n", runtime.NumCPU(), runtime.Version())
	small := &bench{b, corpus, n / 4, nil, ""}
	small.build()
	quarter := small.ask("2 words", func(r *index.Request, i int) { small.words(r, i, 2) })
	if err := small.ix.Close(); err != nil {
		b.Fatal(err)
	}
	whole := &bench{b, corpus, n, nil, ""}
	whole.build()
	for words := 1; words <= 4; words++ {
		whole.ask(fmt.Sprintf("%d words", words), func(r *index.Request, i int) { whole.words(r, i, words) })
	}
	full := whole.ask("1 to 4 words", func(r *index.Request, i int) { whole.words(r, i, 1+i%4) })
	whole.ask("the same, newest first", func(r *index.Request, i int) { whole.words(r, i, 1+i%4); r.Newest = true })
	whole.ask("no words, newest first", func(*index.Request, int) {})
	whole.suggest()
	whole.arriving()
	own := whole.ask("2 words, again", func(r *index.Request, i int) { whole.words(r, i, 2) })
	fmt.Printf("growth: four times the documents take %.1f times the time (p50; p95 %.1f)\n", own.p50/quarter.p50, own.p95/quarter.p95)
	whole.memory()
	defer whole.ix.Close()
	b.ReportMetric(full.p95, "p95-ms")
	sql := whole.postgres()
	fmt.Printf("PostgreSQL takes %.1f times as long (p50; p95 %.1f), without access and without facets\n", sql.p50/full.p50, sql.p95/full.p95)
}

// bench is one index of the corpus's first documents.
type bench struct {
	*testing.B
	corpus    *searchtest.Corpus
	documents int
	ix        *index.Index
	dir       string
}

// spread is what questions took, in milliseconds.
type spread struct{ p50, p95 float64 }

func spreadOf(took []time.Duration) spread {
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return spread{ms(took[len(took)/2]), ms(took[len(took)*95/100])}
}

func (x *bench) build() {
	x.dir = x.TempDir()
	ix, err := index.Open(x.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		x.Fatal(err)
	}
	f, err := index.Create(x.dir)
	if err != nil {
		x.Fatal(err)
	}
	var text int
	var spent time.Duration
	for from := 0; from < x.documents; from += benchBatch {
		b := index.Batch{State: &index.State{Complete: true}}
		for i := from; i < min(from+benchBatch, x.documents); i++ {
			d := x.corpus.Document(i)
			b.Put = append(b.Put, d)
			for _, t := range d.Texts {
				text += len(t.Value)
			}
		}
		began := time.Now()
		if _, err := f.Apply(b); err != nil {
			x.Fatal(err)
		}
		spent += time.Since(began)
	}
	began := time.Now()
	if err := ix.Swap(f); err != nil {
		x.Fatal(err)
	}
	x.ix = ix
	spent += time.Since(began)
	x.settle()
	size := folderSize(x.B, x.dir)
	fmt.Printf("%d documents, %d MB text: %.0f documents/s, %d MB on disk, %.2f of the text\n", x.documents, text>>20,
		float64(x.documents)/spent.Seconds(), size>>20, float64(size)/float64(text))
}

// settle waits until the index has merged what it was given, and its columns are there.
func (x *bench) settle() {
	began, quiet, last := time.Now(), 0, int64(-1)
	for quiet < 5 && time.Since(began) < 5*time.Minute {
		time.Sleep(500 * time.Millisecond)
		_, loaded := x.ix.Columns()
		if size := folderSize(x.B, x.dir); size == last && loaded >= x.documents {
			quiet++
		} else {
			quiet, last = 0, size
		}
		x.look(index.Request{Access: []string{"all"}, Limit: 1})
	}
}

func folderSize(b *testing.B, dir string) (size int64) {
	b.Helper()
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { // merges remove files meanwhile
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	return size
}

func (x *bench) look(r index.Request) {
	if _, err := x.ix.Search(context.Background(), r); err != nil {
		x.Fatal(err)
	}
}

func (x *bench) words(r *index.Request, i, words int) {
	text, _ := x.corpus.Question(i, words)
	r.Words = index.QueryWords(text)
}

func (x *bench) request(i int) index.Request {
	return index.Request{Access: x.corpus.Reader(i % 20).Terms(), Facets: benchFacets, Limit: 20, Languages: []string{"en"}}
}

// ask measures questions, once each. The processor's time beside the clock's tells how much of it other work on
// the machine took.
func (x *bench) ask(name string, set func(r *index.Request, i int)) spread {
	took := make([]time.Duration, 0, benchQuestions)
	before := cpu()
	for i := range benchQuestions {
		r := x.request(i)
		set(&r, i)
		began := time.Now()
		x.look(r)
		took = append(took, time.Since(began))
	}
	worked := cpu() - before
	s := spreadOf(took)
	fmt.Printf("%-28s p50 %6.1f ms, p95 %6.1f ms; %.1f ms of a core each\n", name, s.p50, s.p95, worked.Seconds()*1000/benchQuestions)
	return s
}

// cpu is the processor's time that this process has taken.
func cpu() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // it cannot fail for oneself
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// suggest measures what completes two to four letters, three lists each as the portal asks for.
func (x *bench) suggest() {
	var took []time.Duration
	for i := range benchQuestions {
		text, _ := x.corpus.Question(i, 1)
		letters := []rune(text)
		edges := index.Edges(string(letters[:min(len(letters), 2+i%3)]))
		began := time.Now()
		for _, kind := range []portal.Kind{portal.KindPractice, portal.KindMember, portal.KindThread} {
			x.look(index.Request{Access: x.corpus.Reader(i % 20).Terms(), Edges: edges, Newest: true, Limit: 8,
				Filters: []index.Filter{{Field: index.Kind, Values: []string{string(kind)}}}})
		}
		took = append(took, time.Since(began))
	}
	s := spreadOf(took)
	fmt.Printf("%-28s p50 %6.1f ms, p95 %6.1f ms\n", "suggestions", s.p50, s.p95)
}

// arriving measures questions while documents arrive.
func (x *bench) arriving() {
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(arrivingEvery)
		defer tick.Stop()
		for next := x.documents; ; next += arrivingAtOnce {
			var b index.Batch
			for i := range arrivingAtOnce {
				b.Put = append(b.Put, x.corpus.Document(next+i))
			}
			select {
			case <-stop:
				return
			case <-tick.C:
				if err := x.ix.Apply(b); err != nil {
					x.Error(err)
					return
				}
			}
		}
	}()
	var took []time.Duration
	for i, began := 0, time.Now(); time.Since(began) < arrivingFor; i++ {
		r := x.request(i)
		x.words(&r, i%benchQuestions, 1+i%4)
		asked := time.Now()
		x.look(r)
		took = append(took, time.Since(asked))
		time.Sleep(5 * time.Millisecond)
	}
	close(stop)
	<-ended
	n := len(took)
	s := spreadOf(took)
	fmt.Printf("%-28s p50 %6.1f ms, p95 %6.1f ms (%d questions)\n", "while 100 documents/s arrive", s.p50, s.p95, n)
}

func (x *bench) memory() {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	bytes, documents := x.ix.Columns()
	fmt.Printf("memory: heap %d MB; columns %.1f bytes a document\n", m.HeapInuse>>20, float64(bytes)/float64(max(1, documents)))
}
