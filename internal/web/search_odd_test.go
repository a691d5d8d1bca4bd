package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Whatever is typed is answered by a whole page, never by an error, and never runs as markup.
func TestOddQuestionsAreAnswered(t *testing.T) {
	w := newWorld(t)
	for name, typed := range map[string]string{
		"only a minus": "-", "minuses": "- -- -+ +", "only unwanted": "-naloxone", "only small words": "the of and", "only marks": `"" «» '' (){}[]^~*?\`,
		"pictures": "💊🧪👩‍⚕️", "right to left marks": "\u202enaloxone\u202c \u200f\u2067", "a nul": "nalo\x00xone", "not UTF-8": "nalox\xffone \xc3", "a pattern": `.*(a+)+$ /x{1,9999}/`,
		"bleve's own": `title:naloxone^5 AND body:(a OR b) _exists_:x >=2020 nal*`, "typed filters": "country: lang: kind:: author:me :EC país:zz tipo:hilo", "open marks": `"naloxone +"kit «`,
		"markup": `<script>alert(1)</script> "><img src=x>`, "Lao, Khmer, Burmese": "ຢາ ញៀន ဆေး", "one letter": "a", "a long word": strings.Repeat("x", 400), "a hundred kilobytes": strings.Repeat("naloxone ", 11_000),
		"accents alone": "\u0301\u0301\u0301 e\u0301", "half width": "ﾄﾞﾗｯｸﾞ",
	} {
		t.Run(name, func(t *testing.T) {
			rec := w.get(t, visitor, "/search?q="+url.QueryEscape(typed))
			if rec.Code != http.StatusOK {
				t.Fatalf("%d", rec.Code)
			}
			lacks(t, rec.Body.String(), "<img src=x")
			lacks(t, rec.Body.String(), "<script>alert")
			w.sound(t, rec, "en", "ltr")
		})
	}
	if body := w.get(t, visitor, "/search?q=-naloxone&kind=practice").Body.String(); !strings.Contains(body, `class="hit"`) {
		t.Error("all but one word finds nothing")
	}
}
