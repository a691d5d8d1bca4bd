package markup_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"praxis/internal/markup"
)

func TestHTML(t *testing.T) {
	const rel = ` rel="nofollow ugc noopener"`
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"paragraph", "a\n\nb", `<p dir="auto">a</p>` + "\n" + `<p dir="auto">b</p>`},
		{"line ends count", "a\nb", `<p dir="auto">a<br>` + "\n" + `b</p>`},
		{"headings shift", "# a\n##### b", `<h3 dir="auto">a</h3>` + "\n" + `<h6 dir="auto">b</h6>`},
		{"inline", "*a* **b** ~~c~~ `d`", `<p dir="auto"><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>`},
		{"list", "- a\n- b", `<ul dir="ltr">` + "\n" + `<li dir="auto">a</li>` + "\n" + `<li dir="auto">b</li>` + "\n</ul>"},
		{"list from 4", "4. a", `<ol start="4" dir="ltr">` + "\n" + `<li dir="auto">a</li>` + "\n</ol>"},
		{"arabic quote", "> مرحبا a", `<blockquote dir="rtl"><p dir="auto">مرحبا a</p>` + "\n</blockquote>"},
		{"quote without letters", "> 12", "<blockquote>\n" + `<p dir="auto">12</p>` + "\n</blockquote>"},
		{"table", "|a|b|c|\n|-|:-:|-:|\n|1|2|3|", `<table dir="ltr">` + "\n<thead>\n<tr>\n" +
			`<th dir="auto">a</th>` + "\n" + `<th class="align-center" dir="auto">b</th>` + "\n" + `<th class="align-end" dir="auto">c</th>` +
			"\n</tr>\n</thead>\n<tbody>\n<tr>\n" +
			`<td dir="auto">1</td>` + "\n" + `<td class="align-center" dir="auto">2</td>` + "\n" + `<td class="align-end" dir="auto">3</td>` +
			"\n</tr>\n</tbody>\n</table>"},
		{"code block", "```go\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"},
		{"raw HTML is text", "<b>x</b> <!-- y -->", `<p dir="auto">&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;</p>`},
		{"script is text", "<script>alert(1)</script>", `<p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</p>`},
		{"link", "[a](https://e.example/?x=1&y=2 \"t\")", `<p dir="auto"><a href="https://e.example/?x=1&amp;y=2"` + rel + `>a</a></p>`},
		{"bare link", "see www.e.example.", `<p dir="auto">see <a href="http://www.e.example"` + rel + `>www.e.example</a>.</p>`},
		{"mail", "a@e.example", `<p dir="auto"><a href="mailto:a@e.example"` + rel + `>a@e.example</a></p>`},
		{"path", "[a](/t/34-x#post-567)", `<p dir="auto"><a href="/t/34-x#post-567">a</a></p>`},
		{"other host", "[a](//e.example) [b](/\\e.example)", `<p dir="auto">a b</p>`},
		{"relative", "[a](b) [c](#d) [e]()", `<p dir="auto">a c e</p>`},
		{"javascript", "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](&#106;avascript:x)", `<p dir="auto">a b c</p>`},
		{"data", "[a](data:text/html,x) <data:text/html,x>", `<p dir="auto">a data:text/html,x</p>`},
		{"image", "![a *b*](https://e.example/i.png)", `<p dir="auto"><a href="https://e.example/i.png"` + rel + `>a <em>b</em></a></p>`},
		{"image in a link", "[![a](https://e.example/i)](https://f.example)", `<p dir="auto"><a href="https://f.example"` + rel + `>a</a></p>`},
		{"image without words", "![](https://e.example/i)", `<p dir="auto"><a href="https://e.example/i"` + rel + `>https://e.example/i</a></p>`},
		{"image to nowhere", "![a](i.png)", `<p dir="auto">a</p>`},
		{"mention", "[@Ana Molina](member:12)", `<p dir="auto"><a href="/m/12" class="mention">@Ana Molina</a></p>`},
		{"objects", "[a](practice:3) [b](thread:4)", `<p dir="auto"><a href="/p/3">a</a> <a href="/t/4">b</a></p>`},
		{"no object", "[a](member:0) [b](member:-1) [c](member:+1) [d](member:9007199254740992) [e](post:1)", `<p dir="auto">a b c d e</p>`},
		{"long address", "[a](https://e.example/" + strings.Repeat("x", 2100) + ")", `<p dir="auto">[a](https://e.example/` + strings.Repeat("x", 2100) + `)</p>`},
		{"invalid UTF-8", "a\xffb", `<p dir="auto">a` + "\uFFFD" + `b</p>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := markup.HTML(tt.in, markup.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(string(got)) != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			checkSafe(t, string(got))
		})
	}
}

func TestHTMLOptionsAndLimits(t *testing.T) {
	got, err := markup.HTML("# a\n\n## b", markup.Options{TopHeading: 4})
	if err != nil || !strings.Contains(string(got), "<h4") || !strings.Contains(string(got), "<h5") {
		t.Errorf("top heading 4: %s, %v", got, err)
	}
	// Runes count, not bytes.
	if _, err := markup.HTML(strings.Repeat("ب", markup.MaxRunes), markup.Options{}); err != nil {
		t.Errorf("longest text: %v", err)
	}
	if _, err := markup.HTML(strings.Repeat("b", markup.MaxRunes+1), markup.Options{}); !errors.Is(err, markup.ErrTooLong) {
		t.Errorf("one rune more: %v", err)
	}
	if _, err := markup.HTML(strings.Repeat("> ", markup.MaxDepth)+"a", markup.Options{}); err != nil {
		t.Errorf("deepest quote: %v", err)
	}
	if _, err := markup.HTML(strings.Repeat("> ", 5*markup.MaxDepth)+"a", markup.Options{}); !errors.Is(err, markup.ErrTooComplex) {
		t.Errorf("too deep a quote: %v", err)
	}
}

func TestMentions(t *testing.T) {
	var many strings.Builder
	for i := range 2 * markup.MaxMentions {
		fmt.Fprintf(&many, "[@x](member:%d) ", i+1)
	}
	for _, tt := range []struct {
		name, in string
		want     []int64
	}{
		{"none", "plain @Ana", nil},
		{"each once", "[@Ana](member:12) [@Lena](member:7) [@Ana](member:12)", []int64{12, 7}},
		{"in a quote", "> [@Ana](member:12)", []int64{12}},
		{"by reference", "[@Ana][a]\n\n[a]: member:12", []int64{12}},
		{"code", "`[@Ana](member:12)`\n\n```\n[@Ana](member:13)\n```\n\n    [@Ana](member:14)", nil},
		{"escaped", `\[@Ana](member:12)`, nil},
		{"other objects", "[a](practice:3) [b](thread:4) [c](member:x)", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := markup.Mentions(tt.in); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if got := markup.Mentions(many.String()); len(got) != markup.MaxMentions || got[0] != 1 {
		t.Errorf("of too many mentions: %v", got)
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"marks", "# Title\n\nSome *em*, **strong**, ~~del~~ and `a*b`.", "Title\nSome em, strong, del and a*b."},
		{"lines", "a\nb  \nc", "a\nb\nc"},
		{"list", "- a\n- b\n  - c\n\nd", "a\nb\nc\nd"},
		{"table", "|a|b|\n|-|-|\n|1|2|", "a b\n1 2"},
		{"links", "[a](https://e.example) <https://f.example> ![b](c)", "a https://f.example b"},
		{"code", "```go\nx := 1\n```\nafter", "x := 1\nafter"},
		{"entities", `a &amp; b \* c &lt;d&gt; &#38;lt; <b>`, "a & b * c <d> &lt; <b>"},
		{"too complex", strings.Repeat(">", 1000), strings.Repeat(">", 1000)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := markup.Text(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestExcerpt(t *testing.T) {
	const family = "👩‍👩‍👧‍👦" // one character of seven code points
	for _, tt := range []struct {
		name, in string
		limit    int
		want     string
	}{
		{"short", "a b", 10, "a b"},
		{"exact", "abcde", 5, "abcde"},
		{"one line", " a\n\n b ", 10, "a b"},
		{"after a sentence", "It worked well. Then it rained for days.", 20, "It worked well."},
		{"sentence too early", "Oh. Then it rained for many days.", 20, "Oh. Then it rained…"},
		{"between words", "Customs officers met in Guayaquil", 20, "Customs officers…"},
		{"comma", "Customs, officers met", 12, "Customs…"},
		{"one long word", "Donaudampfschifffahrt", 8, "Donauda…"},
		{"arabic", "اجتمع ضباط الجمارك في الميناء", 16, "اجتمع ضباط…"},
		{"whole graphemes", family + family + family, 16, family + family + "…"},
		{"no room for one", family + family, 5, "…"},
		{"combining", "cafe\u0301s are open", 5, "caf…"},
		{"zero", "abc", 0, ""},
		{"negative", "abc", -1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := markup.Excerpt(tt.in, tt.limit); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func BenchmarkHTML(b *testing.B) {
	post := strings.Repeat("Some *words* by [@Ana](member:12) on https://e.example/a.\n\n> quoted\n\n- a\n- b\n\n", 8)
	for b.Loop() {
		if _, err := markup.HTML(post, markup.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
