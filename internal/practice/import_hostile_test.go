package practice_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
)

// Whatever is wrong with a line is said of that line, and the others are judged too.
func TestImportSaysWhatIsWrongWithEachLine(t *testing.T) {
	w := newWorld(t)
	before := w.count()
	const head = "key,workspace,title,language,year,sections.results\n"
	good := func(key string) string { return `{"key":"` + key + `","workspace":"Room","title":"In order"}` }
	_, err := w.svc.Create(ctx, w.author, practice.Fields{Title: ptr("Private"), ExternalKey: ptr("mine"), Language: ptr("en")})
	w.must(err)
	before++
	for _, tt := range []struct {
		name, file string
		csv        bool
		want       string // problems as line:message, a field's by its name
	}{
		{"a mark, and lines ended as in Windows", "\ufeff" + good("a") + "\r\n\r\n" + good("b") + "\r\n", false, ""},
		{"a huge line", good("a") + "\n" + `{"key":"b","title":"` + strings.Repeat("x", 2<<20) + `"}` + "\n" + good("c"), false, "2:import.long_line"},
		{"a huge last line", strings.Repeat("x", 2<<20), false, "1:import.long_line"},
		{"no UTF-8", good("a") + "\n" + `{"key":"b","title":"caf` + "\xe9" + `"}`, false, "2:import.not_utf8"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", false, "1:import.not_utf8 2:import.not_json 3:import.not_json"},
		{"deep", `{"key":"a","x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}\n" + good("b"), false, "1:import.not_json"},
		{"no object", "[1,2]\n7\n\"a\"\nnull", false, "1:import.not_json 2:import.not_json 3:import.not_json 4:key/error.required workspace/error.unknown_value title/error.required"},
		{"other kinds", `{"key":"a","year":"soon"}` + "\n" + `{"key":"b","sections":[]}` + "\n" + `{"key":7}` + "\n" + `{"key":"c","attachments":"a.pdf"}`, false,
			"1:import.wrong_kind 2:import.wrong_kind 3:import.wrong_kind 4:import.wrong_kind"},
		{"NUL", `{"key":"a\u0000","workspace":"Room","title":"A"}` + "\n" + `{"key":"b","workspace":"Room","title":"B\u0000"}` + "\n" +
			`{"key":"c","workspace":"Room","title":"C","author":"x\u0000@example.org"}` + "\n" + `{"key":"d","workspace":"Room","title":"D","sections":{"results":"\u0000"}}` + "\n" +
			`{"key":"e","workspace":"Room","title":"E","references":[{"title":"x","url":"https://example.org/\u0000"}]}`, false,
			"1:key/error.characters 2:title/error.characters 3:author/error.unknown_member 4:sections.results/error.characters 5:references/error.address"},
		{"half a character", `{"key":"a","workspace":"Room","title":"\ud800"}`, false, "1:title/error.characters"},
		{"unknown values", `{"key":"a","workspace":"Cellar","title":"A","country":"ZZ","topics":["magic"],"sections":{"poem":"x"},"language":"!"}`, false,
			"1:workspace/error.unknown_value language/error.language country/error.unknown_value sections.poem/error.unknown_value topics/error.unknown_value"},
		{"a label that names readers", `{"key":"a","workspace":"Room","title":"A","handling":"red"}`, false, "1:handling/import.handling"},
		{"a key twice", good("a") + "\n" + good("b") + "\n" + good(" a "), false, "3:import.twice"},
		{"another's key", `{"key":"mine","workspace":"Room","title":"Taken over","author":"a@example.org"}`, false, "1:import.key_taken"},
		{"files without an archive", `{"key":"a","workspace":"Room","title":"A","attachments":["a.pdf"]}`, false, "1:attachments/import.no_archive"},

		{"CSV of a spreadsheet", "\ufeff" + strings.ReplaceAll(head, "\n", "\r\n") + "a,Room,A,en,,\r\n,,,,,\r\n", true, ""},
		{"rows of another length", head + "a,Room,A,en\nb,Room,B,en,,,,,\nc,Room,C,en,,\n", true, "2:import.cells 3:import.cells"},
		{"quotation marks", head + "a,Room,A \"b\" c,en,,\nb,Room,\"B\" c,en,,\nc,Room,C,en,,\n", true, "2:import.not_csv 3:import.not_csv"},
		{"a mark that does not close", head + "a,Room,A,en,,\nb,Room,\"B,en,,\nc,Room,C,en,,\n", true, "3:import.not_csv"},
		{"one that swallows much", head + "a,Room,A,en,,\nb,Room,\"B" + strings.Repeat("word, word\n", 200_000), true, "3:import.long_row"},
		{"one that swallows much from the first column on", head + "a,Room,A,en,,\"Two\nlines\"\n\"b" + strings.Repeat("word, word\n", 200_000), true, "4:import.long_row"},
		{"one that swallows all but the header", "key,workspace,title\n\"b" + strings.Repeat("word, word\n", 200_000), true, "2:import.long_row"},
		{"names of files", `{"key":"a","workspace":"Room","title":"A","attachments":["` + strings.Repeat("x", 301) + `"]}`, false, "1:attachments/import.no_archive"},
		{"cells that are no UTF-8", head + "a,Room,caf\xe9,en,,\n", true, "2:import.not_utf8"},
		{"no year", head + "a,Room,A,en,soon,\nb,Room,B,en,99999999999999999999,\nc,Room,C,en,-5,\n", true, "2:import.not_number 3:import.not_number 4:year/error.year"},
		{"NUL in cells", head + "a\x00,Room,A,en,,\nb,Room,B,en,,\x00\n", true, "2:key/error.characters 3:sections.results/error.characters"},
	} {
		done, err := w.svc.Import(ctx, w.officer(), practice.ImportFile{Practices: strings.NewReader(tt.file), CSV: tt.csv}, tt.want == "")
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := said(done.Problems); got != tt.want {
			t.Errorf("%s: the problems are %q, want %q", tt.name, got, tt.want)
		}
	}
	if now := w.count(); now != before {
		t.Errorf("%d practices are there, %d were", now, before)
	}
}

// said tells problems as the table has them.
func said(problems []practice.LineProblem) string {
	var all []string
	for _, p := range problems {
		var e *portal.Error
		if !errors.As(p.Err, &e) {
			return p.Err.Error()
		}
		words := []string{e.Message}
		if len(e.Fields) > 0 {
			words = nil
		}
		for _, f := range e.Fields {
			words = append(words, f.Field+"/"+f.Message)
		}
		all = append(all, fmt.Sprint(p.Line, ":", strings.Join(words, " ")))
	}
	return strings.Join(all, " ")
}

func (w *world) count() (n int) {
	w.Helper()
	w.must(w.db.Raw().QueryRowContext(ctx, `select count(*) from practices`).Scan(&n))
	return n
}

// What is wrong with a file as a whole is said of it.
func TestImportRefusesFiles(t *testing.T) {
	w := newWorld(t)
	many := strings.Repeat("x\n", practice.MaxImport+1)
	for _, tt := range []struct {
		name, file string
		csv        bool
		want       string
	}{
		{"too many lines", many, false, "error.too_many"},
		{"too many rows", "key,title\n" + many, true, "error.too_many"},
		{"no header", "", true, "import.no_header"},
		{"a header without a title", "key,workspace\na,Room\n", true, "import.no_header"},
		{"a header that does not close", "key,title,\"x\n", true, "import.no_header"},
		{"unknown columns", "key,tilte,title\na,b,c\n", true, "import.unknown_column"},
		{"a column twice", "key,title,title\na,b,c\n", true, "import.column_twice"},
	} {
		_, err := w.svc.Import(ctx, w.officer(), practice.ImportFile{Practices: strings.NewReader(tt.file), CSV: tt.csv}, true)
		var e *portal.Error
		if !errors.As(err, &e) || e.Message != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	broken := io.NewSectionReader(brokenFile{}, 0, 100)
	if _, err := w.svc.Import(ctx, w.officer(), practice.ImportFile{Practices: broken}, true); !errors.Is(err, errBroken) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

var errBroken = errors.New("the disk is gone")

type brokenFile struct{}

func (brokenFile) ReadAt([]byte, int64) (int, error) { return 0, errBroken }

// Only the first of very many problems are told.
func TestImportTellsTheFirstProblems(t *testing.T) {
	w := newWorld(t)
	done, problems := w.imports(strings.Repeat("x\n", 2000), false, false)
	if len(problems) != 500 || done.More != 1500 || problems[0].Line != 1 {
		t.Errorf("%d are told and %d not", len(problems), done.More)
	}
}

// A file without authors updates what another officer imported; where several have the key, it asks.
func TestImportByAnotherOfficer(t *testing.T) {
	w := newWorld(t)
	line := func(author, title string) string {
		return fmt.Sprintf(`{"key":"one","workspace":"Room","title":%q,"author":%q}`, title, author)
	}
	first, problems := w.imports(line("a@example.org", "First"), false, false)
	if first.Made != 1 || len(problems) > 0 {
		t.Fatalf("it made %+v", first)
	}
	second, problems := w.imports(line("", "Second"), false, false)
	if second.Updated != 1 || len(problems) > 0 || second.IDs["one"] != first.IDs["one"] {
		t.Fatalf("without an author it did %+v", second)
	}
	p, err := w.svc.Get(ctx, w.author, first.IDs["one"])
	w.must(err)
	if p.Title != "Second" || p.AuthorID != w.author.MemberID {
		t.Errorf("it is %q of %d", p.Title, p.AuthorID)
	}
	if other, _ := w.imports(line("b@example.org", "Other"), false, false); other.Made != 1 {
		t.Errorf("another author's made %+v", other)
	}
	if _, problems := w.imports(line("", "Third"), false, false); said(problems) != "1:import.key_of_many" {
		t.Errorf("of two the problems are %s", said(problems))
	}
}

// A published practice is as if it had gone the whole way; each has its row in the audit, and those
// who follow its workspace hear of it.
func TestImportIsRecorded(t *testing.T) {
	w := newWorld(t)
	const line = `{"key":"%d","workspace":"Room","title":"T","summary":"S","organization":"O","sectors":["health"],"status":"%s","sections":{"problem":"A","objectives":"B","target_group":"C","actors":"D","steps":"E","resources":"F","results":"G","barriers":"H","lessons":"I","transferability":"J"}}` + "\n"
	var file strings.Builder
	for n := range 1200 { // more than a batch
		status := "draft"
		if n%2 == 0 {
			status = "published"
		}
		fmt.Fprintf(&file, line, n, status)
	}
	done, problems := w.imports(file.String(), false, false)
	if done.Made != 1200 || len(problems) > 0 {
		t.Fatalf("it made %d with %v", done.Made, said(problems))
	}
	for what, tt := range map[string]struct {
		query string
		want  int
	}{
		"published": {`select count(*) from practices where imported and status = 'published' and published_version = 1 and submitted_version = 1
			and published_at is not null and review_due_at > now()`, 600},
		"drafts":   {`select count(*) from practices where imported and status = 'draft' and published_at is null and submitted_at is null and review_due_at is null`, 600},
		"versions": {`select count(*) from practice_versions v join practices p on p.id = v.practice_id where p.imported and v.content ->> 'title' = 'T'`, 1200},
		"audit":    {`select count(*) from audit where action = 'practice.import' and target_kind = 'practice' and detail ->> 'version' = '1'`, 1200},
		"events": {`select count(*) from events e join audit a on a.id = e.audit_id where e.topic = 'workspace:' || e.workspace_id and e.entity_id = a.target_id
			and e.practice_id = e.entity_id and e.type = 'practice.changed' and a.action = 'practice.import'`, 1200},
		"order": {`select count(*) from (select external_key::int k, lag(external_key::int) over (order by id) before from practices where imported) o where k = before + 1`, 1199},
	} {
		var n int
		w.must(w.db.Raw().QueryRowContext(ctx, tt.query).Scan(&n))
		if n != tt.want {
			t.Errorf("%s: %d, want %d", what, n, tt.want)
		}
	}
	again, problems := w.imports(strings.ReplaceAll(file.String(), `"S"`, `"Another"`), false, false)
	if again.Updated != 1200 || len(problems) > 0 {
		t.Fatalf("the second did %+v", again)
	}
	var versions, kept int
	w.must(w.db.Raw().QueryRowContext(ctx, `select count(*), count(*) filter (where v.content ->> 'summary' = 'Another' and v.status = p.status)
		from practices p join practice_versions v on v.practice_id = p.id and v.version = 2 where p.imported and p.version = 2`).Scan(&versions, &kept))
	if versions != 1200 || kept != 1200 {
		t.Errorf("%d have a second version, %d of them the new text", versions, kept)
	}
}

// awayArchive has no store to put its files into.
type awayArchive struct{}

func (awayArchive) Take(context.Context, portal.Identity, string, bool) (postgres.Attachment, error) {
	return postgres.Attachment{}, portal.Fail(portal.Unavailable, "error.files_away")
}

// Where files cannot be stored at the moment nothing is imported, and it is said.
func TestImportWhileTheStoreIsAway(t *testing.T) {
	w := newWorld(t)
	before := w.count()
	file := practice.ImportFile{Practices: strings.NewReader(`{"key":"a","workspace":"Room","title":"A","attachments":["a.pdf"]}`), Attachments: awayArchive{}}
	if _, err := w.svc.Import(ctx, w.officer(), file, false); portal.KindOf(err) != portal.Unavailable {
		t.Errorf("without a store: %v", err)
	}
	if w.count() != before {
		t.Error("without a store something was imported")
	}
}

// One import at a time: another is told so, and does not wait.
func TestImportsDoNotMeet(t *testing.T) {
	w := newWorld(t)
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.LockImport(ctx); err != nil {
			return err
		}
		_, err := w.svc.Import(ctx, w.officer(), practice.ImportFile{Practices: strings.NewReader("{}")}, true)
		w.want(portal.Conflict, err, "a second import")
		return nil
	}))
}
