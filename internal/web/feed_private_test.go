package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/portal"
)

// A private feed tells what is clear and green that its member may see, and nothing else; its address works until
// it is taken away, and stands nowhere in what it tells.
func TestAPrivateFeedTellsOnlyWhatIsGreen(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Press register of the feed")
	set := func(label portal.Handling) {
		_, err := w.db.Raw().ExecContext(ctx, `update practices set handling = $2, named = case when $2 = 'red' then array[(select id from members where email = 'lena@demo.example')] else '{}' end where id = $1`, p.ID, string(label))
		must(t, err)
		_, err = w.db.Raw().ExecContext(ctx, `update threads set handling = $1, named = case when $1 = 'red' then array[(select id from members where email = 'lena@demo.example')] else '{}' end`, string(label))
		must(t, err)
	}
	made := w.send(t, sending{who: lena, path: "/settings/mail/feed", values: values("do", "make"), status: 200}).Body.String()
	address := regexp.MustCompile(`https?://praxis\.test(/feed/[A-Za-z0-9_-]{43})\.atom`).FindStringSubmatch(made)
	if address == nil {
		t.Fatalf("no address is told: %s", made)
	}
	path := address[1] + ".atom"
	lacks(t, w.page(t, lena, "/settings/mail"), address[1])
	for _, label := range []portal.Handling{portal.Clear, portal.Green, portal.Amber, portal.AmberStrict, portal.Red} {
		set(label)
		rec := w.get(t, "", path)
		body := rec.Body.String()
		open := label == portal.Clear || label == portal.Green
		if rec.Code != http.StatusOK || strings.Contains(body, "Press register of the feed") != open || strings.Contains(body, "<entry") && strings.Contains(body, "/t/") != open {
			t.Errorf("under %s it answers %d: %s", label, rec.Code, body)
		}
		if strings.Contains(body, address[1][len("/feed/"):]) {
			t.Error("the feed tells its own address")
		}
		if h := rec.Header(); !strings.HasPrefix(h.Get("Cache-Control"), "private") || h.Get("X-Robots-Tag") != "noindex" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("its headers are %v", h)
		}
	}
	set(portal.Green)
	if other := w.get(t, "", fmt.Sprintf("%s?workspace=%d", path, p.WorkspaceID+1)).Body.String(); strings.Contains(other, "Press register of the feed") {
		t.Error("the feed of another workspace tells of it")
	}
	holds(t, w.get(t, "", fmt.Sprintf("%s?workspace=%d", path, p.WorkspaceID)).Body.String(), "Press register of the feed")
	w.send(t, sending{who: lena, path: "/settings/mail/feed", values: values("do", "end"), status: 303})
	for _, gone := range []string{path, "/feed/x.atom", "/feed/.atom", address[1], path + "?workspace=x"} {
		if rec := w.get(t, "", gone); rec.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", gone, rec.Code)
		}
	}
}
