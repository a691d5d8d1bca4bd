package storytest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

type kept struct {
	Body    string
	ReplyTo *int64 `json:"reply_to"`
}

// What a member writes in a thread waits for her other devices, for nobody else, and goes when she sends it.
func TestDraftsWait(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, lena := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "lena")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Borradores", "body": "¿Quién tiene tiras?"}).Want(201).Thing()
	path := "/threads/" + itoa(thread.ID)
	empty := func(c *Client) {
		t.Helper()
		d := kept{Body: "none"}
		if c.Do("GET", path+"/draft", nil).Want(200).Into(&d); d.Body != "" {
			t.Errorf("there is a draft: %+v", d)
		}
	}
	empty(ana)
	ana.Do("PUT", path+"/draft", map[string]any{"body": "En Guayaquil"}).Want(204)
	ana.Do("PUT", path+"/draft", map[string]any{"body": "En Guayaquil y Manta", "language": "es"}).Want(204)
	var d kept
	if p.As(t, "ana").Do("GET", path+"/draft", nil).Want(200).Into(&d); d.Body != "En Guayaquil y Manta" {
		t.Errorf("another device finds %+v", d)
	}
	empty(somchai)
	lena.Do("PUT", path+"/draft", map[string]any{"body": "she does not see the thread"}).Want(404)
	p.Visitor(t).Do("GET", path+"/draft", nil).Want(401)
	ana.Do("PUT", path+"/draft", map[string]any{"body": strings.Repeat("á", 20_001)}).Want(422)
	somchai.Do("POST", path+"/posts", map[string]any{"body": "Bangkok has some."}).Want(201)
	ana.Do("GET", path+"/draft", nil).Want(200) // another's post takes nothing of hers away
	ana.Do("POST", path+"/posts", map[string]any{"body": "En Guayaquil, Manta y Quito"}).Want(201)
	empty(ana)
	ana.Do("PUT", path+"/draft", map[string]any{"body": "again"}).Want(204)
	ana.Do("DELETE", path+"/draft", nil).Want(204)
	empty(ana)
}

func (c *Client) files(path string) (names string) {
	c.T.Helper()
	var list struct{ Items []struct{ Name string } }
	c.Do("GET", path, nil).Want(200).Into(&list)
	for _, f := range list.Items {
		names += f.Name + " "
	}
	return names
}

// A file waits for its uploader alone until she sends it with a post; then whoever sees the post gets it, and
// nobody when the post is hidden, deleted or out of her sight.
func TestFilesOfPosts(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, lena, moderator := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "lena"), p.As(t, "moderator")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Fotos del puerto", "body": "Van aquí."}).Want(201).Thing()
	path := "/threads/" + itoa(thread.ID)
	file := ana.upload(path+"/attachments", "puertos.txt", []byte("Guayaquil, Callao, Manta\n")).Want(201).Thing()
	if again := ana.upload(path+"/attachments", "puertos.txt", []byte("Guayaquil, Callao, Manta\n")).Want(201).Thing(); again.ID != file.ID {
		t.Errorf("sent twice it is %d and %d", file.ID, again.ID)
	}
	at := "/attachments/" + itoa(file.ID)
	ana.Do("GET", at, nil).Want(200)
	for _, other := range []*Client{somchai, moderator, lena, p.Visitor(t)} {
		other.Do("GET", at, nil).Want(404)
	}
	somchai.Do("POST", path+"/posts", map[string]any{"body": "not mine", "files": []int64{file.ID}}).Want(422)
	lena.upload(path+"/attachments", "x.txt", []byte("x\n")).Want(404)
	if got := ana.files(path + "/attachments"); got != "puertos.txt " {
		t.Errorf("there wait %q", got)
	}
	post := ana.Do("POST", path+"/posts", map[string]any{"body": "La lista", "files": []int64{file.ID}}).Want(201).Thing()
	ana.Do("POST", path+"/posts", map[string]any{"body": "once more", "files": []int64{file.ID}}).Want(422)
	oneHasIt(ana, path)
	somchai.Do("GET", at, nil).Want(200)
	lena.Do("GET", at, nil).Want(404)
	var seen struct{ Files, Version int }
	somchai.Do("GET", "/posts/"+itoa(post.ID), nil).Want(200).Into(&seen)
	if seen.Files != 1 || somchai.files("/posts/"+itoa(post.ID)+"/attachments") != "puertos.txt " {
		t.Errorf("the post has %d files", seen.Files)
	}
	lena.Do("GET", "/posts/"+itoa(post.ID)+"/attachments", nil).Want(404)
	// One more comes onto the post that stands, by its author alone.
	somchai.upload("/posts/"+itoa(post.ID)+"/attachments", "y.txt", []byte("y\n")).Want(403)
	second := ana.upload("/posts/"+itoa(post.ID)+"/attachments", "mas.txt", []byte("Paita\n")).Want(201).Thing()
	somchai.Do("DELETE", "/attachments/"+itoa(second.ID), nil).Want(403)
	ana.Do("DELETE", "/attachments/"+itoa(second.ID), nil).Want(204)
	// Hidden, it is its author's and the moderators'.
	somchai.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": "post", "id": post.ID}, "reason": "names_a_person", "note": "see"}).Want(201)
	ana.Do("DELETE", at, nil).Want(409) // it is what the moderators are asked about
	ana.Do("DELETE", "/posts/"+itoa(post.ID), nil).Want(409)
	ana.upload("/posts/"+itoa(post.ID)+"/attachments", "late.txt", []byte("late\n")).Want(409)
	k := caseOver(moderator, post.ID)
	moderator.Do("POST", fmt.Sprintf("/moderation/cases/%d/actions", k), map[string]any{"action": "hide", "note": "names an informant"}).Want(200, 201)
	somchai.Do("GET", at, nil).Want(404)
	ana.Do("GET", at, nil).Want(200)
	moderator.Do("GET", at, nil).Want(200)
	ana.Do("DELETE", at, nil).Want(409)
	moderator.Do("POST", fmt.Sprintf("/moderation/cases/%d/undo", k), nil).Want(200, 204)
	somchai.Do("GET", at, nil).Want(200)
	moderator.Do("POST", fmt.Sprintf("/moderation/cases/%d/actions", k), map[string]any{"action": "keep", "note": "no names"}).Want(200, 201)
	ana.Do("PATCH", path, map[string]any{"handling": "red"}).Want(200)
	somchai.Do("GET", at, nil).Want(404)
	ana.Do("PATCH", path, map[string]any{"handling": "amber"}).Want(200)
	ana.Do("DELETE", "/posts/"+itoa(post.ID), nil).Want(204)
	ana.Do("GET", at, nil).Want(404)
}

// What waits for posts is bounded, in a thread and in all; a closed thread takes nothing.
func TestUnsentFilesAreBounded(t *testing.T) {
	p := Start(t, nil)
	ana, somchai := p.As(t, "ana"), p.As(t, "somchai")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Muchas fotos", "body": "x"}).Want(201).Thing()
	path := "/threads/" + itoa(thread.ID)
	for i := range 11 {
		want := 201
		if i == 10 {
			want = 409
		}
		ana.upload(path+"/attachments", fmt.Sprintf("%d.txt", i), fmt.Appendf(nil, "%d\n", i)).Want(want)
	}
	for n := range 3 {
		other := "/threads/" + itoa(ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": fmt.Sprintf("Más fotos %d", n), "body": "x"}).Want(201).Thing().ID)
		for i := range 10 {
			want := 201
			if n == 2 {
				want = 409 // thirty wait in all
			}
			ana.upload(other+"/attachments", fmt.Sprintf("%d-%d.txt", n, i), fmt.Appendf(nil, "%d %d\n", n, i)).Want(want)
		}
	}
	ana.Do("PATCH", path, map[string]any{"closed": true}).Want(200)
	somchai.upload(path+"/attachments", "z.txt", []byte("z\n")).Want(409)
}

// oneHasIt sends four posts with one file at once, as from two tabs: one of them has it, the others are told.
func oneHasIt(ana *Client, path string) {
	t := ana.T
	t.Helper()
	shared := ana.upload(path+"/attachments", "una vez.txt", []byte("una vez\n")).Want(201).Thing()
	var status [4]int
	var all sync.WaitGroup
	for i := range status {
		all.Go(func() {
			status[i] = ana.Do("POST", path+"/posts", map[string]any{"body": fmt.Sprint("at once ", i), "files": []int64{shared.ID}}).Status
		})
	}
	all.Wait()
	slices.Sort(status[:])
	if status != [4]int{201, 422, 422, 422} {
		t.Errorf("four posts with one file were answered %v", status)
	}
}

func caseOver(c *Client, post int64) (id int64) {
	c.T.Helper()
	var queue struct {
		Items []struct {
			ID     int64
			Target struct {
				Kind string
				ID   int64
			}
		}
	}
	c.Do("GET", "/moderation/queue?limit=100", nil).Want(200).Into(&queue)
	for _, k := range queue.Items {
		if k.Target.Kind == "post" && k.Target.ID == post {
			return k.ID
		}
	}
	c.T.Fatal("no case is open over the post")
	return 0
}

// Only who may read a thread completes a mention in it, and a post tells how it changed to whoever reads it.
func TestMentionsAndHistory(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, lena := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "lena")
	names := func(c *Client, thread int64, typed string) (all string) {
		var list struct{ Items []struct{ Name string } }
		c.Do("GET", "/threads/"+itoa(thread)+"/mentions?q="+typed, nil).Want(200).Into(&list)
		for _, m := range list.Items {
			all += m.Name + ";"
		}
		return all
	}
	open := func(handling string) int64 {
		return ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Who reads " + handling, "body": "x", "handling": handling}).Want(201).Thing().ID
	}
	var somchaiName, lenaName struct{ Name string }
	somchai.Do("GET", "/me", nil).Want(200).Into(&somchaiName)
	lena.Do("GET", "/me", nil).Want(200).Into(&lenaName)
	first := func(name string) string { return strings.ToLower(name[:3]) }
	for _, tt := range []struct {
		handling      string
		somchai, lena bool
	}{{"green", true, true}, {"amber", true, false}, {"amber+strict", false, false}, {"red", false, false}} {
		thread := open(tt.handling)
		if got := names(ana, thread, first(somchaiName.Name)); strings.Contains(got, somchaiName.Name) != tt.somchai {
			t.Errorf("%s: for somchai %q", tt.handling, got)
		}
		if got := names(ana, thread, first(lenaName.Name)); strings.Contains(got, lenaName.Name) != tt.lena {
			t.Errorf("%s: for lena %q", tt.handling, got)
		}
	}
	thread := open("amber")
	if got := names(ana, thread, "%25"); got != "" {
		t.Errorf("a pattern finds %q", got)
	}
	lena.Do("GET", "/threads/"+itoa(thread)+"/mentions?q=a", nil).Want(404)
	post := ana.Do("POST", "/threads/"+itoa(thread)+"/posts", map[string]any{"body": "Twenty kits"}).Want(201).Thing()
	for _, body := range []string{"Thirty kits", "Forty kits a month"} {
		ana.Do("PATCH", "/posts/"+itoa(post.ID), map[string]any{"body": body}).Want(200)
	}
	var texts struct{ Items []struct{ Body string } }
	somchai.Do("GET", "/posts/"+itoa(post.ID)+"/versions", nil).Want(200).Into(&texts)
	if fmt.Sprint(texts.Items) != "[{Twenty kits} {Thirty kits} {Forty kits a month}]" {
		t.Errorf("it said %v", texts.Items)
	}
	lena.Do("GET", "/posts/"+itoa(post.ID)+"/versions", nil).Want(404)
	ana.Do("DELETE", "/posts/"+itoa(post.ID), nil).Want(204)
	if somchai.Do("GET", "/posts/"+itoa(post.ID)+"/versions", nil).Want(200).Into(&texts); len(texts.Items) != 0 {
		t.Errorf("a deleted post says %v", texts.Items)
	}
}
