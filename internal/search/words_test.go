package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"praxis/internal/portal"
	"praxis/internal/search"
)

func TestMisspeltWordsAreMended(t *testing.T) {
	w := newWorld(t)
	w.practice(portal.Practice{PracticeText: text("Fentanyl test strips", "Naloxone was carried by police.")}, portal.Published)
	w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Обучение таможенников", Language: "ru"}}, portal.Published)
	w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "مكافحة المخدرات", Language: "ar"}}, portal.Published)
	w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Prevención de sobredosis", Language: "es"}}, portal.Published)
	w.relay()
	for typed, used := range map[string]string{"fentanil": "fentanyl", "fetnanyl": "fentanyl", "naloxoen": "naloxone", "naloxnoe police": "naloxone",
		"таможенникав": "таможенников", "المحدرات": "المخدرات", "sobredosiz": "sobredosis", "strps": "strips"} {
		r := w.find(portal.Viewer{}, search.Query{Text: typed})
		if len(r.Hits) == 0 || len(r.Replaced) != 1 || r.Replaced[0].Used != used {
			t.Errorf("%q: %d hits, replaced %v, want %q", typed, len(r.Hits), r.Replaced, used)
		}
	}
	for _, typed := range []string{"fentanyl", "strip", "zzzzzzzzzz", `"fentanil"`, "+fentanil", "ab"} {
		if r := w.find(portal.Viewer{}, search.Query{Text: typed}); len(r.Replaced) != 0 {
			t.Errorf("%q was replaced: %v", typed, r.Replaced)
		}
	}
}

// TestSecretWordsStaySecret: a word that exists only in what a viewer may not see is neither
// proposed, nor suggested, nor counted, while its readers have all of that.
func TestSecretWordsStaySecret(t *testing.T) {
	w := newWorld(t)
	thread := w.thread(portal.Thread{Title: "Operation Quicksilver", Audience: portal.Audience{Handling: portal.Red, Named: []int64{w.members[3]}}})
	w.post(thread, w.members[1], "The informant is called Zephyrinus.")
	w.practice(portal.Practice{PracticeText: text("Open practice", "Nothing here.")}, portal.Published)
	w.relay()
	strangers := map[string]portal.Viewer{"visitor": {}, "member": w.viewer(2, w.rooms...), "officer": w.viewer(0),
		"moderator": {MemberID: w.members[2], Moderates: w.rooms, Workspaces: w.rooms}}
	for name, v := range strangers {
		for _, q := range []string{"zephyrinos", "zephyrinus", "quicksilwer", "quicksilver", `"operation quicksilver"`} {
			r := w.find(v, search.Query{Text: q})
			if len(r.Hits)+r.Total+len(r.Replaced)+sumOf(r.Facets["kind"]) != 0 {
				t.Errorf("%s learns something of %q: %+v", name, q, r)
			}
		}
		if s, err := w.service.Suggest(ctx, v, "quick", 10); err != nil || len(s) != 0 {
			t.Errorf("%s is told %v, %v", name, s, err)
		}
	}
	for name, v := range map[string]portal.Viewer{"author": w.viewer(1), "named": w.viewer(3)} {
		if r := w.find(v, search.Query{Text: "zephyrinos"}); len(r.Hits) != 1 || len(r.Replaced) != 1 {
			t.Errorf("%s: %d hits, replaced %v", name, len(r.Hits), r.Replaced)
		}
		if s, err := w.service.Suggest(ctx, v, "quick", 10); err != nil || len(s) != 1 {
			t.Errorf("%s is told %v, %v", name, s, err)
		}
	}
	w.relabel(thread, portal.Clear)
	w.relay()
	if r := w.find(portal.Viewer{}, search.Query{Text: "zephyrinos"}); len(r.Hits) != 1 {
		t.Errorf("after the thread was opened: %+v", r)
	}
}

func TestSuggestions(t *testing.T) {
	w := newWorld(t)
	p := w.practice(portal.Practice{PracticeText: text("Précurseurs chimiques", "")}, portal.Published)
	w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "芬太尼前体管制", Language: "zh"}}, portal.Published)
	w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "การป้องกันยาเสพติด", Language: "th"}}, portal.Published)
	w.relay()
	for typed, want := range map[string]string{"prec": "Précurseurs chimiques", "chim": "Précurseurs chimiques", "chimiques préc": "Précurseurs chimiques",
		"芬太": "芬太尼前体管制", "太尼前": "芬太尼前体管制", "ยาเส": "การป้องกันยาเสพติด", "nuñ": "Ana Núñez", "Fentanilo": "Fentanilo y análogos", "p": "", "précx": ""} {
		got, err := w.service.Suggest(ctx, w.viewer(2), typed, 10)
		if err != nil {
			t.Fatal(err)
		}
		has := slices.ContainsFunc(got, func(s search.Suggestion) bool { return s.Text == want })
		if want != "" && !has || want == "" && len(got) != 0 {
			t.Errorf("%q suggests %v, want %q", typed, got, want)
		}
		if typed == "prec" && got[len(got)-1].ID != p {
			t.Errorf("%v", got)
		}
	}
	if got, err := w.service.Suggest(ctx, portal.Viewer{}, "nuñ", 10); err != nil || len(got) != 0 {
		t.Errorf("a visitor is told of members: %v, %v", got, err)
	}
}

func TestNear(t *testing.T) {
	list := []string{"fentanyl", "fentanyls", "naloxone", "police", "policy", "drug", "drugs", "ketamine", "таможня"}
	for typed, want := range map[string][]string{"fentnayl": {"fentanyl", "fentanyls"}, "polise": {"police"}, "drgu": {"drug"}, "ketamin": {"ketamine"},
		"ketamiiine": {"ketamine"}, "кетамин": nil, "таможна": {"таможня"}, "dr": nil, "polcy": {"policy"}} {
		if got := search.Near(list, typed); !slices.Equal(got, want) {
			t.Errorf("near %q are %v, want %v", typed, got, want)
		}
	}
}

// A word is proposed from the moment that it is listed, while the list grows past several merges,
// and queries go on beside.
func TestNearWhileTheListGrows(t *testing.T) {
	list := search.NewWordList()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 40 {
			var words []string
			for i := range 100 {
				words = append(words, fmt.Sprintf("%c%cword%03d", 'a'+n%26, 'a'+i%26, n*100+i))
			}
			list.Add(append(words, fmt.Sprintf("naloxone%c", 'a'+n%20)))
		}
	}()
	list.Add([]string{"precursor"})
	for {
		if got := list.Near("precusror"); len(got) != 1 || got[0] != "precursor" {
			t.Fatalf("near precusror are %v", got)
		}
		select {
		case <-done:
			if got := list.Near("naloxonw"); len(got) == 0 || !strings.HasPrefix(got[0], "naloxone") {
				t.Errorf("near naloxonw are %v", got)
			}
			return
		default:
		}
	}
}

// The passage with most words is found in a text that is made of nothing else, too.
func TestSnippetOfDenseMatches(t *testing.T) {
	text := strings.Repeat("naloxone ", 3000) + "naloxone for police in prison. " + strings.Repeat("police ", 3000)
	got := ""
	for _, p := range search.Snippet("naloxone police prison", text, "en") {
		got += p.Text
	}
	if !strings.Contains(got, "for police in prison") {
		t.Errorf("the snippet is %q", got)
	}
}

func TestParse(t *testing.T) {
	for typed, want := range map[string][3]string{
		`fentanyl strips`:                 {"fentanyl strips", "", ""},
		`"harm reduction" +kit -prison`:   {"", "harm reduction|kit", "prison"},
		`the "war on drugs`:               {"war drugs", "", ""},
		`the`:                             {"the", "", ""},
		`-"two words" a`:                  {"a", "", "two words"},
		`- + "" «phrase here» 4-ANPP`:     {"4 ANPP", "phrase here", ""},
		`title:x^2 fuzzy~ wild* (a AND b`: {"title x 2 fuzzy wild b", "", ""},
		`“合成毒品”`:                          {"", "合成毒品", ""},
	} {
		words, must, mustNot := search.ParseParts(typed)
		var w []string
		for _, x := range words {
			w = append(w, x.Typed)
		}
		join := func(i int) string { return want[i] }
		var m, n []string
		for _, x := range must {
			m = append(m, x.Typed)
		}
		for _, x := range mustNot {
			n = append(n, x.Typed)
		}
		if strings.Join(w, " ") != join(0) || strings.Join(m, "|") != join(1) || strings.Join(n, "|") != join(2) {
			t.Errorf("%s: words %q, must %q, must not %q", typed, w, m, n)
		}
	}
	words, _, _ := search.ParseParts(strings.Repeat("word ", 1000))
	if len(words) != 40 {
		t.Errorf("%d words are looked at, want 40", len(words))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`"a`, `+-"`, `-`, "\xff\"", `«»「`, "+word -word \"a b\" ยา 芬", strings.Repeat(`"`, 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words, must, mustNot := search.ParseParts(s)
		if n := len(words) + len(must) + len(mustNot); n > 40 {
			t.Fatalf("%d words", n)
		}
	})
}

func TestSnippets(t *testing.T) {
	long := strings.Repeat("Filler words stand here without any meaning. ", 40)
	for name, c := range map[string]struct{ query, text, language, want string }{
		"stems":         {"training", "Officers were trained in May.", "en", "Officers were [trained] in May."},
		"the sentence":  {"naloxone", long + "We gave naloxone to them. " + long, "en", "We gave [naloxone] to them."},
		"accents":       {"prevencion", "La Prevención es clave.", "es", "La [Prevención] es clave."},
		"without space": {"ยาเสพติด", "การป้องกันยาเสพติดในโรงเรียน", "th", "การป้องกัน[ยาเสพติด]ในโรงเรียน"},
		"pairs":         {"合成毒品", "识别新型合成毒品的前体", "zh", "识别新型[合成毒品]的前体"},
		"short run":     {"ยา", "การป้องกันยาเสพติด", "th", "การป้องกัน[ยา]เสพติด"},
		"white space":   {"kit", "a \t\t  kit\t is", "en", "a [kit] is"},
	} {
		got := render(search.Snippet(c.query, c.text, c.language))
		if name == "the sentence" {
			if !strings.HasPrefix(got, c.want) || utf8.RuneCountInString(got) > 210 || !strings.HasSuffix(got, "…") {
				t.Errorf("%s: %q", name, got)
			}
		} else if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := search.Snippet("absent", "Nothing is here.", "en"); got != nil {
		t.Errorf("a snippet without a match: %v", got)
	}
}

// FuzzSnippet: whatever the text, a snippet is cut between characters as readers see them, is
// bounded, and holds nothing that the text does not.
func FuzzSnippet(f *testing.F) {
	f.Add("naloxone", strings.Repeat("e\u0301👩‍👩‍👧 naloxone. ", 60), "en")
	f.Add("ยา", strings.Repeat("การป้องกันยาเสพติด", 60), "th")
	f.Add("芬太尼", strings.Repeat("識別新型芬太尼", 90), "zh")
	f.Add("a", "\xff\xfea \x00", "")
	f.Fuzz(func(t *testing.T, query, text, language string) {
		pieces := search.Snippet(query, text, language)
		matched := false
		var whole strings.Builder
		for _, p := range pieces {
			if p.Text == "" || !utf8.ValidString(p.Text) {
				t.Fatalf("piece %q", p.Text)
			}
			matched = matched || p.Match
			whole.WriteString(p.Text)
		}
		if pieces == nil {
			return
		}
		if !matched {
			t.Fatalf("no match in %q", whole.String())
		}
		if !utf8.ValidString(text) {
			return
		}
		clusters := map[string]bool{"…": true, " ": true}
		for g := uniseg.NewGraphemes(text); g.Next(); {
			clusters[g.Str()] = true
		}
		for _, p := range pieces {
			for g := uniseg.NewGraphemes(p.Text); g.Next(); {
				if !clusters[g.Str()] && g.Str()[0] != ' ' { // a line end became a space
					t.Fatalf("%q is no character of the text", g.Str())
				}
			}
		}
	})
}
