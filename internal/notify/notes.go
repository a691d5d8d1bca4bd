package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// MaxTold is how many members one event is told to, beyond which nobody reads it anyway.
const MaxTold = 1000

// postNotes finds whom a new post concerns: those it names, the author of what it answers, those
// who watch the thread; of these only who may see the thread and has not muted it.
func postNotes(ctx context.Context, tx *postgres.Tx, id int64) ([]portal.Notification, error) {
	posts, err := tx.PostsByID(ctx, []int64{id})
	if err != nil || len(posts) == 0 || !posts[0].DeletedAt.IsZero() {
		return nil, err
	}
	post := posts[0]
	levels, err := tx.ThreadPeople(ctx, post.ThreadID)
	if err != nil {
		return nil, err
	}
	why := map[int64]string{}
	for member, level := range levels {
		if level == portal.WatchAll {
			why[member] = "post"
		}
	}
	if post.ReplyTo != 0 {
		quoted, err := tx.PostsByID(ctx, []int64{post.ReplyTo})
		if err != nil {
			return nil, err
		}
		if len(quoted) == 1 {
			why[quoted[0].Author.ID] = "reply"
		}
	}
	if post.ReplyTo == 0 {
		// Whoever asked hears the answers, quoted or not.
		if err := askerToo(ctx, tx, post.ThreadID, why); err != nil {
			return nil, err
		}
	}
	mentioned, err := tx.Mentioned(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, member := range mentioned {
		why[member] = "mention"
	}
	for member, level := range levels {
		if level == portal.WatchMuted && why[member] != "mention" {
			delete(why, member)
		}
	}
	return forThread(ctx, tx, post.ThreadID, id, why)
}

func askerToo(ctx context.Context, tx *postgres.Tx, thread int64, why map[int64]string) error {
	threads, err := tx.ThreadsByID(ctx, []int64{thread})
	if err != nil || len(threads) == 0 {
		return err
	}
	if _, known := why[threads[0].AuthorID]; !known {
		why[threads[0].AuthorID] = "reply"
	}
	return nil
}

// threadNotes tells those whom the opening post of a thread names, and the author of the practice
// that it is about.
func threadNotes(ctx context.Context, tx *postgres.Tx, thread int64) ([]portal.Notification, error) {
	posts, err := tx.Posts(ctx, 0, thread, 0, 1)
	if err != nil || len(posts) == 0 {
		return nil, err
	}
	why := map[int64]string{}
	threads, err := tx.ThreadsByID(ctx, []int64{thread})
	if err != nil || len(threads) == 0 {
		return nil, err
	}
	for _, member := range threads[0].Named {
		why[member] = "named"
	}
	if about := threads[0].PracticeID; about != 0 {
		practices, err := tx.PracticesByID(ctx, []int64{about})
		if err != nil {
			return nil, err
		}
		if len(practices) == 1 {
			why[practices[0].AuthorID] = "thread"
		}
	}
	mentioned, err := tx.Mentioned(ctx, posts[0].ID)
	if err != nil {
		return nil, err
	}
	for _, member := range mentioned {
		why[member] = "mention"
	}
	return forThread(ctx, tx, thread, posts[0].ID, why)
}

func forThread(ctx context.Context, tx *postgres.Tx, thread, post int64, why map[int64]string) ([]portal.Notification, error) {
	threads, err := tx.ThreadsByID(ctx, []int64{thread})
	if err != nil || len(threads) == 0 {
		return nil, err
	}
	var notes []portal.Notification
	for _, member := range slices.Sorted(maps.Keys(why)) {
		viewer, err := tx.Viewer(ctx, member)
		if portal.KindOf(err) == portal.NotFound {
			continue // suspended
		}
		if err != nil {
			return nil, err
		}
		if viewer.CanSee(threads[0].Audience) && len(notes) < MaxTold {
			notes = append(notes, portal.Notification{MemberID: member, Kind: why[member], ThreadID: thread, PostID: post,
				WorkspaceID: threads[0].WorkspaceID})
		}
	}
	return notes, nil
}

// practiceNotes tells an author what was decided about her practice, and that it was adopted.
func practiceNotes(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]portal.Notification, error) {
	var data struct{ Step, Status string }
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, fmt.Errorf("read the event's data: %w", err)
	}
	kind, known := map[string]string{"approve": "published", "request_changes": "changes_requested", "reject": "rejected",
		"hide": "hidden", "show": "shown", "relabel": "relabelled", "adopt": "adopted", "archive": "archived"}[data.Step]
	if !known {
		return nil, nil
	}
	practices, err := tx.PracticesByID(ctx, []int64{e.PracticeID})
	if err != nil || len(practices) == 0 {
		return nil, err
	}
	n := portal.Notification{MemberID: practices[0].AuthorID, Kind: kind, PracticeID: e.PracticeID, WorkspaceID: e.WorkspaceID}
	if data.Step != "adopt" && data.Step != "archive" && data.Step != "show" {
		n.Note, err = lastNote(ctx, tx, e.PracticeID, data.Step)
	}
	return []portal.Notification{n}, err
}

// lastNote is what the moderator wrote with the decision.
func lastNote(ctx context.Context, tx *postgres.Tx, practice int64, action string) (string, error) {
	decisions, err := tx.PracticeDecisions(ctx, practice)
	if err != nil {
		return "", err
	}
	for _, d := range slices.Backward(decisions) {
		if d.Action == action {
			return d.Note, nil
		}
	}
	return "", nil
}

type caseData struct {
	Case    int64  `json:"case"`
	Outcome string `json:"outcome"`
}

// caseNotes tells those who flagged something what came of it, and the author of a hidden post
// or thread that it was hidden.
func caseNotes(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]portal.Notification, error) {
	var data caseData
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, fmt.Errorf("read the event's data: %w", err)
	}
	flaggers, err := tx.Flaggers(ctx, data.Case)
	if err != nil {
		return nil, err
	}
	var notes []portal.Notification
	for _, member := range flaggers {
		// The item itself may be out of the flagger's sight now, so nothing of it is named.
		notes = append(notes, portal.Notification{MemberID: member, Kind: "flag_" + data.Outcome, WorkspaceID: e.WorkspaceID})
	}
	if data.Outcome == "hide" && e.Entity.Kind == portal.KindPost {
		posts, err := tx.PostsByID(ctx, []int64{e.Entity.ID})
		if err != nil {
			return nil, err
		}
		if len(posts) == 1 && !slices.Contains(flaggers, posts[0].Author.ID) {
			notes = append(notes, portal.Notification{MemberID: posts[0].Author.ID, Kind: "hidden", ThreadID: e.ThreadID,
				PostID: e.Entity.ID, WorkspaceID: e.WorkspaceID})
		}
	}
	return notes, nil
}

// openedNotes tells the moderators of a workspace that a case waits for them, those of them who
// may see what it is about.
func openedNotes(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]portal.Notification, error) {
	moderators, err := tx.Moderators(ctx, e.WorkspaceID)
	if err != nil {
		return nil, err
	}
	var data caseData
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, fmt.Errorf("read the event's data: %w", err)
	}
	audience, err := audienceOf(ctx, tx, e)
	if err != nil {
		return nil, err
	}
	var notes []portal.Notification
	for _, m := range moderators {
		viewer, err := tx.Viewer(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		if viewer.CanSee(audience) {
			notes = append(notes, portal.Notification{MemberID: m.ID, Kind: "case", PracticeID: e.PracticeID, ThreadID: e.ThreadID,
				WorkspaceID: e.WorkspaceID, CaseID: data.Case})
		}
	}
	return notes, nil
}

func audienceOf(ctx context.Context, tx *postgres.Tx, e portal.Event) (portal.Audience, error) {
	if e.PracticeID != 0 {
		practices, err := tx.PracticesByID(ctx, []int64{e.PracticeID})
		if err != nil || len(practices) == 0 {
			return portal.Audience{Stage: portal.StagePrivate}, err
		}
		return practices[0].Audience, nil
	}
	threads, err := tx.ThreadsByID(ctx, []int64{e.ThreadID})
	if err != nil || len(threads) == 0 {
		return portal.Audience{Stage: portal.StagePrivate}, err
	}
	return threads[0].Audience, nil
}
