package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func TestCollectionsByForm(t *testing.T) {
	w := newWorld(t)
	one, two := w.sown(t, "firstone", portal.Clear, portal.Published, false), w.sown(t, "secondone", portal.Amber, portal.Published, false)
	if rec := w.post(t, ana, "/w/1/new-collection", url.Values{"title": {"Mine"}}); rec.Code != http.StatusForbidden {
		t.Errorf("a member makes a list: %d", rec.Code)
	}
	fields := url.Values{"title": {""}, "introduction": {"Read *this*."}, "language": {"en"}, "handling": {"clear"}}
	if rec := w.post(t, moderator, "/w/1/new-collection", fields); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "Read *this*.") {
		t.Errorf("without a title: %d", rec.Code)
	}
	fields.Set("title", "Where to begin")
	edit := w.post(t, moderator, "/w/1/new-collection", fields).Header().Get("Location")
	edit, _, _ = strings.Cut(edit, "?")
	list := strings.TrimSuffix(edit, "/edit")
	send := func(status int, pairs ...string) string {
		t.Helper()
		values := url.Values{"title": {"Where to begin"}, "introduction": {"Read *this*."}, "language": {"en"}, "handling": {"clear"}}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		rec := w.post(t, moderator, edit, values)
		if rec.Code != status {
			t.Fatalf("%v: status %d", pairs, rec.Code)
		}
		return rec.Body.String()
	}
	send(303, "practice", fmt.Sprintf("http://praxis.test/p/%d-title-firstone", one), "practice_note", "Start here.")
	send(303, "practice", fmt.Sprint(two))
	contains(t, send(422, "practice", fmt.Sprint(two)), "in the list already")
	contains(t, send(422, "practice", "nonsense"), "no published practice", "nonsense")
	send(422, "practice", fmt.Sprint(w.sown(t, "redone", portal.Red, portal.Published, false)))
	send(303, "up", fmt.Sprint(two), fmt.Sprintf("note.%d", two), "Then this.")
	contains(t, send(422, "version", "1"), "in the meantime")

	page := w.get(t, moderator, list+"-where-to-begin").Body.String()
	if a, b := strings.Index(page, "secondone"), strings.Index(page, "firstone"); a < 0 || b < a {
		t.Error("the second does not stand before the first")
	}
	contains(t, page, "<em>this</em>", "Then this.", "Start here.", "2 practices")
	outside := w.get(t, visitor, list+"-where-to-begin").Body.String()
	contains(t, outside, "firstone", "1 practice&nbsp;", "/feeds/collections/")
	lacks(t, outside, "secondone", "Then this.")
	contains(t, w.get(t, visitor, "/collections").Body.String(), "Where to begin", "1 practice")
	ws, err := w.f.Workspaces.Get(ctx, w.who(t, moderator), 1)
	must(t, err)
	contains(t, w.get(t, moderator, w.get(t, moderator, "/w/1").Header().Get("Location")).Body.String(), "Where to begin", "new-collection", ws.Name)

	send(303, "handling", "amber")
	for _, path := range []string{list + "-where-to-begin", "/feeds" + strings.Replace(list, "/c/", "/collections/", 1) + ".atom"} {
		if rec := w.get(t, visitor, path); rec.Code != http.StatusNotFound {
			t.Errorf("a visitor at %s of an amber list: %d", path, rec.Code)
		}
	}
	lacks(t, w.get(t, visitor, "/collections").Body.String(), "Where to begin")
	send(303, "drop", fmt.Sprint(one))
	lacks(t, w.get(t, moderator, list+"-where-to-begin").Body.String(), "firstone")
	if rec := w.post(t, ana, list+"/remove", url.Values{}); rec.Code != http.StatusForbidden {
		t.Errorf("a member removes a list: %d", rec.Code)
	}
	if rec := w.post(t, moderator, list+"/remove", url.Values{}); rec.Code != http.StatusSeeOther {
		t.Errorf("removing: %d", rec.Code)
	}
	left, err := w.f.Collections.List(ctx, w.who(t, officer), postgres.CollectionFilter{Page: portal.Page{Limit: 10}})
	if err != nil || len(left) != 1 { // the demonstration's own
		t.Errorf("lists left: %v %v", left, err)
	}
}
