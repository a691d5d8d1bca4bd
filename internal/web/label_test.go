package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/account"
	"praxis/internal/i18n"
)

// Readers are named by name, number or address of a profile, several at once; who cannot be found,
// or not alone, is told by the words that were typed.
func TestReadersAreNamedTogether(t *testing.T) {
	w := newWorld(t)
	karimID, lenaID := w.who(t, karim).MemberID, w.who(t, lena).MemberID
	red := func(named string) sending {
		return sending{who: ana, path: "/w/1/new-thread", status: 303, to: "/t/",
			values: values("once", named, "title", "For a few", "body", "Only for you.", "language", "en", "handling", "red", "named_more", named)}
	}
	rec := w.send(t, red("SOMCHAI kittisak, #"+fmt.Sprint(karimID)+"؛ http://praxis.test/m/"+fmt.Sprint(lenaID)+" ,, "+fmt.Sprint(lenaID)))
	path := rec.Header().Get("Location")
	for who, status := range map[string]int{"somchai@demo.example": 200, karim: 200, lena: 200, moderator: 404} {
		if rec := w.get(t, who, path); rec.Code != status {
			t.Errorf("%s reads the thread with %d, want %d", who, rec.Code, status)
		}
	}
	name := "Somchai Kittisak"
	_, err := w.f.Accounts.UpdateMe(ctx, w.who(t, lena), account.Profile{Name: &name})
	must(t, err)
	wrong := red("somchai kittisak, Nobody Atall, #999999, karim")
	wrong.status, wrong.to, wrong.links = 422, "", []string{"named_more"}
	wrong.says = []string{"“somchai kittisak”", "“Nobody Atall”", "“#999999”", "“karim”"}
	wrong.path += "?lang=en"
	w.send(t, wrong)
}

// Where a label is chosen its readers are counted and named by country, those that are most first; whom
// another workspace would reach nobody outside is told.
func TestReadersAreNamedByCountry(t *testing.T) {
	w := newWorld(t)
	var first string
	var members, countries int
	must(t, w.db.Raw().QueryRowContext(ctx, `select country, count(*) from members where not suspended group by country order by 2 desc, 1 limit 1`).Scan(&first, &members))
	must(t, w.db.Raw().QueryRowContext(ctx, `select count(distinct country) from members where not suspended`).Scan(&countries))
	l := look.catalogues.Localizer(i18n.Base)
	said := fmt.Sprintf("(%s %d, ", l.Country(first), members)
	body := w.page(t, ana, "/w/1/new-thread")
	holds(t, body, said, fmt.Sprintf("and %d more countries)", countries-3))
	counts := w.get(t, ana, "/write/readers?workspace=1").Body.String()
	var told map[string]string
	must(t, json.Unmarshal([]byte(counts), &told))
	for _, label := range []string{"green", "amber", "amber+strict"} {
		if !strings.Contains(told[label], "(") {
			t.Errorf("%s: %q names no country", label, told[label])
		}
	}
	if rec := w.get(t, lena, "/write/readers?workspace=1"); rec.Code != http.StatusNotFound {
		t.Errorf("one who is not in the workspace: %d %s", rec.Code, rec.Body)
	}
}
