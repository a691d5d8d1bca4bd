package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// MaxTold is how many members one event is told to, beyond which nobody reads it anyway.
const MaxTold = 1000

// told is a notification with what decides whether it is written.
type told struct {
	portal.Notification
	event    portal.Event
	audience *portal.Audience // that the member must be of; nil: it names nothing that has one
}

// people gathers whom one event concerns and why; the first reason given is the one that is told.
type people struct {
	notes []told
	known map[int64]bool
}

func (p *people) add(member int64, kind string, n told) {
	if p.known == nil {
		p.known = map[int64]bool{}
	}
	if member == 0 || member == n.event.Actor || p.known[member] || len(p.notes) == MaxTold {
		return
	}
	p.known[member] = true
	n.MemberID, n.Kind = member, kind
	p.notes = append(p.notes, n)
}

// notesOf finds whom an event concerns.
func (s *Service) notesOf(ctx context.Context, tx *postgres.Tx, f *facts, e portal.Event) ([]told, error) {
	switch {
	case e.Type == portal.PostCreated:
		return f.post(e), nil
	case e.Type == portal.ThreadCreated && isOwn(e, "workspace"):
		return f.thread(e), nil
	case e.Type == portal.ThreadChanged && isOwn(e, "thread") && e.Entity.Kind == portal.KindPost:
		return f.answered(e), nil
	case e.Type == portal.PracticeChanged && isOwn(e, "practice"):
		return f.practice(ctx, tx, e)
	case e.Type == portal.CaseClosed:
		return f.closed(ctx, tx, e)
	case e.Type == portal.CaseOpened:
		return f.opened(ctx, tx, e)
	case (e.Type == portal.MemberChanged || e.Type == portal.Recorded) && parts[e.Entity.Kind] && stepOf(e) == "show":
		return shown(ctx, tx, e)
	case e.Type == portal.MembershipChanged && isOwn(e, "member"):
		var p people
		p.add(e.Entity.ID, "membership", told{Notification: portal.Notification{WorkspaceID: e.WorkspaceID}, event: e})
		return p.notes, nil
	}
	return s.asked(ctx, tx, e)
}

// asked tells the moderators of a workspace who asks to be let in, and whoever asked that she was not;
// that she was let in she hears as any member does whose membership changes.
func (s *Service) asked(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]told, error) {
	if e.Type != portal.Recorded || e.Entity.Kind != portal.KindMember || e.WorkspaceID == 0 {
		return nil, nil
	}
	var data struct{ Step string }
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, fmt.Errorf("read the event's data: %w", err)
	}
	var p people
	n := told{event: e, Notification: portal.Notification{WorkspaceID: e.WorkspaceID}}
	switch data.Step {
	case "request":
		deciders, err := tx.Deciders(ctx, e.WorkspaceID, false)
		for _, member := range deciders {
			p.add(member, "join_request", n)
		}
		return p.notes, err
	case "refuse":
		p.add(e.Entity.ID, "join_refused", n)
	}
	return p.notes, nil
}

// isOwn tells whether the event stands under a topic of the kind: the same change may be written
// under several topics and is told of once.
func isOwn(e portal.Event, kind string) bool {
	k, _, ok := e.Topic.Split()
	return ok && k == kind
}

// post tells of a new post those it names, the author of what it answers (of the thread, where it
// quotes nothing: whoever asked hears the answers), and those who watch the thread.
func (f *facts) post(e portal.Event) []told {
	post, ok := f.posts[e.Entity.ID]
	t, there := f.threads[post.ThreadID] // where it is now
	if !ok || !there || !post.DeletedAt.IsZero() {
		return nil
	}
	n := told{event: e, audience: &t.Audience, Notification: portal.Notification{ThreadID: t.ID, PostID: post.ID, WorkspaceID: t.WorkspaceID}}
	var p people
	for _, member := range f.mentioned[post.ID] {
		p.add(member, "mention", n)
	}
	if post.ReplyTo != 0 {
		p.add(f.posts[post.ReplyTo].Author.ID, "reply", n)
	} else {
		p.add(t.AuthorID, "reply", n)
	}
	for _, member := range f.watchers[t.ID] {
		p.add(member, "post", n)
	}
	return p.notes
}

// thread tells of a new thread those whom its opening post names, those named as its readers,
// the author of the practice that it is about, and those who watch that or its workspace.
func (f *facts) thread(e portal.Event) []told {
	t, ok := f.threads[e.ThreadID]
	first, there := f.opening(e.ThreadID)
	if !ok || !there {
		return nil
	}
	n := told{event: e, audience: &t.Audience, Notification: portal.Notification{ThreadID: t.ID, PostID: first.ID, WorkspaceID: t.WorkspaceID}}
	var p people
	for _, member := range f.mentioned[first.ID] {
		p.add(member, "mention", n)
	}
	for _, member := range t.Named {
		p.add(member, "named", n)
	}
	p.add(f.practices[t.PracticeID].AuthorID, "thread", n)
	for _, member := range f.announced[t.ID] {
		p.add(member, "announcement", n)
	}
	for _, member := range f.watchers[t.ID] {
		p.add(member, "new_thread", n)
	}
	return p.notes
}

// decided are the steps of a practice that its author hears of, and their kinds.
var decided = map[string]string{"approve": "published", "request_changes": "changes_requested", "reject": "rejected",
	"hide": "hidden", "show": "shown", "relabel": "relabelled", "narrow": "narrowed", "return": "returned", "adopt": "adopted", "archive": "archived", "review_due": "review_due", "merge": "merged", "unmerge": "unmerged"}

// named are the steps that name whom they concern: who was made a co-author, whose report was confirmed, or is for more readers now.
var named = map[string]string{"authors": "coauthor", "confirm": "confirmed", "open_reports": "report_opened"}

func audienceOf(p portal.Practice) *portal.Audience { return &p.Audience }

// practice tells an author what was decided about her practice, and that it was adopted. What the
// moderator wrote comes with it.
func (f *facts) practice(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]told, error) {
	var data struct {
		Step, Status string
		Members      []int64 // whom it is about
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, fmt.Errorf("read the event's data: %w", err)
	}
	if kind := named[data.Step]; kind != "" {
		return f.named(ctx, tx, e, kind, data.Members)
	}
	practice := f.practices[e.PracticeID]
	switch data.Step {
	case "adoption_show", "attachment_show":
		return shown(ctx, tx, e)
	case "adopt_correct":
		return f.corrected(ctx, tx, e)
	case "edition":
		watchers, err := tx.PracticeWatchers(ctx, []int64{e.PracticeID}, MaxTold)
		var p people
		for _, member := range watchers[e.PracticeID] {
			p.add(member, "edition", told{event: e, audience: &practice.Audience, Notification: portal.Notification{PracticeID: e.PracticeID, WorkspaceID: e.WorkspaceID}})
		}
		if err != nil {
			return nil, err
		}
		translators, err := tx.Translators(ctx, e.PracticeID)
		for _, member := range translators {
			p.add(member, "original_changed", told{event: e, audience: &practice.Audience, Notification: portal.Notification{PracticeID: e.PracticeID, WorkspaceID: e.WorkspaceID}})
		}
		return p.notes, err
	case "review_overdue":
		deciders, err := tx.Deciders(ctx, e.WorkspaceID, false)
		var p people
		for _, member := range deciders {
			p.add(member, "review_overdue", told{event: e, audience: &practice.Audience, Notification: portal.Notification{PracticeID: e.PracticeID, WorkspaceID: e.WorkspaceID}})
		}
		return p.notes, err
	}
	kind, known := decided[data.Step]
	if !known {
		return nil, nil
	}
	n := told{event: e, Notification: portal.Notification{PracticeID: e.PracticeID, WorkspaceID: e.WorkspaceID}}
	var err error
	switch data.Step {
	case "approve", "request_changes", "reject":
		if string(f.practices[e.PracticeID].Status) != data.Status {
			return nil, nil // taken back, or gone on, before anybody was told
		}
		n.Note, err = tx.LastNote(ctx, e.PracticeID, data.Step)
	case "narrow", "return": // with its original: by a decision over that one, or by its author
		for _, action := range []string{"relabel", "escalate"} {
			if _, undone, err := decisionNote(ctx, tx, e.Entity, action, e); err != nil || undone {
				return nil, err
			}
		}
	case "hide", "relabel":
		var undone bool
		if n.Note, undone, err = decisionNote(ctx, tx, portal.Ref{Kind: portal.KindPractice, ID: e.PracticeID}, data.Step, e); undone {
			return nil, err
		}
	}
	var p people
	for _, author := range append([]int64{practice.AuthorID}, practice.CoAuthors...) {
		p.add(author, kind, n)
	}
	if err != nil || data.Step != "approve" {
		return p.notes, err
	}
	watchers, err := tx.PracticeWatchers(ctx, []int64{e.PracticeID}, MaxTold)
	n.audience, n.Note = &practice.Audience, "" // what the moderator wrote is the authors'
	for _, member := range watchers[e.PracticeID] {
		p.add(member, "new_practice", n)
	}
	return p.notes, err
}

// named tells the members whom a step is about.
func (f *facts) named(ctx context.Context, tx *postgres.Tx, e portal.Event, kind string, members []int64) ([]told, error) {
	if kind == named["open_reports"] { // by a moderator's decision over the practice, or by its author
		if _, undone, err := decisionNote(ctx, tx, e.Entity, "relabel", e); err != nil || undone {
			return nil, err
		}
	}
	var p people
	for _, member := range members {
		p.add(member, kind, told{event: e, audience: audienceOf(f.practices[e.PracticeID]), Notification: portal.Notification{PracticeID: e.PracticeID, WorkspaceID: e.WorkspaceID}})
	}
	return p.notes, nil
}

// decisionNote reads what a moderator wrote to the author with the decision over a flag of which an
// event tells, if it was one, and whether it was taken back before anybody was told.
func decisionNote(ctx context.Context, tx *postgres.Tx, target portal.Ref, action string, e portal.Event) (note string, undone bool, err error) {
	note, undone, err = tx.DecisionNote(ctx, target, action, e)
	if portal.KindOf(err) == portal.NotFound {
		err = nil // a label that was changed without a flag
	}
	return note, undone, err
}
