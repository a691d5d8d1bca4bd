package discussion

import (
	"context"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// mayMove tells whether the viewer may take posts out of a thread, or put others' there.
func mayMove(who portal.Identity, t portal.Thread) error {
	switch {
	case !who.CanSee(t.Audience):
		return portal.ErrNotFound()
	case !who.Can(portal.ActDecide, t.Audience):
		return portal.ErrModeratorsOnly()
	case t.Hidden:
		return portal.Fail(portal.Conflict, "error.hidden_thread_stays")
	}
	return nil
}

// keeps refuses a move by which somebody would read what she does not read now.
func keeps(ctx context.Context, tx *postgres.Tx, from, to portal.Thread) error {
	members, err := tx.Viewers(ctx, append(slices.Clone(to.Named), to.AuthorID))
	if err == nil && !from.Keeps(to.Audience, members) {
		err = portal.Fail(portal.Conflict, "error.move_widens")
	}
	return err
}

// picked reads the posts that are to leave a thread: some, known, and not the opening one.
func picked(ctx context.Context, tx *postgres.Tx, from portal.Thread, posts []int64) (postgres.Moving, error) {
	posts = slices.Compact(slices.Sorted(slices.Values(posts)))
	m := postgres.Moving{From: from.ID}
	switch {
	case len(posts) == 0:
		return m, portal.FieldFailed("posts", "error.required")
	case len(posts) > MaxMoved:
		return m, portal.FieldFailed("posts", "error.too_many", "Max", MaxMoved)
	}
	var hidden bool
	var err error
	if m.Posts, m.Numbers, hidden, err = tx.PostsToMove(ctx, from.ID, posts); err != nil {
		return m, err
	}
	switch {
	case len(m.Posts) != len(posts):
		return m, portal.FieldFailed("posts", "error.unknown_value")
	case m.Numbers[0] == 1:
		return m, portal.FieldFailed("posts", "error.opening_stays")
	case hidden:
		return m, portal.Fail(portal.Conflict, "error.hidden_posts_stay")
	}
	return m, nil
}

// move takes posts from one thread into another and, with the last of them, ends the one.
func move(ctx context.Context, tx *postgres.Tx, who portal.Identity, action string, from, to portal.Thread, m postgres.Moving) error {
	cases, err := tx.ThreadCases(ctx, from.ID)
	if err != nil {
		return err
	}
	m.Into, m.Workspace, m.Before = to.ID, to.WorkspaceID, to.Posts
	cases = slices.DeleteFunc(cases, func(k postgres.ThreadCase) bool { return !slices.Contains(m.Posts, k.Target) })
	if err := tx.MovePosts(ctx, m); err != nil {
		return err
	}
	if to.Purpose == portal.Question && to.AnswerID == 0 && slices.Contains(m.Posts, from.AnswerID) {
		if _, err := tx.SetAnswer(ctx, to.ID, from.AnswerID, who.MemberID); err != nil {
			return err
		}
	}
	if len(m.Posts) == from.Posts {
		if err := tx.EndMerged(ctx, from.ID, to.ID, m.Posts[0]); err != nil {
			return err
		}
	}
	return recordMove(ctx, tx, who, action, from, to, len(m.Posts), cases)
}

// recordMove writes a move to the log: a change of each thread, so that whoever reads one hears of it and the
// index reads both again; and of the open cases that lie in another workspace now, so that its moderators hear.
func recordMove(ctx context.Context, tx *postgres.Tx, who portal.Identity, action string, from, to portal.Thread, posts int, cases []postgres.ThreadCase) error {
	left := moveChange(who, action, from, map[string]any{"into_thread": to.ID, "posts": posts})
	var rest []postgres.Change
	if from.ID != to.ID {
		rest = append(rest, moveChange(who, "thread.receive", to, map[string]any{"from_thread": from.ID, "posts": posts}))
	} else {
		left.Detail = map[string]any{"from_workspace": from.WorkspaceID, "into_workspace": to.WorkspaceID}
		there := left.Events[1]
		there.Topic, there.WorkspaceID = portal.WorkspaceTopic(to.WorkspaceID), to.WorkspaceID
		left.Events = append(left.Events, there)
	}
	if from.WorkspaceID != to.WorkspaceID {
		for _, k := range cases {
			change, err := caseMoved(ctx, tx, who, k, from, to)
			if err != nil {
				return err
			}
			rest = append(rest, change)
		}
	}
	var topics []portal.Topic
	for _, c := range append(rest, left) {
		for _, e := range c.Events {
			topics = append(topics, e.Topic)
		}
	}
	if err := tx.RecordAll(ctx, topics, slices.Values(rest)); err != nil {
		return err
	}
	return tx.Record(ctx, left)
}

func moveChange(who portal.Identity, action string, t portal.Thread, detail map[string]any) postgres.Change {
	change := threadChange(who, action, portal.ThreadChanged, t)
	inWorkspace := change.Events[0]
	inWorkspace.Topic = portal.WorkspaceTopic(t.WorkspaceID)
	change.Events, change.Detail = append(change.Events, inWorkspace), detail
	return change
}

// caseMoved tells the moderators of a workspace of an open case that came to them, and takes its notices from
// those who no longer decide over it.
func caseMoved(ctx context.Context, tx *postgres.Tx, who portal.Identity, k postgres.ThreadCase, from, to portal.Thread) (postgres.Change, error) {
	data := mustData(map[string]any{"case": k.ID, "outcome": ""})
	return postgres.Change{Actor: who.MemberID, Action: "case.move", Target: portal.Ref{Kind: k.Kind, ID: k.Target}, WorkspaceID: to.WorkspaceID,
		Detail: map[string]any{"case": k.ID}, Events: []portal.Event{
			{Topic: portal.ModerationTopic(to.WorkspaceID), Type: portal.CaseOpened, ThreadID: to.ID, WorkspaceID: to.WorkspaceID, Data: data},
			{Topic: portal.ModerationTopic(from.WorkspaceID), Type: portal.CaseChanged, WorkspaceID: from.WorkspaceID, Data: data},
		}}, tx.ForgetCaseNotices(ctx, k.ID)
}
