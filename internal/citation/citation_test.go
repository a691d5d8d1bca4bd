package citation_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"praxis/internal/citation"
)

func work(title, author string) citation.Work {
	return citation.Work{Key: "praxis-12", Title: title, Summary: title, Authors: []string{author, "Ana Ruiz"}, Publisher: "Praxis", Language: "es",
		Version: "3", Place: "Ecuador", URL: "https://praxis.example/p/12", Keywords: []string{"naloxone", title},
		Published: time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC), Changed: time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)}
}

var hostile = []string{
	"Naloxone & more: 100% of $5 #1 a_b ~x^2",
	`}} @misc{evil, title = {gotcha`,
	`\input{/etc/passwd} \\ {`,
	"two\nlines\r\nTY  - BOOK\r\nER  - \r\n",
	"line\u2028ER  - \u2029\u0085end\x0b\x0c",
	`"quoted", </script><script>alert(1)</script>`,
	"العنوان \u202eevil",
	"\xff\xfe broken",
	"",
}

// oneBibTeX tells whether a text is one entry, its braces in balance, that ends with its last character.
func oneBibTeX(t *testing.T, text string) {
	t.Helper()
	depth, closed := 0, false
	for _, r := range strings.TrimSuffix(text, "\n") {
		if closed {
			t.Fatalf("something follows the entry:\n%s", text)
		}
		switch r {
		case '{':
			depth++
		case '}':
			depth--
			closed = depth == 0
		}
	}
	if !closed {
		t.Fatalf("the braces are out of balance:\n%s", text)
	}
}

var risLine = regexp.MustCompile(`^[A-Z][A-Z0-9]  - .*$`)

func oneRIS(t *testing.T, text string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
	for i, l := range lines {
		if !risLine.MatchString(l) || strings.ContainsAny(l, "\r\n\u0085\u2028\u2029\v\f") {
			t.Fatalf("line %d is no field: %q", i, l)
		}
		if first, last := strings.HasPrefix(l, "TY  - "), strings.HasPrefix(l, "ER  - "); first != (i == 0) || last != (i == len(lines)-1) {
			t.Fatalf("line %d begins or ends a reference: %q", i, l)
		}
	}
}

func oneCSL(t *testing.T, w citation.Work) {
	t.Helper()
	text, err := w.CSL()
	if err != nil {
		t.Fatal(err)
	}
	var items []map[string]any
	if err := json.Unmarshal(text, &items); err != nil || len(items) != 1 || items[0]["type"] != "webpage" || items[0]["id"] != "praxis-12" {
		t.Fatalf("the CSL is %s: %v", text, err)
	}
}

// Whatever a title holds, there is one entry and no field that nobody wrote.
func TestHostileTitles(t *testing.T) {
	for _, title := range hostile {
		w := work(title, title)
		oneBibTeX(t, string(w.BibTeX()))
		oneRIS(t, string(w.RIS()))
		oneCSL(t, w)
	}
}

func TestBibTeX(t *testing.T) {
	got := string(work(`50% of {labs} & \ports_1`, "Zoë and Sons").BibTeX())
	for _, want := range []string{"@misc{praxis-12,", `title = {{50\% of \textbraceleft{}labs\textbraceright{} \& \textbackslash{}ports\_1}}`,
		"author = {{Zoë and Sons} and {Ana Ruiz}}", "year = {2026}", "month = {03}", "url = {https://praxis.example/p/12}", "version = {3}"} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
}

func TestRIS(t *testing.T) {
	got := string(work("Registro\nde prensas", "Ana *Ruiz").RIS())
	for _, want := range []string{"TY  - ELEC\r\n", "AU  - Ana Ruiz\r\n", "TI  - Registro de prensas\r\n", "PY  - 2026\r\n", "DA  - 2026/03/09\r\n",
		"UR  - https://praxis.example/p/12\r\n", "LA  - es\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
}

func TestSchema(t *testing.T) {
	text, err := json.Marshal(work("Registro", "Ana").Schema())
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"@context": "https://schema.org", "@type": "Article", "headline": "Registro", "inLanguage": "es",
		"datePublished": "2026-03-09T08:00:00Z", "isAccessibleForFree": true} {
		if got[key] != want {
			t.Errorf("%s is %v, not %v", key, got[key], want)
		}
	}
	if authors, _ := got["author"].([]any); len(authors) != 2 {
		t.Errorf("the authors are %v", got["author"])
	}
}

func FuzzCitation(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, title, author string) {
		w := work(title, author)
		oneBibTeX(t, string(w.BibTeX()))
		oneRIS(t, string(w.RIS()))
		oneCSL(t, w)
	})
}
