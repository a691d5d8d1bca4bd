package storytest

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Where sockets are blocked a thread is followed by server-sent events, through the whole portal with its
// deadlines and headers; and where these are too, by asking.
func TestLiveWithoutSockets(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, lena := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "lena")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Sin enchufes", "body": "x"}).Want(201).Thing()
	topic := "thread:" + itoa(thread.ID)
	var begin, then struct {
		Head        int64
		Reset, More bool
		Items       []Message
	}
	somchai.Do("GET", "/live/poll?topic="+topic, nil).Want(200).Into(&begin)
	lena.Do("GET", "/live/poll?topic="+topic, nil).Want(404)
	somchai.Do("GET", "/live/poll", nil).Want(422)

	req, err := http.NewRequest("GET", p.URL+"/api/v1/live/sse?topic="+topic+"&after="+itoa(begin.Head), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+somchai.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Encoding") != "" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Fatalf("the stream is answered %d, %v", res.StatusCode, res.Header)
	}
	heard := make(chan string, 100)
	go func() {
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			heard <- lines.Text()
		}
		close(heard)
	}()
	ana.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": "Oigo."}).Want(201)
	late := time.After(10 * time.Second)
	for told := false; !told; {
		select {
		case row, open := <-heard:
			if !open {
				t.Fatal("the stream has ended")
			}
			told = strings.HasPrefix(row, "data: ") && strings.Contains(row, `"Oigo."`)
		case <-late:
			t.Fatal("the stream tells nothing")
		}
	}
	somchai.Do("GET", "/live/poll?topic="+topic+"&after="+itoa(begin.Head), nil).Want(200).Into(&then)
	if len(then.Items) != 1 || then.Items[0].Data["body"] != "Oigo." || then.Head < then.Items[0].ID || then.Reset || then.More {
		t.Errorf("asked after %d comes %+v", begin.Head, then)
	}
	for _, path := range []string{"/live/poll?topic=%00", "/live/poll?topic=thread:9223372036854775808", "/live/sse?topic=thread:-1", "/live/sse?topic=me&after=%ff"} {
		ana.Do("GET", path, nil).Want(404, 422)
	}
	thread2 := ana.Do("PATCH", "/threads/"+itoa(thread.ID), map[string]any{"handling": "red", "named": []int64{}}).Want(200).Thing()
	somchai.Do("GET", "/live/poll?topic=thread:"+itoa(thread2.ID), nil).Want(404)
}

// Presence is switched off by the API and on the profile's page, and is nobody else's to know.
func TestPresenceIsSwitched(t *testing.T) {
	p := Start(t, nil)
	ana, somchai := p.As(t, "ana"), p.As(t, "somchai")
	on := func() bool {
		var me struct{ Presence *bool }
		ana.Do("GET", "/me", nil).Want(200).Into(&me)
		return me.Presence != nil && *me.Presence
	}
	if !on() {
		t.Error("presence is off at first")
	}
	if a := ana.Do("PATCH", "/me", map[string]any{"presence": false}).Want(200); on() || !strings.Contains(string(a.Body), `"presence":false`) {
		t.Errorf("switched off, it is answered %s", a.Body)
	}
	ana.Do("PATCH", "/me", map[string]any{"bio": "Aduanas"}).Want(200)
	if on() {
		t.Error("another change switches it on")
	}
	if a := somchai.Do("GET", "/members/"+itoa(idOf(t, ana)), nil).Want(200); strings.Contains(string(a.Body), "presence") {
		t.Errorf("others are told of it: %s", a.Body)
	}
	for _, word := range []string{"on", "off"} {
		res, page, err := sendForm(p.URL, "/settings", ana.Token, url.Values{"name": {"Ana"}, "presence": {word}})
		if err != nil || res.StatusCode != http.StatusSeeOther {
			t.Fatalf("the form is answered %v, %v: %.300s", res, err, page)
		}
		if on() != (word == "on") {
			t.Errorf("the form's %q leaves it at %v", word, on())
		}
	}
}
