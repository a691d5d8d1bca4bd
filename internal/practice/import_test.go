package practice_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"praxis/internal/portal"
	"praxis/internal/practice"
)

func (w *world) officer() portal.Identity {
	who := w.stranger
	who.Officer = true
	return who
}

func (w *world) imports(file string, asCSV, dry bool) (practice.Imported, []practice.LineProblem) {
	w.Helper()
	done, err := w.svc.Import(ctx, w.officer(), practice.ImportFile{Practices: strings.NewReader(file), CSV: asCSV}, dry)
	w.must(err)
	return done, done.Problems
}

// All or nothing; a trial writes nothing; the same file again changes nothing; a changed line
// updates the practice of its key.
func TestImport(t *testing.T) {
	w := newWorld(t)
	line := func(key, title, results string) string {
		return fmt.Sprintf(`{"key":%q,"workspace":"Room","author":"a@example.org","title":%q,"language":"en","sections":{"results":%q}}`, key, title, results)
	}
	before := w.count()
	bad := strings.Join([]string{line("one", "First", "a"), `{"key":"two","title":""}`, `not json`, line("one", "Twice", "b"), line("three", "Third", "c")}, "\n")
	_, problems := w.imports(bad, false, false)
	if len(problems) != 3 {
		t.Errorf("the problems are %+v", problems)
	}
	if w.count() != before {
		t.Fatal("an import with problems wrote something")
	}
	good := line("one", "First", "a") + "\n\n" + line("two", "Second", "b") + "\n"
	if done, problems := w.imports(good, false, true); done.Made != 2 || len(problems) != 0 || w.count() != before {
		t.Fatalf("a trial made %+v with %+v, and %d practices", done, problems, w.count()-before)
	}
	first, problems := w.imports(good, false, false)
	if first.Made != 2 || len(problems) != 0 || w.count() != before+2 {
		t.Fatalf("it made %+v with %+v", first, problems)
	}
	again, _ := w.imports(line("one", "First", "a")+"\n"+line("two", "Second, changed", "b"), false, false)
	if again.Same != 1 || again.Updated != 1 || again.Made != 0 || again.IDs["two"] != first.IDs["two"] || w.count() != before+2 {
		t.Errorf("the second import did %+v, the first %+v", again, first)
	}
	p, err := w.svc.Get(ctx, w.author, first.IDs["two"])
	w.must(err)
	if p.Title != "Second, changed" || p.Version != 2 || p.Handling != portal.Amber || p.Status != portal.Draft {
		t.Errorf("it is %q, version %d, %s, %s", p.Title, p.Version, p.Handling, p.Status)
	}
	// A draft that its author keeps under such a key is hers alone.
	_, err = w.svc.Create(ctx, w.author, practice.Fields{Title: ptr("Private"), ExternalKey: ptr("mine"), Language: ptr("en")})
	w.must(err)
	if done, problems := w.imports(line("mine", "Taken over", "x"), false, false); len(problems) != 1 || done.Updated != 0 {
		t.Errorf("a private draft is imported over: %+v, %+v", done, problems)
	}
	if _, err := w.svc.Import(ctx, w.author, practice.ImportFile{Practices: strings.NewReader(good)}, false); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("a member imports: %v", err)
	}
}

func ptr(s string) *string { return &s }

func TestImportOfCSV(t *testing.T) {
	w := newWorld(t)
	file := "\ufeffkey,title,workspace,language,year,sectors,sections.results,handling,status\n" +
		"a,\"Strips, by post\",Room,en,2021,health; civil_society,\"Line one\nline two\",green,draft\n" +
		"b,Second,Nowhere,en,soon,,,amber,draft\n"
	_, problems := w.imports(file, true, false)
	if len(problems) == 0 || problems[0].Line != 4 {
		t.Fatalf("the problems are %+v", problems)
	}
	done, problems := w.imports(strings.Join(strings.SplitAfter(file, "\n")[:3], ""), true, false)
	if done.Made != 1 || len(problems) != 0 {
		t.Fatalf("it made %+v with %+v", done, problems)
	}
	var handling, sectors, results string
	w.must(w.db.Raw().QueryRowContext(ctx, `select handling, sectors::text, sections ->> 'results' from practices where id = $1`, done.IDs["a"]).Scan(&handling, &sectors, &results))
	if handling != "green" || sectors != "{civil_society,health}" || results != "Line one\nline two" {
		t.Errorf("it is %s, %s, %q", handling, sectors, results)
	}
}

// FuzzReadImport reads whatever may come as a file: lines and problems, or one answer, and a line never
// tells what is not UTF-8.
func FuzzReadImport(f *testing.F) {
	f.Add("{\"key\":\"a\",\"workspace\":3}", false)
	f.Add("\xff\x00\n[1]\nnull", false)
	f.Add("key,title,year\na,b,c\n", true)
	f.Add("key,title\n\"a", true)
	f.Add("title,key\n\"a\n"+strings.Repeat("word, word\n", 100_000), true)
	f.Fuzz(func(t *testing.T, file string, asCSV bool) {
		lines, problems, err := practice.ReadImport(file, asCSV)
		if err != nil && portal.KindOf(err) == "" {
			t.Errorf("%q: %v is no answer", file, err)
		}
		if err == nil && len(lines)+len(problems) > strings.Count(file, "\n")+strings.Count(file, "\r")+1 {
			t.Errorf("%q has %d lines and %d problems", file, len(lines), len(problems))
		}
		for _, l := range lines {
			if !utf8.ValidString(l.Key+l.Text.Title+l.Text.Summary+l.Workspace) || l.Line < 1 {
				t.Errorf("%q: %+v", file, l)
			}
		}
	})
}

// BenchmarkImport imports a thousand practices at once.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b)
		var file strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&file, `{"key":"k%d","workspace":"Room","handling":"green","title":"Practice %d","language":"en","sections":{"results":%q}}`+"\n",
				i, i, strings.Repeat("Ninety of a hundred came back. ", 50))
		}
		b.StartTimer()
		done, err := w.svc.Import(ctx, w.officer(), practice.ImportFile{Practices: strings.NewReader(file.String())}, false)
		if err != nil || len(done.Problems) > 0 || done.Made != 1000 {
			b.Fatal(err, done)
		}
	}
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "practices/s")
}
