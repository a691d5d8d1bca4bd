package discussion_test

import (
	"slices"
	"testing"

	"praxis/internal/discussion"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func (w *world) postIDs(thread int64) []int64 {
	w.Helper()
	_, posts, err := w.svc.Posts(ctx, w.who["mod"], thread, 0, 1000)
	must(w.T, err)
	ids := make([]int64, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	return ids
}

func (w *world) read(who string, thread int64) int {
	w.Helper()
	_, at, err := w.svc.Standing(ctx, w.who[who], thread)
	must(w.T, err)
	return at.Number
}

func TestSplit(t *testing.T) {
	w := newWorld(t)
	from := w.open("asker", 0, discussion.NewThread{}, "b", "c", "d", "e")
	ids := w.postIDs(from.ID)
	answer, err := w.svc.Reply(ctx, w.who["reader"], from.ID, discussion.NewPost{Body: "f", ReplyTo: ids[2]})
	must(t, err)
	within, err := w.svc.Reply(ctx, w.who["reader"], from.ID, discussion.NewPost{Body: "g", ReplyTo: answer.ID})
	must(t, err)
	must(t, w.svc.MarkRead(ctx, w.who["asker"], from.ID, ids[3]))
	must(t, w.svc.React(ctx, w.who["asker"], ids[2], "helpful", true))
	must(t, w.svc.Watch(ctx, w.who["asker"], from.ID, portal.WatchMuted))

	_, err = w.svc.Split(ctx, w.who["writer"], from.ID, ids[1:2], "Not hers", "")
	w.kind("a member splits", err, portal.Forbidden)
	_, err = w.svc.Split(ctx, w.who["out"], from.ID, ids[1:2], "Not seen", "")
	w.kind("who does not see it splits", err, portal.NotFound)
	_, err = w.svc.Split(ctx, w.who["mod"], from.ID, ids[:2], "With the opening", "")
	w.kind("the opening post leaves", err, portal.Invalid)
	_, err = w.svc.Split(ctx, w.who["mod"], from.ID, []int64{ids[1], 999999}, "With none", "")
	w.kind("what is not there leaves", err, portal.Invalid)

	made, err := w.svc.Split(ctx, w.who["mod"], from.ID, []int64{answer.ID, ids[2], within.ID}, " Its own ", portal.Question)
	must(t, err)
	if got := w.bodies(from.ID); !slices.Equal(got, []string{"Which ones?", "b", "d", "e"}) {
		t.Errorf("%v stay", got)
	}
	if got := w.bodies(made.ID); !slices.Equal(got, []string{"c", "f", "g"}) || made.Title != "Its own" || made.Purpose != portal.Question {
		t.Errorf("%v went to %+v", got, made)
	}
	if made.AuthorID != from.AuthorID || made.Handling != from.Handling || made.WorkspaceID != from.WorkspaceID {
		t.Errorf("the new thread is %+v", made.Audience)
	}
	if a, b := w.read("asker", from.ID), w.read("asker", made.ID); a != 3 || b != 1 {
		t.Errorf("who had read a, b, c and d has read %d and %d", a, b)
	}
	if _, at, _ := w.svc.Standing(ctx, w.who["asker"], made.ID); at.Level != portal.WatchMuted {
		t.Errorf("the new thread is followed as %s", at.Level)
	}
	for id, want := range map[int64]int64{answer.ID: ids[2], within.ID: answer.ID, ids[2]: 0} {
		p, in, err := w.svc.Post(ctx, w.who["reader"], id)
		must(t, err)
		if in.ID != made.ID || p.ReplyTo != want || p.MovedFrom != from.ID {
			t.Errorf("post %d is %+v", id, p)
		}
	}
	if p, _, _ := w.svc.Post(ctx, w.who["reader"], ids[2]); len(p.Reactions) != 1 {
		t.Errorf("reactions: %v", p.Reactions)
	}
	if _, err := w.svc.Reply(ctx, w.who["writer"], from.ID, discussion.NewPost{Body: "h", ReplyTo: ids[2]}); portal.KindOf(err) != portal.Invalid {
		t.Errorf("an answer across threads: %v", err)
	}
	if p := w.reply("writer", from.ID, "h"); p.Number != 5 {
		t.Errorf("the next post has the number %d", p.Number)
	}
}

// What answers a moved post answers nobody, and the other way round.
func TestMovedPostsAndTheirQuotes(t *testing.T) {
	w := newWorld(t)
	from := w.open("asker", 0, discussion.NewThread{}, "b")
	into := w.open("reader", 0, discussion.NewThread{Title: "There"}, "x", "y")
	ids := w.postIDs(from.ID)
	stays, err := w.svc.Reply(ctx, w.who["reader"], from.ID, discussion.NewPost{Body: "c", ReplyTo: ids[1]})
	must(t, err)
	goes, err := w.svc.Reply(ctx, w.who["reader"], from.ID, discussion.NewPost{Body: "d", ReplyTo: ids[0]})
	must(t, err)
	must(t, w.svc.MarkRead(ctx, w.who["asker"], from.ID, goes.ID))
	must(t, w.svc.MarkRead(ctx, w.who["asker"], into.ID, w.postIDs(into.ID)[2]))
	_, err = w.svc.MovePosts(ctx, w.who["mod"], from.ID, into.ID, []int64{ids[1], goes.ID})
	must(t, err)
	if a, b := w.bodies(from.ID), w.bodies(into.ID); !slices.Equal(a, []string{"Which ones?", "c"}) || !slices.Equal(b, []string{"Which ones?", "x", "y", "b", "d"}) {
		t.Errorf("%v and %v", a, b)
	}
	for _, id := range []int64{stays.ID, goes.ID} {
		if p, _, err := w.svc.Post(ctx, w.who["mod"], id); err != nil || p.ReplyTo != 0 {
			t.Errorf("it answers %d still, %v", p.ReplyTo, err)
		}
	}
	if n := w.read("asker", into.ID); n != 5 {
		t.Errorf("who had read all in both has read %d of 5", n)
	}
	if n := w.read("reader", into.ID); n != 1 {
		t.Errorf("who stopped after the first has read %d", n)
	}
	if n := w.read("mod", into.ID); n != 0 {
		t.Errorf("who had read in neither has read %d", n)
	}
	_, err = w.svc.MovePosts(ctx, w.who["one"], into.ID, from.ID, []int64{goes.ID})
	must(t, err)
	if got := w.bodies(from.ID); !slices.Equal(got, []string{"Which ones?", "c", "d"}) {
		t.Errorf("back there are %v", got)
	}
	w.eventsFollow()
}

func TestMerge(t *testing.T) {
	w := newWorld(t)
	before := w.open("writer", 0, discussion.NewThread{Title: "Before"}, "p")
	from := w.open("asker", 0, discussion.NewThread{Kind: portal.Question}, "b", "c")
	into := w.open("reader", 0, discussion.NewThread{Title: "There", Kind: portal.Question}, "x")
	ids := w.postIDs(from.ID)
	must(t, w.svc.MarkAnswer(ctx, w.who["asker"], ids[1], true))
	must(t, w.svc.Watch(ctx, w.who["asker"], from.ID, portal.WatchAll))
	must(t, w.svc.Watch(ctx, w.who["reader"], from.ID, portal.WatchMuted))
	must(t, w.svc.KeepDraft(ctx, w.who["asker"], postgres.Draft{ThreadID: from.ID, Body: "half a word"}))
	must(t, w.svc.KeepDraft(ctx, w.who["writer"], postgres.Draft{ThreadID: from.ID, Body: "more"}))
	must(t, w.svc.KeepDraft(ctx, w.who["writer"], postgres.Draft{ThreadID: into.ID, Body: "some"}))
	_, err := w.svc.Merge(ctx, w.who["mod"], from.ID, from.ID)
	w.kind("with itself", err, portal.Invalid)
	_, err = w.svc.Merge(ctx, w.who["mod"], from.ID, 99999)
	w.kind("with none", err, portal.Invalid)
	_, err = w.svc.Merge(ctx, w.who["mod"], before.ID, from.ID)
	must(t, err)
	merged, err := w.svc.Merge(ctx, w.who["mod"], from.ID, into.ID)
	must(t, err)
	if got := w.bodies(into.ID); !slices.Equal(got, []string{"Which ones?", "x", "Which ones?", "b", "c", "Which ones?", "p"}) {
		t.Errorf("together they are %v", got)
	}
	if merged.AnswerID != ids[1] {
		t.Errorf("the answer is %d", merged.AnswerID)
	}
	for _, id := range []int64{before.ID, from.ID} {
		_, err := w.svc.Get(ctx, w.who["mod"], id)
		w.kind("the merged thread", err, portal.NotFound)
		at, err := w.svc.MovedTo(ctx, w.who["reader"], id)
		w.kind("where it went", err, "")
		if at.ID != into.ID {
			t.Errorf("it went to %d", at.ID)
		}
		_, err = w.svc.MovedTo(ctx, w.who["out"], id)
		w.kind("where it went, for who does not see that", err, portal.NotFound)
	}
	if _, at, _ := w.svc.Standing(ctx, w.who["reader"], into.ID); at.Level == portal.WatchMuted {
		t.Error("the merge has muted the other thread")
	}
	if _, at, _ := w.svc.Standing(ctx, w.who["asker"], into.ID); at.Level != portal.WatchAll {
		t.Errorf("it is followed as %s", at.Level)
	}
	for who, want := range map[string]string{"asker": "half a word", "writer": "some\n\nmore"} {
		if d, err := w.svc.Draft(ctx, w.who[who], into.ID); err != nil || d.Body != want {
			t.Errorf("the draft of the %s is %q, %v", who, d.Body, err)
		}
	}
	list, err := w.svc.List(ctx, w.who["mod"], postgres.ThreadFilter{Workspace: w.rooms[0], Page: portal.Page{Limit: 10}})
	must(t, err)
	if len(list) != 1 {
		t.Errorf("%d threads are listed", len(list))
	}
	w.eventsFollow()
}

// Nothing is ever read by more people than before.
// eventsFollow checks that each event of a post is of the thread in which the post is now: by that one it is
// judged who is told, also by a program that knows nothing of moves.
func (w *world) eventsFollow() {
	w.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = w.db.Sequence(ctx)
		must(w.T, err)
	}
	must(w.T, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		events, err := tx.ReadLog(ctx, 0, 1000)
		if err != nil {
			return err
		}
		looked := 0
		for _, e := range events {
			if e.Entity.Kind != portal.KindPost {
				continue
			}
			posts, err := tx.PostsByID(ctx, []int64{e.Entity.ID})
			if err != nil {
				return err
			}
			if looked++; posts[0].ThreadID != e.ThreadID {
				w.Errorf("an event of post %d is of thread %d, and the post of %d", e.Entity.ID, e.ThreadID, posts[0].ThreadID)
			}
		}
		if looked < 3 {
			w.Errorf("%d events of posts are read", looked)
		}
		return nil
	}))
}

func TestMovesNeverWiden(t *testing.T) {
	w := newWorld(t)
	asker, reader := w.who["asker"].MemberID, w.who["reader"].MemberID
	label := func(room int, h portal.Handling, named ...int64) portal.Thread {
		if h == portal.Red {
			named = append(named, w.who["mod"].MemberID)
		}
		return w.open("mod", room, discussion.NewThread{Handling: h, Named: named})
	}
	for _, tt := range []struct {
		name     string
		from, to portal.Thread
		want     portal.ErrorKind
	}{
		{"amber to green", label(0, portal.Amber), label(0, portal.Green), portal.Conflict},
		{"amber to amber elsewhere", label(0, portal.Amber), label(1, portal.Amber), portal.Conflict},
		{"amber to amber", label(0, portal.Amber), label(0, portal.Amber), ""},
		{"green to amber elsewhere", label(0, portal.Green), label(1, portal.Amber), ""},
		{"clear to green", label(0, portal.Clear), label(0, portal.Green), ""},
		{"green to clear", label(0, portal.Green), label(0, portal.Clear), portal.Conflict},
		{"red to the same readers", label(0, portal.Red, asker, reader), label(0, portal.Red, asker), ""},
		{"red to one more", label(0, portal.Red, asker), label(0, portal.Red, asker, reader), portal.Conflict},
		{"red to amber", label(0, portal.Red, asker), label(0, portal.Amber), portal.Conflict},
		{"amber to red of members", label(0, portal.Amber), label(0, portal.Red, asker), ""},
		{"amber to red of others", label(0, portal.Amber), label(0, portal.Red, w.who["out"].MemberID), portal.Conflict},
	} {
		_, err := w.svc.MovePosts(ctx, w.who["mod"], tt.from.ID, tt.to.ID, []int64{w.reply("mod", tt.from.ID, "y").ID})
		w.kind("posts, "+tt.name, err, tt.want)
		_, err = w.svc.Merge(ctx, w.who["mod"], tt.from.ID, tt.to.ID)
		w.kind("all, "+tt.name, err, tt.want)
	}
	for h, want := range map[portal.Handling]portal.ErrorKind{portal.Clear: "", portal.Green: "", portal.Amber: portal.Conflict, portal.AmberStrict: portal.Conflict} {
		_, err := w.svc.MoveThread(ctx, w.who["mod"], label(0, h).ID, w.rooms[1])
		w.kind("to another workspace, "+string(h), err, want)
	}
	_, err := w.svc.MoveThread(ctx, w.who["one"], label(0, portal.Green).ID, w.rooms[1])
	w.kind("by a moderator of one of the two", err, portal.Forbidden)
	hidden := label(0, portal.Green)
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.SetHidden(ctx, portal.Ref{Kind: portal.KindPost, ID: w.reply("mod", hidden.ID, "y").ID}, w.who["mod"].MemberID)
	}))
	_, err = w.svc.MoveThread(ctx, w.who["mod"], hidden.ID, w.rooms[1])
	w.kind("with a hidden post", err, portal.Conflict)
}
