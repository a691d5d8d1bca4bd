package web_test

import (
	"fmt"
	"testing"

	"praxis/internal/account"
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
