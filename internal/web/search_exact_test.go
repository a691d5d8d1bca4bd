package web_test

import (
	"strings"
	"testing"
)

// Where a misspelt word was replaced, one link leads to the same search by the word as it was typed.
func TestMendedSearchCanBeAskedExactly(t *testing.T) {
	w := newWorld(t)
	rec := w.get(t, visitor, "/search?q=naloxnoe&kind=practice")
	body := rec.Body.String()
	holds(t, body, "naloxone")
	const exactly = `/search?exact=1&amp;kind=practice&amp;q=naloxnoe`
	holds(t, body, `href="`+exactly+`"`)
	w.sound(t, rec, "en", "ltr")
	rec = w.get(t, visitor, strings.ReplaceAll(exactly, "&amp;", "&"))
	body = rec.Body.String()
	lacks(t, body, "showing results for")
	lacks(t, body, "exactly what I typed")
	w.sound(t, rec, "en", "ltr")
	lacks(t, w.get(t, visitor, "/search?q=campaign").Body.String(), "exact=1")
}

// Filters that are typed narrow the page as links do.
func TestTypedFilterOnThePage(t *testing.T) {
	w := newWorld(t)
	all := w.get(t, visitor, "/search?q=naloxone").Body.String()
	narrow := w.get(t, visitor, "/search?q=naloxone+idioma:espa%C3%B1ol").Body.String()
	if n, m := strings.Count(all, `class="hit"`), strings.Count(narrow, `class="hit"`); m == 0 || m >= n {
		t.Errorf("%d hits, narrowed %d", n, m)
	}
	lacks(t, narrow, `class="hit" lang="en"`)
}
