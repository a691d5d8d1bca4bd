package demo

import (
	"context"
	"fmt"
	"maps"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// rater is a member who moderates the workspace and is not the author, or an officer.
func (f *filler) rater(workspace, author string) int64 {
	for _, m := range f.content.members {
		if m.Workspaces[workspace] == portal.RoleModerator && m.Email != author {
			return f.members[m.Email].ID
		}
	}
	return f.members[Accounts[0].Email].ID
}

func (f *filler) fillPractices(ctx context.Context) error {
	made := make([]portal.Practice, len(f.content.practices))
	for i, p := range f.content.practices {
		var err error
		if made[i], err = f.fillPractice(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", p.ExternalKey, err)
		}
		age := time.Duration(p.DaysAgo * 24 * float64(time.Hour)).Truncate(time.Microsecond)
		wait := time.Duration(9+i*29%140) * time.Hour // some waited for longer than authors are promised
		if p.DaysAgo == 0 {                           // what waits, waits since this week
			age, wait = time.Duration(i%5+1)*19*time.Hour, 48*time.Hour
		}
		if err := f.tx.DatePractice(ctx, made[i].ID, f.now.Add(-age-wait), f.now.Add(-age)); err != nil {
			return err
		}
		f.practiceChanged("practice.create", made[i])
	}
	for i, p := range f.content.practices {
		if p.Revision == nil {
			continue
		}
		if err := f.revise(ctx, made[i], *p.Revision); err != nil {
			return fmt.Errorf("revise %s: %w", p.ExternalKey, err)
		}
	}
	return nil
}

func (f *filler) fillPractice(ctx context.Context, p practice) (portal.Practice, error) {
	made := portal.Practice{ExternalKey: p.ExternalKey, PracticeText: p.PracticeText, TranslationOf: f.practices[p.TranslationOf]}
	made.Handling, made.Named, made.WorkspaceID, made.AuthorID = p.Handling, f.ids(p.Named), f.workspaces[p.Workspace], f.members[p.Author].ID
	var err error
	if made.ID, err = f.tx.InsertPractice(ctx, made); err != nil {
		return made, err
	}
	f.practices[p.ExternalKey] = made.ID
	if made.TranslationOf != 0 {
		if err := f.tx.Translated(ctx, made.ID); err != nil {
			return made, err
		}
	}
	return made, f.review(ctx, p, made)
}

func (f *filler) practiceChanged(action string, p portal.Practice) {
	f.changes = append(f.changes, postgres.Change{Actor: p.AuthorID, Action: action, Target: portal.Ref{Kind: portal.KindPractice, ID: p.ID},
		WorkspaceID: p.WorkspaceID, Events: []portal.Event{{Topic: portal.PracticeTopic(p.ID), Type: portal.PracticeChanged, PracticeID: p.ID,
			WorkspaceID: p.WorkspaceID}}})
}

// revise saves an edition over a published practice. What was translated before lags behind it.
func (f *filler) revise(ctx context.Context, p portal.Practice, r revision) error {
	sections := maps.Clone(p.Sections)
	p.Sections, p.Edits = sections, map[string]portal.Edit{}
	for key, text := range r.Sections {
		sections[key], p.Edits[key] = text, portal.Edit{By: p.AuthorID, At: f.now}
	}
	if _, err := f.tx.UpdatePractice(ctx, p, postgres.Save{Editor: p.AuthorID, Why: r.Why, Edition: true}); err != nil {
		return err
	}
	f.practiceChanged("practice.update", p)
	return nil
}

// decisions are the moderators' words for where a submission went.
var decisions = map[portal.Status]string{portal.Published: "approve", portal.ChangesRequested: "request_changes", portal.Rejected: "reject"}

// review takes a practice to where it stands.
func (f *filler) review(ctx context.Context, p practice, made portal.Practice) error {
	moderator := f.rater(p.Workspace, p.Author)
	if p.Status == portal.Draft {
		return nil
	}
	if err := f.tx.MovePractice(ctx, made.ID, portal.Submitted, made.AuthorID, nil); err != nil {
		return err
	}
	caseID, _, err := f.tx.OpenCase(ctx, portal.Case{Kind: "submission", Target: portal.Ref{Kind: portal.KindPractice, ID: made.ID},
		WorkspaceID: made.WorkspaceID}, made.ID)
	if err != nil || p.Status == portal.Submitted {
		return err
	}
	decided, action := p.Status, decisions[p.Status]
	if p.Status == portal.Archived { // it was published first
		decided, action = portal.Published, decisions[portal.Published]
	}
	if err := f.tx.MovePractice(ctx, made.ID, decided, moderator, p.Evidence); err != nil {
		return err
	}
	if p.Evidence != nil && p.Evidence.Rating != "" {
		if err := f.tx.KeepRating(ctx, made.ID, 1, *p.Evidence, moderator); err != nil {
			return err
		}
	}
	if err := f.tx.ActOnCase(ctx, caseID, moderator, action, p.ReviewNote, ""); err != nil {
		return err
	}
	if p.Status == portal.Archived {
		return f.tx.MovePractice(ctx, made.ID, portal.Archived, made.AuthorID, nil)
	}
	for _, a := range p.Adoptions {
		report := a.told()
		report.PracticeID, report.Author = made.ID, f.members[a.Author]
		if _, err := f.tx.InsertAdoption(ctx, report); err != nil {
			return fmt.Errorf("adoption in %s: %w", a.Country, err)
		}
	}
	return nil
}
