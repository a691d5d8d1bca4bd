package storytest

import (
	"bufio"
	"net/http"
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
