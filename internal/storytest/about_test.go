package storytest

import (
	"strings"
	"testing"
)

// What hangs on something unseen does not tell of it: not a thread of the practice that it is
// about, not a translation of its original, no list of them, no socket.
func TestWhatIsUnseenIsNotNamed(t *testing.T) {
	p := Start(t, nil)
	ana, lena, visitor := p.As(t, "ana"), p.As(t, "lena"), p.Visitor(t)
	whole := func(title, handling string, original int64) Thing {
		fields := map[string]any{"title": title, "workspace_id": 1, "handling": handling, "summary": "s", "sectors": []string{"customs"},
			"sections": map[string]string{"problem": "a", "steps": "b", "results": "c"}}
		if original != 0 {
			fields["translation_of"], fields["language"] = original, "en"
		}
		made := ana.Do("POST", "/practices", fields).Want(201).Thing()
		ana.Do("POST", "/practices/"+itoa(made.ID)+"/submit", nil).Want(200)
		p.As(t, "moderator").Do("POST", "/practices/"+itoa(made.ID)+"/approve", nil).Want(200)
		return made
	}
	unseen := whole("Unseen", "amber", 0)
	translation := whole("No visto", "clear", unseen.ID)
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "About it", "body": "x", "handling": "clear", "practice_id": unseen.ID}).Want(201).Thing()
	about, of, id := `"practice_id":`+itoa(unseen.ID), `"translation_of":`+itoa(unseen.ID), itoa(unseen.ID)

	for _, who := range []struct {
		*Client
		sees bool
	}{{ana, true}, {p.As(t, "somchai"), true}, {lena, false}, {visitor, false}} {
		for path, told := range map[string]string{
			"/threads/" + itoa(thread.ID): about, "/workspaces/1/threads?limit=100": about, "/workspaces/1/threads?practice=" + id: about,
			"/practices/" + itoa(translation.ID): of, "/practices?limit=100": of, "/practices?translation_of=" + id: of,
		} {
			body := string(who.Do("GET", path, nil).Want(200).Body)
			if strings.Contains(body, told) != who.sees {
				t.Errorf("%s: %s is there: %v", path, told, !who.sees)
			}
			if filtered := strings.Contains(path, "="+id); filtered && strings.Contains(body, `"title"`) != who.sees {
				t.Errorf("%s finds something: %v", path, !who.sees)
			}
		}
		socket := Dial(who.Client)
		socket.send(map[string]any{"op": "subscribe", "topic": "thread:" + itoa(thread.ID)})
		if m := socket.read(); m.Op != "subscribed" {
			t.Fatalf("a socket that subscribes hears %+v", m)
		}
		ana.Do("PATCH", "/threads/"+itoa(thread.ID), map[string]any{"title": "About it"}).Want(200)
		m := socket.read()
		for m.Op != "event" {
			m = socket.read()
		}
		if told := m.Data["practice_id"] != nil; told != who.sees {
			t.Errorf("a socket hears %v", m.Data)
		}
	}
}

// Answers of the API at their edges: problem documents, ETags, what has to be said.
func TestEdgesOfTheAPI(t *testing.T) {
	p := Start(t, nil)
	ana, officer := p.As(t, "ana"), p.As(t, "officer")
	officer.Do("PUT", "/countries/EC", map[string]any{}).Want(422)
	officer.Do("PUT", "/organizations/WCO", map[string]any{"source": "x"}).Want(422)
	version := officer.Do("GET", "/workspaces/1", nil).Want(200).Header.Get("ETag")
	officer.Do("PATCH", "/workspaces/1", map[string]any{"description": "New words."}, "If-Match", version).Want(200)
	officer.Do("PATCH", "/workspaces/1", map[string]any{"description": "Newer."}, "If-Match", version).Want(412)

	draft := ana.Do("POST", "/practices", map[string]any{"title": "Con adjunto"}).Want(201).Thing()
	file := ana.upload("/practices/"+itoa(draft.ID)+"/attachments", "a.pdf", pdf(t)).Want(201).Thing()
	at := "/attachments/" + itoa(file.ID)
	for header, status := range map[string]int{"Range: bytes=99999999-": 200, "Range: bytes=5-2": 200, "Range: bytes=-5": 200, "Range: bytes=1-4": 206,
		"Range: bytes=4-": 206, "Range: lines=1-2": 200, `If-Match: "x"`: 200, "If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT": 200} {
		name, value, _ := strings.Cut(header, ": ")
		if a := ana.Do("GET", at, nil, name, value); a.Status != status {
			t.Errorf("%s answers %d, want %d", header, a.Status, status)
		}
	}
}
