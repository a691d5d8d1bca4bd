package storytest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// The five labels, asked of every door that a program can use: the item itself, lists, search,
// suggestions, counts, sockets.
func TestLabelsHoldAtEveryDoor(t *testing.T) {
	p := Start(t, nil)
	people := map[string]*Client{"officer": p.As(t, "officer"), "moderator": p.As(t, "moderator"), "author": p.As(t, "ana"),
		"same country": joined(t, p), "same workspace": p.As(t, "somchai"), "other workspace": p.As(t, "lena"), "no workspace": p.As(t, "karim"),
		"visitor": p.Visitor(t)}
	named := idOf(t, people["same workspace"])
	sees := map[string]string{
		"clear":        "officer moderator author same country same workspace other workspace no workspace visitor",
		"green":        "officer moderator author same country same workspace other workspace no workspace",
		"amber":        "officer moderator author same country same workspace",
		"amber+strict": "officer moderator author same country",
		"red":          "moderator author same workspace", // named below
	}
	for label, who := range sees {
		word := "zanahoria" + strings.ReplaceAll(label, "+", "")
		fields := map[string]any{"title": "Aviso " + word, "body": "Texto " + word, "handling": label}
		if label == "red" {
			fields["named"] = []int64{named, idOf(t, people["moderator"])}
		}
		thread := people["author"].Do("POST", "/workspaces/1/threads", fields).Want(201).Thing()
		path := "/threads/" + itoa(thread.ID)
		Eventually(t, "the index has "+label, func() bool { return total(people["author"], word) > 0 })
		for name, c := range people {
			want := 404
			if strings.Contains(" "+who+" ", " "+name+" ") {
				want = 200
			}
			for _, at := range []string{path, path + "/posts"} {
				if a := c.Do("GET", at, nil); a.Status != want {
					t.Errorf("%s, %s: GET %s answers %d, want %d", label, name, at, a.Status, want)
				}
			}
			if found := total(c, word) > 0; found != (want == 200) {
				t.Errorf("%s, %s: the search finds it: %v", label, name, found)
			}
			suggested := strings.Contains(string(c.Do("GET", "/search/suggest?q="+word[:12], nil).Want(200).Body), word)
			if suggested && want != 200 {
				t.Errorf("%s, %s: it is suggested", label, name)
			}
			listed := strings.Contains(string(c.Do("GET", "/workspaces/1/threads?limit=100", nil).Want(200).Body), word)
			if listed != (want == 200) {
				t.Errorf("%s, %s: it is listed: %v", label, name, listed)
			}
			socket := Dial(c)
			socket.send(map[string]any{"op": "subscribe", "topic": "thread:" + itoa(thread.ID)})
			if m := socket.read(); (m.Op == "subscribed") != (want == 200) {
				t.Errorf("%s, %s: a socket that subscribes hears %+v", label, name, m)
			}
			socket.conn.Close()
		}
	}
}

// joined invites somebody from Ecuador into Ana's workspace and signs her in.
func joined(t *testing.T, p *Portal) *Client {
	t.Helper()
	moderator := p.As(t, "moderator")
	var made struct{ Link string }
	moderator.Do("POST", "/invitations", map[string]any{"email": "rosa@demo.example", "name": "Rosa", "country": "EC", "workspaces": []int64{1}}).Want(201).Into(&made)
	token := made.Link[strings.LastIndex(made.Link, "/")+1:]
	visitor := p.Visitor(t)
	visitor.Do("GET", "/invitations/"+token, nil).Want(200)
	visitor.Do("POST", "/invitations/"+token+"/accept", map[string]string{"password": "ocean lamp wooden spoon"}).Want(201)
	var answer struct{ Token string }
	visitor.Do("POST", "/sessions", map[string]string{"email": "rosa@demo.example", "password": "ocean lamp wooden spoon"}).Want(201).Into(&answer)
	return &Client{T: t, URL: p.URL, Token: answer.Token, check: document(t)}
}

func idOf(t *testing.T, c *Client) int64 {
	t.Helper()
	return c.Do("GET", "/me", nil).Want(200).Thing().ID
}

func total(c *Client, q string) int {
	c.T.Helper()
	var found struct{ Total int }
	c.Do("GET", "/search?q="+q, nil).Want(200).Into(&found)
	return found.Total
}

func TestFlagsAndDecisions(t *testing.T) {
	p := Start(t, nil)
	moderator, ana, somchai := p.As(t, "moderator"), p.As(t, "ana"), p.As(t, "somchai")
	watching := Dial(moderator)
	watching.subscribe("moderation", 0)
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Precios", "body": "Los precios de esta semana."}).Want(201).Thing()
	post := ana.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": "Lo vende un tal Pérez."}).Want(201).Thing()
	flag := map[string]any{"target": map[string]any{"kind": "post", "id": post.ID}, "reason": "names_a_person", "note": "A name."}
	somchai.Do("POST", "/flags", flag).Want(201)
	somchai.Do("POST", "/flags", flag).Want(201) // the same again changes nothing
	opened := watching.until("event", "moderation")
	if opened.Type != "case.opened" {
		t.Errorf("the moderators' topic says %+v", opened)
	}
	var queue struct {
		Items []struct {
			ID     int64
			Target struct{ ID int64 }
			Kind   string
		}
	}
	moderator.Do("GET", "/moderation/queue?limit=100", nil).Want(200).Into(&queue)
	var caseID int64
	for _, k := range queue.Items {
		if k.Kind == "flag" && k.Target.ID == post.ID {
			if caseID != 0 {
				t.Error("two flags on one post made two cases")
			}
			caseID = k.ID
		}
	}
	actions := "/moderation/cases/" + itoa(caseID) + "/actions"
	somchai.Do("POST", actions, map[string]any{"action": "hide"}).Want(403)
	moderator.Do("POST", actions, map[string]any{"action": "approve"}).Want(422)
	moderator.Do("POST", actions, map[string]any{"action": "escalate", "note": "Is this a public figure?"}).Want(201)
	moderator.Do("POST", actions, map[string]any{"action": "hide", "note": "Names a person."}).Want(201)
	for who, want := range map[*Client]string{somchai: "", ana: "Lo vende un tal Pérez.", moderator: "Lo vende un tal Pérez."} {
		if got := who.Do("GET", "/posts/"+itoa(post.ID), nil).Want(200).Thing(); got.Body != want {
			t.Errorf("the hidden post reads %q, want %q", got.Body, want)
		}
	}
	Eventually(t, "the flagger and the author are told", func() bool {
		return strings.Contains(string(somchai.Do("GET", "/notifications", nil).Body), "flag_hide") &&
			strings.Contains(string(ana.Do("GET", "/notifications", nil).Body), `"hidden"`)
	})

	// A moderator's own thing: she decides over others', and still does not learn who flagged hers.
	hers := moderator.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Mine", "body": "My own words."}).Want(201).Thing()
	somchai.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": "thread", "id": hers.ID}, "reason": "other", "note": "In confidence."}).Want(201)
	own := "/moderation/cases/" + itoa(findCase(t, moderator, "flag", "thread", hers.ID))
	officer := p.As(t, "officer")
	if a := string(officer.Do("GET", own, nil).Want(200).Body); !strings.Contains(a, "In confidence.") || !strings.Contains(a, "Somchai") {
		t.Errorf("the officer reads %s", a)
	}
	if a := string(moderator.Do("GET", own, nil).Want(200).Body); strings.Contains(a, "In confidence.") || strings.Contains(a, "Somchai") {
		t.Errorf("the author of what was flagged reads %s", a)
	}

	// A wrong label, mended by the moderator: it acts at once on a reader's open socket.
	lena := p.As(t, "lena")
	green := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Rutas", "body": "Rutas nuevas.", "handling": "green"}).Want(201).Thing()
	reading := Dial(lena)
	reading.subscribe("thread:"+itoa(green.ID), 0)
	somchai.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": "thread", "id": green.ID}, "reason": "wrong_handling"}).Want(201)
	relabel := findCase(t, moderator, "flag", "thread", green.ID)
	moderator.Do("POST", "/moderation/cases/"+itoa(relabel)+"/actions", map[string]any{"action": "relabel", "handling": "amber"}).Want(201)
	reading.until("revoked", "thread:"+itoa(green.ID))
	lena.Do("GET", "/threads/"+itoa(green.ID), nil).Want(404)
}

func TestMembershipActsAtOnce(t *testing.T) {
	p := Start(t, nil)
	officer, karim, moderator := p.As(t, "officer"), p.As(t, "karim"), p.As(t, "moderator")
	me := idOf(t, karim)
	karim.Do("POST", "/workspaces/4/join", nil).Want(200) // open
	karim.Do("POST", "/workspaces/5/join", nil).Want(202) // on request
	karim.Do("POST", "/workspaces/5/join", nil).Want(202)
	officer.Do("GET", "/workspaces/5/requests", nil).Want(200)
	officer.Do("PUT", "/workspaces/5/members/"+itoa(me), map[string]string{"role": "member"}).Want(200)
	thread := karim.Do("POST", "/workspaces/5/threads", map[string]any{"title": "سؤال", "body": "مرحبا"}).Want(201).Thing()
	lena := p.As(t, "lena")
	lena.Do("GET", "/threads/"+itoa(thread.ID), nil).Want(404)
	socket := Dial(karim)
	socket.subscribe("workspace:5", 0)
	other := officer.Do("POST", "/workspaces/5/threads", map[string]any{"title": "Another", "body": "x"}).Want(201).Thing()
	e := socket.until("event", "workspace:5")
	if int64(e.Data["id"].(float64)) == thread.ID { // it had not been told yet when she subscribed
		e = socket.until("event", "workspace:5")
	}
	if e.Type != "thread.created" || int64(e.Data["id"].(float64)) != other.ID {
		t.Errorf("the workspace's topic says %+v", e)
	}
	socket.subscribe("thread:"+itoa(other.ID), 0)
	moderator.Do("DELETE", "/workspaces/5/members/"+itoa(me), nil).Want(403) // not hers to moderate
	officer.Do("DELETE", "/workspaces/5/members/"+itoa(me), nil).Want(204)
	socket.until("revoked", "")
	karim.Do("GET", "/threads/"+itoa(other.ID), nil).Want(404)
	// A thread that she opened is the workspace's: others' words are in it.
	karim.Do("GET", "/threads/"+itoa(thread.ID), nil).Want(404)
}

func TestSessionsAndTokens(t *testing.T) {
	p := Start(t, nil)
	phone, desk, officer := p.As(t, "lena"), p.As(t, "lena"), p.As(t, "officer")
	var sessions struct {
		Items []struct {
			ID      int64
			Current bool
		}
	}
	desk.Do("GET", "/sessions", nil).Want(200).Into(&sessions)
	if len(sessions.Items) != 2 {
		t.Fatalf("lena has %d sessions, want 2", len(sessions.Items))
	}
	socket := Dial(phone)
	socket.subscribe("me", 0)
	for _, s := range sessions.Items {
		if !s.Current {
			desk.Do("DELETE", "/sessions/"+itoa(s.ID), nil).Want(204)
		}
	}
	phone.Do("GET", "/me", nil).Want(401)
	if _, _, err := socket.conn.ReadMessage(); !websocket.IsCloseError(err, 1008, 4401) {
		t.Errorf("the socket of a session that ended says %v", err)
	}

	var made struct {
		ID    int64
		Token string
	}
	desk.Do("POST", "/tokens", map[string]any{"name": "reader", "scopes": []string{"read"}, "expires_in_days": 7}).Want(201).Into(&made)
	reader := &Client{T: t, URL: p.URL, Token: made.Token, check: document(t)}
	reader.Do("GET", "/me", nil).Want(200)
	reader.Do("POST", "/practices", map[string]string{"title": "x"}).Want(403)
	reader.Do("POST", "/tokens", map[string]any{"name": "another"}).Want(403)
	if listed := desk.Do("GET", "/tokens", nil).Want(200); strings.Contains(string(listed.Body), made.Token) {
		t.Error("a token is told a second time")
	}
	desk.Do("DELETE", "/tokens/"+itoa(made.ID), nil).Want(204)
	reader.Do("GET", "/me", nil).Want(401)

	desk.Do("POST", "/me/password", map[string]string{"current": "praxis-demo", "password": "lena hofer"}).Want(422)
	third := p.As(t, "lena")
	desk.Do("POST", "/me/password", map[string]string{"current": "praxis-demo", "password": "eleven quiet lakes"}).Want(204)
	third.Do("GET", "/me", nil).Want(401)
	desk.Do("GET", "/me", nil).Want(200)

	lena := idOf(t, desk)
	officer.Do("PATCH", "/members/"+itoa(lena), map[string]bool{"suspended": true}).Want(200)
	desk.Do("GET", "/me", nil).Want(401)
	p.Visitor(t).Do("POST", "/sessions", map[string]string{"email": "lena@demo.example", "password": "eleven quiet lakes"}).Want(401)
	officer.Do("PATCH", "/members/"+itoa(lena), map[string]bool{"suspended": false}).Want(200)
	desk.Do("GET", "/me", nil).Want(401) // old sessions do not wake up
}

func TestProfilesShowWhatTheirOwnersShare(t *testing.T) {
	p := Start(t, nil)
	ana, somchai := p.As(t, "ana"), p.As(t, "somchai")
	path := "/members/" + itoa(idOf(t, ana))
	if body := string(somchai.Do("GET", path, nil).Want(200).Body); strings.Contains(body, "ana@demo.example") || !strings.Contains(body, "contenedores") {
		t.Errorf("ana shows %s", body)
	}
	ana.Do("PATCH", "/me", map[string]any{"sharing": map[string]bool{"email": true}, "expertise": "Contenedores zarapitos"}).Want(200)
	if body := string(somchai.Do("GET", path, nil).Want(200).Body); !strings.Contains(body, "ana@demo.example") || strings.Contains(body, "zarapitos") {
		t.Errorf("ana shares her address alone and shows %s", body)
	}
	if body := string(somchai.Do("GET", "/members?q=zarapitos", nil).Want(200).Body); strings.Contains(body, "Ana") {
		t.Error("what she keeps to herself finds her")
	}
	Eventually(t, "nor does the search", func() bool { return total(somchai, "zarapitos") == 0 })
}

func TestListsPageToTheirEnd(t *testing.T) {
	p := Start(t, nil)
	somchai := p.As(t, "somchai")
	for _, path := range []string{"/practices?", "/workspaces/1/threads?", "/threads/1/posts?", "/members?", "/search?q=naloxone&", "/workspaces/1/members?"} {
		whole := walk(t, somchai, path+"limit=100")
		pieces := walk(t, somchai, path+"limit=3")
		if len(whole) < 4 || fmt.Sprint(whole) != fmt.Sprint(pieces) {
			t.Errorf("%s: in pages of 100 %v, in pages of 3 %v", path, whole, pieces)
		}
	}
}

func walk(t *testing.T, c *Client, path string) (ids []string) {
	t.Helper()
	for next := ""; ; {
		var page struct {
			Items []struct {
				Kind   string
				ID     int64
				Member struct{ ID int64 }
			}
			Next *string
		}
		c.Do("GET", path+"&after="+next, nil).Want(200).Into(&page)
		for _, i := range page.Items {
			ids = append(ids, i.Kind+itoa(i.ID+i.Member.ID))
		}
		if page.Next == nil || len(ids) > 500 {
			return ids
		}
		next = *page.Next
	}
}
