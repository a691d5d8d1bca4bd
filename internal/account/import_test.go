package account_test

import (
	"log/slog"
	"testing"

	"praxis/internal/account"
	"praxis/internal/postgres/storetest"
)

// A list that is imported again leaves the links alone that were mailed and are still open; who is
// new gets hers, and so does who was written down wrongly.
func TestImportAgainKeepsMailedLinks(t *testing.T) {
	w := newWorld(t)
	w.svc = account.New(w.db, storetest.Vocabulary(t), true, []string{"en"}, slog.New(slog.DiscardHandler))
	list := []account.Invitation{{Email: "ana@example.org", Name: "Ana", Country: "EC"}, {Email: "bo@example.org", Name: "Bo", Country: "AT"}}
	first, err := w.svc.Import(ctx, list, false, false)
	w.must(err)
	list[0].Email, list[1].Name = "Ana@Example.org", "Bo Berg"
	list = append(list, account.Invitation{Email: "cy@example.org", Name: "Cy", Country: "TH"})
	again, err := w.svc.Import(ctx, list, false, false)
	w.must(err)
	for i, r := range again {
		if r.Err != nil || r.Made.ID == 0 {
			t.Errorf("line %d: %+v", i, r)
		}
	}
	if again[0].Made.ID != first[0].Made.ID || again[1].Made.ID == first[1].Made.ID {
		t.Errorf("first %+v, again %+v", first, again)
	}
	mails := 0
	w.must(w.db.Raw().QueryRow(`select count(*) from mails`).Scan(&mails))
	if mails != 4 {
		t.Errorf("%d mails wait, want one of each link: 4", mails)
	}
}
