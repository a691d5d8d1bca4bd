package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

type caseData struct {
	Case    int64  `json:"case"`
	Outcome string `json:"outcome"`
}

// parts are the kinds of thing whose hiding has its own words: it is not the practice that is hidden.
var parts = map[portal.Kind]bool{portal.KindAdoption: true, portal.KindAttachment: true, portal.KindCollection: true, portal.KindMember: true}

// closed tells those who flagged something what came of it, and the author of a post or thread
// that it was hidden or got another handling; a practice's author hears it by her practice.
func (f *facts) closed(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]told, error) {
	var data caseData
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, fmt.Errorf("read the event's data: %w", err)
	}
	note, undone, err := decisionNote(ctx, tx, e.Entity, data.Outcome, e)
	if err != nil || undone {
		return nil, err
	}
	flaggers, err := tx.Flaggers(ctx, data.Case)
	if err != nil {
		return nil, err
	}
	var p people
	for _, member := range flaggers {
		// The item itself may be out of the flagger's sight now, so nothing of it is named.
		kind := "flag_" + data.Outcome
		if e.Entity.Kind == portal.KindMember { // which is in no workspace
			kind += "_profile"
		}
		p.add(member, kind, told{event: e, Notification: portal.Notification{WorkspaceID: e.WorkspaceID}})
	}
	kind := map[string]string{"hide": "hidden", "relabel": "relabelled"}[data.Outcome]
	n := told{event: e, Notification: portal.Notification{ThreadID: e.ThreadID, WorkspaceID: e.WorkspaceID, Note: note}}
	switch {
	case kind == "":
	case parts[e.Entity.Kind] && kind == "hidden":
		of, err := tx.Flagged(ctx, e.Entity)
		if portal.KindOf(err) == portal.NotFound { // gone meanwhile
			return p.notes, nil
		}
		if err != nil {
			return nil, err
		}
		n.PracticeID = of.Practice
		p.add(of.Owner, string(e.Entity.Kind)+"_hidden", n)
	case e.Entity.Kind == portal.KindPost && data.Outcome == "hide":
		n.PostID = e.Entity.ID
		p.add(f.posts[e.Entity.ID].Author.ID, kind, n)
	case e.Entity.Kind == portal.KindPost || e.Entity.Kind == portal.KindThread:
		p.add(f.threads[e.ThreadID].AuthorID, kind, n)
	}
	return p.notes, nil
}

// stepOf is what an event says was done; "" where it says nothing.
func stepOf(e portal.Event) string {
	var data struct{ Step string }
	if json.Unmarshal(e.Data, &data) != nil {
		return ""
	}
	return data.Step
}

// shown tells whose a report, a file, a reading list or a profile is that it is visible again.
func shown(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]told, error) {
	of, err := tx.Flagged(ctx, e.Entity)
	if portal.KindOf(err) == portal.NotFound { // gone meanwhile
		return nil, nil
	}
	var p people
	p.add(of.Owner, string(e.Entity.Kind)+"_shown", told{event: e, Notification: portal.Notification{PracticeID: of.Practice, WorkspaceID: e.WorkspaceID}})
	return p.notes, err
}

// corrected tells the moderators that a hidden report says something else now, which may be shown.
func (f *facts) corrected(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]told, error) {
	of, err := tx.HiddenReportCase(ctx, e)
	if portal.KindOf(err) == portal.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	deciders, err := f.deciders(ctx, tx, e, false)
	var p people
	for _, member := range deciders {
		p.add(member, "report_corrected", told{event: e, audience: audienceOf(f.practices[e.PracticeID]),
			Notification: portal.Notification{PracticeID: e.PracticeID, WorkspaceID: e.WorkspaceID, CaseID: of}})
	}
	return p.notes, err
}

// opened tells the moderators of a workspace that a case waits for them, those of them who may see
// what it is about; where there are none, or they have passed it on, the officers.
func (f *facts) opened(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]told, error) {
	var data caseData
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, fmt.Errorf("read the event's data: %w", err)
	}
	if data.Outcome == "undo" { // they were told when it was opened first
		return nil, nil
	}
	if data.Outcome == "escalate" {
		if _, undone, err := decisionNote(ctx, tx, e.Entity, data.Outcome, e); err != nil || undone {
			return nil, err
		}
	}
	deciders, err := f.deciders(ctx, tx, e, data.Outcome == "escalate")
	if err != nil {
		return nil, err
	}
	// Of a list and of a profile those who decide see all; of what is no more, nobody anything.
	audience := portal.Audience{Stage: portal.StagePrivate}
	if e.Entity.Kind == portal.KindCollection || e.Entity.Kind == portal.KindMember {
		audience = portal.Audience{Stage: portal.StageReview, Handling: portal.Green, WorkspaceID: e.WorkspaceID}
	} else if practice, ok := f.practices[e.PracticeID]; ok && e.PracticeID != 0 {
		audience = practice.Audience
	} else if t, ok := f.threads[e.ThreadID]; ok {
		audience = t.Audience
	}
	var p people
	for _, member := range deciders {
		p.add(member, "case", told{event: e, audience: &audience, Notification: portal.Notification{PracticeID: e.PracticeID,
			ThreadID: e.ThreadID, WorkspaceID: e.WorkspaceID, CaseID: data.Case}})
	}
	return p.notes, nil
}

// deciders are those who may decide over the thing of an event, the moderators or, beyond them, the
// officers. Whose own it is does not decide: where that is every moderator, the officers do.
func (f *facts) deciders(ctx context.Context, tx *postgres.Tx, e portal.Event, beyond bool) ([]int64, error) {
	owners, err := f.owners(ctx, tx, e)
	if err != nil {
		return nil, err
	}
	deciders, err := tx.Deciders(ctx, e.WorkspaceID, beyond)
	others := slices.DeleteFunc(deciders, func(id int64) bool { return slices.Contains(owners, id) })
	if err != nil || len(others) > 0 || beyond {
		return others, err
	}
	return f.deciders(ctx, tx, e, true)
}

// owners are those whose own the thing of an event is, and the authors of the practice that it is on.
func (f *facts) owners(ctx context.Context, tx *postgres.Tx, e portal.Event) ([]int64, error) {
	switch {
	case e.Entity.Kind == portal.KindPost:
		return []int64{f.posts[e.Entity.ID].Author.ID}, nil
	case e.Entity.Kind == portal.KindThread:
		return []int64{f.threads[e.ThreadID].AuthorID}, nil
	}
	p := f.practices[e.PracticeID]
	owners := append(slices.Clone(p.CoAuthors), p.AuthorID)
	for _, edit := range p.Edits {
		owners = append(owners, edit.By)
	}
	if !parts[e.Entity.Kind] {
		return owners, nil
	}
	of, err := tx.Flagged(ctx, e.Entity)
	if portal.KindOf(err) == portal.NotFound { // gone meanwhile
		err = nil
	}
	return append(owners, of.Makers...), err
}
