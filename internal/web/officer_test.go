package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/account"
	"praxis/internal/portal"
)

func TestInvite(t *testing.T) {
	w := newWorld(t)
	w.sendAll(t, []sending{
		{name: "nothing", who: officer, path: "/invite", values: values(), status: 422, links: []string{"email", "name", "country"}},
		{name: "address", who: officer, path: "/invite", values: values("email", "not an address", "name", "Nia Addo", "country", "GH"), status: 422, links: []string{"email"}, keeps: []string{"not an address", "Nia Addo", `value="GH" selected`}},
		{name: "known address", who: officer, path: "/invite", values: values("email", ana, "name", "Ana", "country", "EC"), status: 422, says: []string{"belongs to a member"}},
		{name: "moderator, no workspace", who: moderator, path: "/invite", values: values("email", "nia@demo.example", "name", "Nia Addo", "country", "GH"), status: 422, links: []string{"workspaces"}},
		{name: "moderator, an officer", who: moderator, path: "/invite", values: values("email", "nia@demo.example", "name", "Nia Addo", "country", "GH", "workspaces", "1", "officer", "1"), status: 403},
	})
	rec := w.post(t, moderator, "/invite", values("email", "nia@demo.example", "name", "Nia Addo", "country", "GH", "workspaces", "1", "locale", "en"))
	link := regexp.MustCompile(`value="http://praxis.test(/invitation/[^"]+)"`).FindStringSubmatch(rec.Body.String())
	if rec.Code != http.StatusOK || link == nil {
		t.Fatalf("status %d, no link", rec.Code)
	}
	holds(t, w.page(t, visitor, link[1]), "Nia Addo")
	body := w.page(t, moderator, "/invite")
	lacks(t, body, link[1])
	holds(t, body, "nia@demo.example")
}

func TestMembersOfAWorkspace(t *testing.T) {
	w := newWorld(t)
	id := w.who(t, "somchai@demo.example").MemberID
	at := fmt.Sprintf("/w/1/members/%d", id)
	holds(t, w.page(t, ana, "/w/1/members"), "Members")
	lacks(t, w.page(t, ana, "/w/1/members"), `name="role"`)
	if rec := w.get(t, karim, "/w/1/members"); rec.Code != http.StatusNotFound {
		t.Errorf("an outsider reads the members: status %d", rec.Code)
	}
	w.sendAll(t, []sending{
		{name: "by a member", who: ana, path: at, values: values("role", "moderator"), status: 403},
		{name: "unknown role", who: moderator, path: at, values: values("role", "king"), status: 422},
		{name: "moderator", who: moderator, path: at, values: values("role", "moderator"), status: 303, to: "/w/1/members?done=member_changed"},
		{name: "taken out", who: moderator, path: at, values: values("role", "none"), status: 303, to: "/w/1/members?done=member_removed"},
	})
	if rec := w.get(t, "somchai@demo.example", "/w/1/members"); rec.Code != http.StatusNotFound {
		t.Errorf("who was taken out reads on: status %d", rec.Code)
	}
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/w/1/members/%d", w.who(t, karim).MemberID), values: values("role", "member"), status: 303})
	w.page(t, karim, "/w/1/members")
}

func TestRoster(t *testing.T) {
	w := newWorld(t)
	holds(t, w.page(t, officer, "/officer"), "167 countries and organizations", "Ecuador")
	found := w.page(t, officer, "/officer?q=ecua")
	holds(t, found, "Ecuador")
	lacks(t, found, ">Estonia<")
	at := "/officer/roster/country/EC"
	w.sendAll(t, []sending{
		{name: "no source", who: officer, path: at, values: values("member", "1"), status: 422, links: []string{"source"}},
		{name: "no such country", who: officer, path: "/officer/roster/country/XX", values: values("source", "x"), status: 404},
		{name: "saved", who: officer, path: at, values: values("source", "Left in 2026, letter of 3 March"), status: 303, to: "/officer?done=saved"},
		{name: "organization", who: officer, path: "/officer/roster/organization/nothing", values: values("source", "x"), status: 404},
	})
	holds(t, w.page(t, officer, at), "Left in 2026")
	lacks(t, w.page(t, officer, at), `value="1" checked`)
}

func TestStanding(t *testing.T) {
	w := newWorld(t)
	id := w.who(t, lena).MemberID
	at := fmt.Sprintf("/officer/members/%d", id)
	own := fmt.Sprintf("/officer/members/%d", w.who(t, officer).MemberID)
	holds(t, w.page(t, officer, "/officer/members?q=lena"), "Lena", at)
	w.sendAll(t, []sending{
		{name: "own role", who: officer, path: own, values: values("country", "US"), status: 422, says: []string{"own role"}},
		{name: "unknown country", who: officer, path: at, values: values("country", "XX"), status: 422, links: []string{"country"}},
		{name: "suspended", who: officer, path: at, values: values("country", "AT", "suspended", "1"), status: 303, to: at + "?done=saved"},
	})
	if rec := w.get(t, lena, "/settings"); rec.Code != http.StatusSeeOther {
		t.Errorf("a suspended member is let in: status %d", rec.Code)
	}
	w.send(t, sending{who: officer, path: at, values: values("country", "AT"), status: 303})
	rec := w.post(t, officer, at+"/reset", values())
	link := regexp.MustCompile(`value="http://praxis.test(/invitation/[^"]+)"`).FindStringSubmatch(rec.Body.String())
	if rec.Code != http.StatusOK || link == nil {
		t.Fatalf("status %d, no link", rec.Code)
	}
	holds(t, w.page(t, visitor, link[1]), "Choose a new password")
	w.send(t, sending{path: link[1], values: values("password", "harbour lantern seventeen"), status: 303, to: "/?done=password"})
}

func TestAudit(t *testing.T) {
	w := newWorld(t)
	w.open(t, ana, "Told in the audit")
	w.settle(t)
	body := w.page(t, officer, "/officer/audit")
	holds(t, body, "opened a thread", "Ana Molina", `href="/t/`)
	lacks(t, body, "Told in the audit", "map[", "handling: amber", "null")
	holds(t, body, "handling: Amber: members of the workspace; version: 1")
	next := regexp.MustCompile(`href="(/officer/audit\?after=\d+)"`).FindStringSubmatch(body)
	if next == nil {
		t.Fatal("there is no next page")
	}
	holds(t, w.page(t, officer, next[1]), "First page")
}

func TestWorkspaceForms(t *testing.T) {
	w := newWorld(t)
	w.sendAll(t, []sending{
		{name: "no name", who: officer, path: "/officer/workspaces/new", values: values("kind", "theme", "access", "open", "description", "For chemists"), status: 422, links: []string{"name"}, keeps: []string{"For chemists"}},
		{name: "unknown access", who: officer, path: "/officer/workspaces/new", values: values("name", "Chemists", "kind", "theme", "access", "secret"), status: 422, links: []string{"access"}, keeps: []string{"Chemists"}},
	})
	rec := w.send(t, sending{who: officer, path: "/officer/workspaces/new", values: values("name", "Chemists", "kind", "theme", "access", "open"), status: 303, to: "/w/"})
	path, _, _ := strings.Cut(rec.Header().Get("Location"), "?")
	at, _, _ := strings.Cut(path, "-")
	version := hidden(t, w.page(t, officer, at+"/edit"), "version")
	w.sendAll(t, []sending{
		{name: "not hers", who: moderator, path: at + "/edit", values: values("name", "Mine"), status: 403},
		{name: "saved", who: officer, path: at + "/edit", values: values("version", version, "name", "Forensic chemists", "kind", "theme", "access", "request"), status: 303, to: at + "-forensic-chemists?done=saved"},
		{name: "stale", who: officer, path: at + "/edit", values: values("version", version, "name", "Other words", "kind", "theme", "access", "request"), status: 422, keeps: []string{"Other words"}},
	})
}

// Open invitations go on over more than one page, each once.
func TestInvitationsHavePages(t *testing.T) {
	w := newWorld(t)
	for i := range portal.DefaultPage + 1 {
		_, err := w.f.Accounts.Invite(ctx, w.who(t, officer), account.Invitation{Email: fmt.Sprintf("guest%d@demo.example", i), Name: "Guest", Country: "GH"})
		must(t, err)
	}
	body := w.page(t, officer, "/invite")
	next := regexp.MustCompile(`href="(/invite\?after=\d+)"`).FindStringSubmatch(body)
	if next == nil {
		t.Fatal("there is no next page")
	}
	lacks(t, body, "guest0@")
	holds(t, body, "guest1@")
	body = w.page(t, officer, next[1])
	holds(t, body, "guest0@", "First page")
	lacks(t, body, "guest1@")
}
