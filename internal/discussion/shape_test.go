package discussion_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/portal"
)

func titles(threads []portal.Thread) []string {
	all := []string{}
	for _, t := range threads {
		all = append(all, t.Title)
	}
	return all
}

func TestQuestionsAndTheirAnswers(t *testing.T) {
	w := newWorld(t)
	ask := func(title string, sectors ...string) portal.Thread {
		return w.open("asker", 0, discussion.NewThread{Title: title, Kind: portal.Question, Sectors: sectors}, "perhaps", "surely")
	}
	health, all, words, mine := ask("Doses", "health"), ask("Forms"), ask("Which reference spectra?", "health"), ask("Samples", "forensics", "customs")
	red := w.open("asker", 0, discussion.NewThread{Title: "Red", Kind: portal.Question, Handling: portal.Red, Named: []int64{w.who["mod"].MemberID}})
	list := func(who string, all bool) []string {
		found, err := w.svc.Questions(ctx, w.who[who], all)
		must(t, err)
		return titles(found)
	}
	if got := list("reader", false); !slices.Equal(got, []string{mine.Title, words.Title, all.Title}) {
		t.Errorf("for the reader: %v", got)
	}
	if got := list("reader", true); !slices.Equal(got, []string{mine.Title, words.Title, all.Title, health.Title}) {
		t.Errorf("all: %v", got)
	}
	if got := list("out", true); len(got) != 0 {
		t.Errorf("who sees none of them is shown %v", got)
	}
	if got := list("asker", true); !slices.Contains(got, red.Title) {
		t.Errorf("for the asker: %v", got)
	}

	ids := w.postIDs(mine.ID)
	w.kind("a reader marks", w.svc.MarkAnswer(ctx, w.who["reader"], ids[1], true), portal.Forbidden)
	w.kind("who does not see it marks", w.svc.MarkAnswer(ctx, w.who["out"], ids[1], true), portal.NotFound)
	w.kind("the question itself", w.svc.MarkAnswer(ctx, w.who["asker"], ids[0], true), portal.Conflict)
	w.kind("in a discussion", w.svc.MarkAnswer(ctx, w.who["mod"], w.open("asker", 0, discussion.NewThread{}).LastPostID, true), portal.Conflict)
	must(t, w.svc.MarkAnswer(ctx, w.who["asker"], ids[1], true))
	must(t, w.svc.MarkAnswer(ctx, w.who["mod"], ids[2], true))
	if got := w.thread(mine.ID); got.AnswerID != ids[2] || got.AnsweredAt.IsZero() {
		t.Errorf("the answer is %d", got.AnswerID)
	}
	if got := list("reader", false); slices.Contains(got, mine.Title) {
		t.Errorf("an answered question is listed: %v", got)
	}
	must(t, w.svc.MarkAnswer(ctx, w.who["asker"], ids[1], false)) // not the one that is marked
	must(t, w.svc.Delete(ctx, w.who["writer"], ids[2], 0))
	if got := w.thread(mine.ID); got.AnswerID != 0 {
		t.Errorf("a deleted post answers it: %d", got.AnswerID)
	}
	must(t, w.svc.MarkAnswer(ctx, w.who["asker"], ids[1], true))
	discuss := portal.Discussion
	got, err := w.svc.Change(ctx, w.who["asker"], mine.ID, 0, discussion.ThreadFields{ShapeFields: discussion.ShapeFields{Kind: &discuss}})
	if must(t, err); got.AnswerID != 0 || len(got.Sectors) != 0 || got.Purpose != portal.Discussion {
		t.Errorf("as a discussion it is %+v", got.Shape)
	}
}

func TestWhoOpensWhat(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	session := discussion.NewThread{Title: "Hour", Body: "Ask.", Kind: portal.LiveSession, StartsAt: now.Add(time.Hour), EndsAt: now.Add(2 * time.Hour)}
	for _, tt := range []struct {
		name string
		who  string
		n    discussion.NewThread
		want portal.ErrorKind
	}{
		{"an announcement by a member", "asker", discussion.NewThread{Title: "News", Body: "x", Kind: portal.Announcement}, portal.Forbidden},
		{"an announcement by a moderator", "mod", discussion.NewThread{Title: "News", Body: "x", Kind: portal.Announcement}, ""},
		{"a session by a member", "asker", session, portal.Forbidden},
		{"a session by a moderator", "mod", session, ""},
		{"a session without its hour", "mod", discussion.NewThread{Title: "Hour", Body: "x", Kind: portal.LiveSession}, portal.Invalid},
		{"a session that ends before it begins", "mod", discussion.NewThread{Title: "Hour", Body: "x", Kind: portal.LiveSession, StartsAt: now, EndsAt: now.Add(-time.Hour)}, portal.Invalid},
		{"a session of two days", "mod", discussion.NewThread{Title: "Hour", Body: "x", Kind: portal.LiveSession, StartsAt: now, EndsAt: now.Add(48 * time.Hour)}, portal.Invalid},
		{"a host from elsewhere", "mod", discussion.NewThread{Title: "Hour", Body: "x", Kind: portal.LiveSession, StartsAt: now, EndsAt: now.Add(time.Hour), HostID: w.who["out"].MemberID}, portal.Invalid},
		{"a discussion with an hour", "mod", discussion.NewThread{Title: "Hour", Body: "x", StartsAt: now}, portal.Invalid},
		{"a discussion that asks for expertise", "asker", discussion.NewThread{Title: "Talk", Body: "x", Sectors: []string{"health"}}, portal.Invalid},
		{"what nobody knows", "mod", discussion.NewThread{Title: "Talk", Body: "x", Kind: "poll"}, portal.Invalid},
	} {
		_, err := w.svc.Open(ctx, w.who[tt.who], w.rooms[0], tt.n)
		w.kind(tt.name, err, tt.want)
	}
	th := w.open("asker", 0, discussion.NewThread{})
	change := func(who string, f discussion.ShapeFields) error {
		_, err := w.svc.Change(ctx, w.who[who], th.ID, 0, discussion.ThreadFields{ShapeFields: f})
		return err
	}
	text, announce, live, slow, fast := "**Short**", portal.Announcement, portal.LiveSession, 60, 5
	w.kind("a summary by the asker", change("asker", discussion.ShapeFields{Summary: &text}), portal.Forbidden)
	w.kind("slow mode by the asker", change("asker", discussion.ShapeFields{Slow: &slow}), portal.Forbidden)
	w.kind("an announcement by the asker", change("asker", discussion.ShapeFields{Kind: &announce}), portal.Forbidden)
	w.kind("a session of it", change("mod", discussion.ShapeFields{Kind: &live}), portal.Invalid)
	w.kind("too quick for slow mode", change("mod", discussion.ShapeFields{Slow: &fast}), portal.Invalid)
	w.kind("a summary by a moderator", change("mod", discussion.ShapeFields{Summary: &text}), "")
	d, err := w.svc.Digest(ctx, w.thread(th.ID))
	if must(t, err); d.Text != text || d.ID != w.who["mod"].MemberID {
		t.Errorf("the summary is %+v", d)
	}
	none := ""
	w.kind("no summary", change("mod", discussion.ShapeFields{Summary: &none}), "")
	if d, err := w.svc.Digest(ctx, w.thread(th.ID)); err != nil || d.Text != "" {
		t.Errorf("a taken summary is %+v, %v", d, err)
	}
}

// In slow mode each member waits, for herself alone; also when she posts twice at once.
func TestSlowMode(t *testing.T) {
	w := newWorld(t)
	th := w.open("asker", 0, discussion.NewThread{})
	slow := 30
	_, err := w.svc.Change(ctx, w.who["mod"], th.ID, 0, discussion.ThreadFields{ShapeFields: discussion.ShapeFields{Slow: &slow}})
	must(t, err)
	results := make(chan error, 4)
	for range 4 {
		go func() {
			_, err := w.svc.Reply(ctx, w.who["reader"], th.ID, discussion.NewPost{Body: "at once"})
			results <- err
		}()
	}
	added := 0
	for range 4 {
		err := <-results
		if err == nil {
			added++
			continue
		}
		var e *portal.Error
		if !errors.As(err, &e) || e.Kind != portal.TooMany || e.RetryAfter <= 0 || e.RetryAfter > 31*time.Second {
			t.Errorf("too early: %v", err)
		}
	}
	if added != 1 {
		t.Errorf("%d of 4 posts at once were added", added)
	}
	w.reply("writer", th.ID, "I have not written yet")
	w.reply("mod", th.ID, "moderators")
	w.reply("mod", th.ID, "do not wait")
	_, err = w.db.Raw().Exec(`update posts set created_at = created_at - interval '40 seconds' where thread_id = $1`, th.ID)
	must(t, err)
	w.reply("reader", th.ID, "in time")
	_, err = w.svc.Reply(ctx, w.who["out"], th.ID, discussion.NewPost{Body: "x"})
	w.kind("who does not see it", err, portal.NotFound)
	_, err = w.svc.Reply(ctx, w.who["writer"], th.ID, discussion.NewPost{Body: "x", ReplyTo: 99999})
	w.kind("an answer to nothing", err, portal.Invalid)
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	s := w.open("mod", 0, discussion.NewThread{Title: "Hour", Kind: portal.LiveSession, StartsAt: now.Add(time.Hour), EndsAt: now.Add(2 * time.Hour)})
	ask := func(who, body string) portal.Post {
		p, err := w.svc.Reply(ctx, w.who[who], s.ID, discussion.NewPost{Body: body, Asks: true})
		must(t, err)
		return p
	}
	first, second := ask("asker", "first"), ask("reader", "second")
	plain := w.reply("writer", s.ID, "no question")
	must(t, w.svc.Vote(ctx, w.who["asker"], second.ID, true))
	must(t, w.svc.Vote(ctx, w.who["writer"], second.ID, true))
	must(t, w.svc.Vote(ctx, w.who["writer"], second.ID, true)) // once is enough
	must(t, w.svc.Vote(ctx, w.who["writer"], first.ID, true))
	must(t, w.svc.Vote(ctx, w.who["writer"], first.ID, false))
	w.kind("for her own", w.svc.Vote(ctx, w.who["asker"], first.ID, true), portal.Conflict)
	w.kind("for no question", w.svc.Vote(ctx, w.who["asker"], plain.ID, true), portal.Conflict)
	w.kind("by who does not see it", w.svc.Vote(ctx, w.who["out"], second.ID, true), portal.NotFound)
	_, asked, err := w.svc.Asked(ctx, w.who["writer"], s.ID)
	must(t, err)
	if len(asked) != 2 || asked[0].ID != second.ID || asked[0].Votes != 2 || !asked[0].Voted || asked[1].Votes != 0 {
		t.Errorf("asked: %+v", asked)
	}
	found, err := w.svc.Sessions(ctx, w.who["reader"], 0)
	if must(t, err); len(found) != 1 {
		t.Errorf("%d sessions", len(found))
	}
	if found, err = w.svc.Sessions(ctx, w.who["out"], 0); err != nil || len(found) != 0 {
		t.Errorf("who does not see it is shown %d sessions, %v", len(found), err)
	}
	_, err = w.db.Raw().Exec(`update threads set starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where id = $1`, s.ID)
	must(t, err)
	w.kind("a vote afterwards", w.svc.Vote(ctx, w.who["asker"], second.ID, true), portal.Conflict)
	_, err = w.svc.Reply(ctx, w.who["asker"], s.ID, discussion.NewPost{Body: "late", Asks: true})
	w.kind("a question afterwards", err, portal.Conflict)
	w.reply("asker", s.ID, "thank you")
	if found, err = w.svc.Sessions(ctx, w.who["reader"], 0); err != nil || len(found) != 0 {
		t.Errorf("what is over is listed: %d, %v", len(found), err)
	}
	_, err = w.svc.Reply(ctx, w.who["asker"], w.open("asker", 0, discussion.NewThread{}).ID, discussion.NewPost{Body: "x", Asks: true})
	w.kind("a question to no session", err, portal.Conflict)
}
