package markup_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"praxis/internal/markup"
)

// pathological texts that naive parsers take minutes or gigabytes for.
func pathological() map[string]string {
	const n = 10_000
	rep := strings.Repeat
	return map[string]string{
		"quotes":            rep(">", n) + "a",
		"quotes 64":         rep(rep(">", 60)+"a\n", 1500),
		"quotes spaced":     rep("> ", n) + "a",
		"quotes then lines": rep("> ", 60) + "a\n" + rep("a\n", n),
		"lists":             rep("- ", n) + "a",
		"lists indented":    indented(400),
		"ordered":           rep("1. ", n) + "a",
		"list of empties":   rep("-\n", 50_000),
		"brackets":          rep("[", 50_000),
		"brackets closed":   rep("[", n) + "a" + rep("]", n),
		"link parentheses":  rep("[a](x(y)", 12_000),
		"links in a row":    rep("[a](b)", 16_000),
		"link openers":      rep("[a](", 25_000),
		"link opens angle":  rep("[a](<b", 16_000),
		"images":            rep("![", 50_000),
		"nested images":     rep("![a", n) + rep("](b)", n),
		"nested links":      rep("[a", n) + rep("](b)", n),
		"emphasis strong":   rep("*a **a ", 14_000),
		"emphasis close":    rep("a**", 33_000),
		"emphasis mixed":    rep("a_*", 33_000),
		"emphasis nested":   rep("*", n) + "a" + rep("*", n),
		"emphasis nested 2": rep("_a", n) + rep("a_", n),
		"strike":            rep("~~a ~", 20_000),
		"backticks":         backticks(440),
		"backtick run":      rep("`a", 50_000),
		"references":        rep("[a]: /b\n", 12_000),
		"reference bomb":    "[a]: https://e.example/" + rep("x", 2000) + "\n\n" + rep("[a]", 30_000),
		"long reference":    "[a]: https://e.example/" + rep("x", 50_000) + "\n\n" + rep("[a]", 10_000),
		"table bomb":        rep("|a", n) + "\n" + rep("|-", n) + "\n" + rep("|b\n", n),
		"table pipes":       rep("|", 99_000),
		"table delimiters":  "a\n" + rep("|-|-\n", 19_000),
		"autolinks":         rep("<a:", 33_000),
		"html":              rep("<div a=", 14_000),
		"comments":          rep("<!--", 25_000),
		"urls":              rep("http://", 14_000),
		"www":               rep("www.a", 20_000),
		"emails":            rep("a@", 50_000),
		"emails dotted":     rep("a.", 49_000) + "@",
		"entities":          rep("&a;", 33_000),
		"entity digits":     rep("&#", 50_000),
		"backslashes":       rep("\\", 99_999),
		"fences":            rep("```\n", 24_000),
		"setext":            rep("a\n-\n", 24_000),
		"headings":          rep("# a\n", 24_000),
		"tabs":              rep("\t", 99_000) + "a",
		"blank lines":       rep("\n", 99_000) + "a",
		"rule":              rep("- ", 45_000) + "-",
		"NUL":               rep("\x00", 99_000),
		"combining":         "a" + rep("\u0301", 99_000),
		"directions":        rep("\u202e\u2066", 49_000),
		"invalid":           rep("\xff", 99_000),
		"quoted list":       rep(">- ", 30) + "a\n" + rep(">", 30) + "\n" + rep("> - a\n", n),
		"paragraph":         rep("a\n", 49_000),
		"member links":      rep("[@a](member:1) ", 6600),
	}
}

func indented(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", 2*i%1900) + "- a\n")
	}
	s := b.String()
	return s[:min(len(s), 99_000)]
}

func backticks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("e" + strings.Repeat("`", i))
	}
	return b.String()
}

// maxSlowdown bounds each of them by the time that an honest text of full length
// takes on the same machine: the slowest takes 8 times that, a quadratic step
// would take hundreds.
const maxSlowdown = 60

func honestTime(t *testing.T) time.Duration {
	t.Helper()
	honest := strings.Repeat("Some *words* with [a link](https://e.example/a), and [@Ana](member:12).\n\n- one\n- two\n\n", 1200)
	start := time.Now()
	if _, err := markup.HTML(honest[:markup.MaxRunes], markup.Options{}); err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}

func TestPathologicalInputIsBounded(t *testing.T) {
	honest := max(honestTime(t), honestTime(t))
	for name, input := range pathological() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			out, err := markup.HTML(input, markup.Options{})
			markup.Text(input)
			markup.Mentions("member:" + input[:len(input)-10])
			if excerpt := markup.Excerpt(input, 200); utf8.RuneCountInString(excerpt) > 200 {
				t.Errorf("excerpt of %d runes", utf8.RuneCountInString(excerpt))
			}
			if took := time.Since(start); took > maxSlowdown*honest {
				t.Errorf("took %v, an honest text takes %v", took, honest)
			}
			if err != nil && !errors.Is(err, markup.ErrTooComplex) {
				t.Errorf("unexpected error %v", err)
			}
			if len(out) > 12*len(input)+maxSlack {
				t.Errorf("%d bytes became %d", len(input), len(out))
			}
			checkSafe(t, string(out))
		})
	}
}

// maxSlack allows for the addresses that references repeat.
const maxSlack = 1 << 20
