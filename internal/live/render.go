package live

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"praxis/internal/markup"
	"praxis/internal/portal"
)

// facts is what the database says, now, of the things that events are about.
type facts struct {
	threads        map[int64]*portal.Thread
	practices      map[int64]*portal.Practice
	posts          map[int64]*portal.Post
	cases          map[int64]int64 // of a practice's submission
	askedThreads   map[int64]bool
	askedPractices map[int64]bool
	html           map[int64]string // of posts
}

// gather reads the things that events are about, and some others, by at most four statements.
func (h *Hub) gather(ctx context.Context, events []portal.Event, threads, practices []int64) (*facts, error) {
	f := &facts{threads: map[int64]*portal.Thread{}, practices: map[int64]*portal.Practice{}, posts: map[int64]*portal.Post{},
		askedThreads: map[int64]bool{}, askedPractices: map[int64]bool{}, html: map[int64]string{}}
	var posts, cases []int64
	for _, e := range events {
		threads, practices = append(threads, e.ThreadID), append(practices, e.PracticeID)
		switch kind, id, _ := e.Topic.Split(); kind {
		case threadKind:
			threads = append(threads, id)
		case practiceKind:
			practices = append(practices, id)
		}
		if e.Entity.Kind == portal.KindPost && isPost(e.Type) {
			posts = append(posts, e.Entity.ID)
		}
		if e.Type == portal.CaseOpened && caseOf(e).Case == 0 {
			cases = append(cases, e.PracticeID)
		}
	}
	if err := h.gatherItems(ctx, f, distinct(threads), distinct(practices)); err != nil {
		return nil, err
	}
	if posts = distinct(posts); len(posts) > 0 {
		found, err := h.db.PostsByID(ctx, posts)
		if err == nil {
			err = h.db.AddReactions(ctx, 0, found)
		}
		if err != nil {
			return nil, err
		}
		for i := range found {
			f.posts[found[i].ID] = &found[i]
		}
	}
	var err error
	if cases = distinct(cases); len(cases) > 0 {
		f.cases, err = h.db.SubmissionCases(ctx, cases)
	}
	return f, err
}

func (h *Hub) gatherItems(ctx context.Context, f *facts, threads, practices []int64) error {
	if len(threads) > 0 {
		found, err := h.db.ThreadsByID(ctx, threads)
		if err != nil {
			return err
		}
		for i := range found {
			f.threads[found[i].ID] = &found[i]
		}
		for _, id := range threads {
			f.askedThreads[id] = true
		}
	}
	if len(practices) > 0 {
		found, err := h.db.PracticesByID(ctx, practices)
		if err != nil {
			return err
		}
		for i := range found {
			f.practices[found[i].ID] = &found[i]
		}
		for _, id := range practices {
			f.askedPractices[id] = true
		}
	}
	return nil
}

// distinct sorts identifiers and drops repetitions and zeros.
func distinct(ids []int64) []int64 {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) > 0 && ids[0] == 0 {
		ids = ids[1:]
	}
	return ids
}

// own gives the audience of the thread or practice that a topic is; isItem is false for other
// topics, and the audience nil for what is no more.
func (f *facts) own(key portal.Topic) (a *portal.Audience, isItem bool) {
	kind, id, _ := key.Split()
	switch kind {
	case threadKind:
		if t := f.threads[id]; t != nil {
			return &t.Audience, true
		}
		return nil, true
	case practiceKind:
		if p := f.practices[id]; p != nil {
			return &p.Audience, true
		}
		return nil, true
	}
	return nil, false
}

// The forms in which an event is told.
const (
	untold   byte = iota // not at all
	whole                // as it is
	withheld             // without what the viewer may not know: a hidden post's text, what a thread is about
)

// told is an event ready to be told.
type told struct {
	position   int64
	key        portal.Topic     // under which its subscriptions are gathered
	audience   *portal.Audience // of what it is about; nil for a member's own events
	moderation int64            // for the moderators of this workspace only; 0: for all who see it
	author     int64            // of a hidden post, who may read it all the same
	about      *portal.Audience // of the practice that a thread is about
	forms      [withheld + 1][]byte
}

// form settles how a viewer is told of the event.
func (t *told) form(v *portal.Viewer) byte {
	switch {
	case t.forms[whole] == nil:
		return untold
	case t.moderation != 0 && !v.ModeratorOf(t.moderation):
		return untold
	case t.audience == nil:
		return whole
	case !v.CanSee(*t.audience):
		return untold
	case t.about != nil && v.CanSee(*t.about):
		return whole
	case t.about != nil:
		return withheld
	case t.forms[withheld] == nil || v.ModeratorOf(t.audience.WorkspaceID) || v.SignedIn() && v.MemberID == t.author:
		return whole
	}
	return withheld
}

// render makes messages of events. What an event is about and is no more is told to nobody.
func (f *facts) render(events []portal.Event) []told {
	all := make([]told, len(events))
	for i, e := range events {
		all[i] = f.renderOne(e)
	}
	return all
}

func (f *facts) renderOne(e portal.Event) told {
	t := told{position: e.Position}
	t.key, _ = keyOf(e)
	kind, id, _ := e.Topic.Split()
	switch thread, practice := f.threads[e.ThreadID], f.practices[e.PracticeID]; {
	case e.ThreadID != 0 && thread != nil:
		t.audience = &thread.Audience
	case e.ThreadID == 0 && e.PracticeID != 0 && practice != nil:
		t.audience = &practice.Audience
	case e.ThreadID == 0 && e.PracticeID == 0 && (kind == moderationKind || e.Topic == moderationKey):
		// A reading list's case is its workspace's moderators', a profile's the officers'.
		t.audience = &portal.Audience{Stage: portal.StageReview, Handling: portal.Green, WorkspaceID: id}
	case kind != memberKind:
		return t
	}
	if kind == moderationKind {
		t.moderation = id
	}
	if kind == memberKind {
		t.audience = nil
	}
	data, hidden := f.data(e)
	if data == nil {
		return t
	}
	t.forms[whole] = object(e, data)
	if hidden == nil {
		return t
	}
	t.forms[withheld] = object(e, hidden)
	if p := f.posts[e.Entity.ID]; p != nil && isPost(e.Type) {
		t.author = p.Author.ID
	} else if about := f.practices[e.PracticeID]; about != nil {
		t.about = &about.Audience
	}
	return t
}

func object(e portal.Event, data any) []byte {
	_, name := keyOf(e)
	return mustJSON(eventObject{Op: "event", ID: e.Position, Topic: name, Type: e.Type, At: e.At.UTC().Truncate(time.Microsecond), Data: data})
}

// data gives what is told of an event, and what of it to whom a part is withheld.
func (f *facts) data(e portal.Event) (data, hidden any) {
	switch e.Type {
	case portal.ThreadCreated, portal.ThreadChanged:
		if t := f.threads[e.ThreadID]; t != nil {
			return f.threadForms(*t, e.PracticeID)
		}
	case portal.PracticeChanged:
		if p := f.practices[e.PracticeID]; p != nil {
			return practiceData(p), nil
		}
	case portal.CaseOpened, portal.CaseClosed, portal.CaseChanged:
		k := caseOf(e)
		if k.Case == 0 {
			k.Case = f.cases[e.PracticeID]
		}
		return caseTold{ID: k.Case, CaseID: k.Case, Target: e.Entity, WorkspaceID: e.WorkspaceID, Outcome: k.Outcome}, nil
	case portal.Notified:
		return noticeData(e), nil
	}
	// A post that is in another thread by now is read by whom that one lets; this one's page has changed.
	if p := f.posts[e.Entity.ID]; p != nil && isPost(e.Type) && e.Topic == portal.ThreadTopic(p.ThreadID) {
		return f.postForms(e.Type, *p)
	}
	return nil, nil
}

func isPost(t portal.EventType) bool {
	return t == portal.PostCreated || t == portal.PostEdited || t == portal.PostDeleted || t == portal.ReactionChanged
}

// threadForms gives a thread with and without the practice that it is about: who may see the one
// need not see the other.
func (f *facts) threadForms(t portal.Thread, about int64) (data, hidden any) {
	less := t
	less.PracticeID = 0
	if t.PracticeID == 0 || t.PracticeID != about || f.practices[about] == nil {
		return threadData(&less), nil
	}
	return threadData(&t), threadData(&less)
}

func (f *facts) postForms(t portal.EventType, p portal.Post) (data, hidden any) {
	less := p
	less.Body, less.Reactions = "", nil
	if t == portal.ReactionChanged {
		if data = reactionData(p); p.HiddenAt.IsZero() {
			return data, nil
		}
		return data, reactionData(less)
	}
	if data = postData(p, f.rendered(p)); p.HiddenAt.IsZero() {
		return data, nil
	}
	return data, postData(less, "")
}

// rendered gives a post's text as HTML, made once for all its events in the batch.
func (f *facts) rendered(p portal.Post) string {
	if p.Body == "" {
		return ""
	}
	html, known := f.html[p.ID]
	if !known {
		made, err := markup.HTML(p.Body, markup.Options{})
		if err == nil { // every stored text was checked; one that is not renders to nothing
			html = string(made)
		}
		f.html[p.ID] = html
	}
	return html
}

type caseFacts struct {
	Case    int64  `json:"case"`
	Outcome string `json:"outcome"`
}

func caseOf(e portal.Event) caseFacts {
	var k caseFacts
	_ = json.Unmarshal(e.Data, &k) // an event without them is told without
	return k
}
