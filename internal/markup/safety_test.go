package markup_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"praxis/internal/markup"
)

// allowed are the elements that may occur, with their attributes.
var allowed = map[string][]string{
	"p": {"dir"}, "h3": {"dir"}, "h4": {"dir"}, "h5": {"dir"}, "h6": {"dir"}, "ul": {"dir"},
	"ol": {"dir", "start"}, "li": {"dir"}, "blockquote": {"dir"}, "pre": nil, "code": nil, "em": nil,
	"strong": nil, "del": nil, "hr": nil, "br": nil, "table": {"dir"}, "thead": nil, "tbody": nil, "tr": nil,
	"th": {"dir", "class"}, "td": {"dir", "class"}, "a": {"href", "rel", "class"},
}

// checkSafe reads a fragment as a browser would and reports everything in it
// that should not be there.
func checkSafe(t *testing.T, fragment string) {
	t.Helper()
	if !utf8.ValidString(fragment) {
		t.Error("output is not UTF-8")
	}
	var open []string
	for z := html.NewTokenizer(strings.NewReader(fragment)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("left open: %v", open)
			}
			return
		case html.StartTagToken:
			token := z.Token()
			checkElement(t, token)
			if token.Data == "a" && slices.Contains(open, "a") {
				t.Error("a link inside a link")
			}
			if token.Data != "br" && token.Data != "hr" {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			name := z.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				t.Errorf("</%s> closes %v", name, open)
				return
			}
			open = open[:len(open)-1]
		case html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken:
			t.Errorf("unexpected token %s", z.Token())
		}
	}
}

func checkElement(t *testing.T, token html.Token) {
	t.Helper()
	attributes, known := allowed[token.Data]
	if !known {
		t.Errorf("element %s", token)
	}
	values := map[string]string{}
	for _, a := range token.Attr {
		if !slices.Contains(attributes, a.Key) {
			t.Errorf("attribute %s of %s", a.Key, token)
		}
		values[a.Key] = a.Val
	}
	href, isLink := values["href"]
	if token.Data != "a" {
		return
	}
	if !isLink {
		t.Errorf("a link without address: %s", token)
	}
	u, err := url.Parse(href)
	switch {
	case err != nil:
		t.Errorf("address %q: %v", href, err)
	case u.Scheme == "":
		if !strings.HasPrefix(href, "/") || strings.HasPrefix(href, "//") || strings.HasPrefix(href, `/\`) {
			t.Errorf("address %q is no path of the portal", href)
		}
	case u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "mailto":
		if values["rel"] != "nofollow ugc noopener" {
			t.Errorf("%s has rel %q", href, values["rel"])
		}
	default:
		t.Errorf("address %q", href)
	}
}

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"# Title\n\ntext *em* **strong** ~~del~~ `code`\nline", "- a\n  - b\n\n1. x\n2. y",
		"> quote\n> > deeper", "| a | b |\n|---|:-:|\n| 1 | [x](y) |", "[@Ana](member:12) ![alt](https://e.example/i.png)",
		"[x](javascript:alert(1))", "<script>alert(1)</script>", "<javascript:alert(1)>", "[a]: <x y> 't'\n\n[a]",
		"[![i](j)](http://k.example)", "[x](//e.example)", "[x](/\\e.example)", "www.e.example a@e.example http://e.example/?a=1&b=2",
		"```js onload=x\n</code>\n```", "&lt;&#x6a;avascript:&colon;", "\x00\xff\u202e", "[x](\x01javascript:alert(1))",
		"[x](https://e.example/\"onmouseover=alert(1))", "[www.a.example](b) [http://a.example](http://b.example)",
		"![[a](http://b.example)](http://c.example)", "[a <http://b.example> c](http://d.example)", "مرحبا\n\n> اقتباس",
	} {
		f.Add(seed)
	}
	for _, seed := range pathological() {
		f.Add(seed[:min(len(seed), 300)])
	}
	f.Fuzz(func(t *testing.T, input string) {
		out, err := markup.HTML(input, markup.Options{})
		if err == nil {
			checkSafe(t, string(out))
		}
		text := markup.Text(input)
		for _, limit := range []int{0, 1, 7, 80} {
			excerpt := markup.Excerpt(text, limit)
			if n := utf8.RuneCountInString(excerpt); n > limit {
				t.Errorf("excerpt of %d runes, at most %d wanted", n, limit)
			}
			if strings.ContainsAny(excerpt, "\r\n") {
				t.Errorf("excerpt %q has lines", excerpt)
			}
		}
		if ids := markup.Mentions(input); len(ids) > markup.MaxMentions {
			t.Errorf("%d mentions", len(ids))
		}
	})
}

func TestLinksLeadWhereTheyWereChecked(t *testing.T) {
	tests := []struct{ markdown, href, rel string }{ // href "": no link is left
		{"[x](/practices/12)", "/practices/12", ""},
		{"[x](//evil.example)", "", ""},
		{"[x](/&sol;evil.example)", "", ""},
		{"[x](/&#47;evil.example)", "", ""},
		{"[x](/&#x2f;evil.example)", "", ""},
		{"![x](/&sol;evil.example)", "", ""},
		{"[x](/&bsol;evil.example)", "", ""},
		{"[x](/&Tab;/evil.example)", "", ""},
		{"[x](/&NewLine;/evil.example)", "", ""},
		{"[x](/&amp;sol;evil.example)", "/&sol;evil.example", ""},
		{"[x](/&amp;amp;sol;evil.example)", "/&amp;sol;evil.example", ""},
		{"[x](/\\&sol;evil.example)", "", ""},
		{"[x](java&#115;cript:alert%281%29)", "", ""},
		{"[x](https&colon;//example.org/?a=1&b=2&amp;c=3)", "https://example.org/?a=1&b=2&c=3", "yes"},
		{"[x](https://example.org/a\\_b)", "https://example.org/a_b", "yes"},
		{"[x](https://example.org/?a=1&copy=2)", "https://example.org/?a=1&copy=2", "yes"},
		{"[x][r]\n\n[r]: /&sol;evil.example", "", ""},
	}
	for _, tt := range tests {
		page, err := markup.HTML(tt.markdown, markup.Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkSafe(t, string(page))
		href, rel := "", ""
		for z := html.NewTokenizer(strings.NewReader(string(page))); z.Next() != html.ErrorToken; {
			for _, a := range z.Token().Attr {
				switch a.Key {
				case "href":
					href = a.Val
				case "rel":
					rel = "yes"
				}
			}
		}
		if href != tt.href || rel != tt.rel {
			t.Errorf("%s leads to %q (rel: %q), want %q (%q)", tt.markdown, href, rel, tt.href, tt.rel)
		}
	}
	if got := markup.Mentions("[Ana](member:1&#50;)"); len(got) != 1 || got[0] != 12 {
		t.Errorf("Mentions = %v, want the member whom the link leads to", got)
	}
}
