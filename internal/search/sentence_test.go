package search_test

import (
	"strings"
	"testing"

	"praxis/internal/search"
)

// A passage ends with a sentence where one ends in its second half, and with a word else.
func TestSnippetEndsWithASentence(t *testing.T) {
	for name, c := range map[string]struct{ query, text, language, ends string }{
		"English": {"naloxone", "We gave naloxone to officers in every patrol car of the district. Nobody was left alone with it, and each had a second dose. " + strings.Repeat("Further words follow in one endless sentence and ", 20), "en", "a second dose.…"},
		"Arabic":  {"النالوكسون", "وزعنا النالوكسون على جميع الدوريات في المنطقة. ولم يترك أحد وحده معه، وكان لكل واحد جرعة ثانية في حقيبته دائما. " + strings.Repeat("وتتوالى الكلمات بلا نهاية ", 30), "ar", "في حقيبته دائما.…"},
		"Chinese": {"纳洛酮", "我们把纳洛酮分发给" + strings.Repeat("所有巡逻人员并进行培训", 10) + "。" + strings.Repeat("后面的词语没有尽头", 40), "zh", "培训。…"},
		"a word":  {"naloxone", "naloxone " + strings.Repeat("and other words ", 40), "en", "…"},
		"early":   {"naloxone", "Take naloxone. " + strings.Repeat("and other words ", 40), "en", "other…"},
	} {
		got := render(search.Snippet(c.query, c.text, c.language))
		if !strings.HasSuffix(strings.ReplaceAll(got, " …", "…"), c.ends) {
			t.Errorf("%s: %q does not end with %q", name, got, c.ends)
		}
	}
}
