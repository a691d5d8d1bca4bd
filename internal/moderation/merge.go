package moderation

import (
	"context"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Merge makes a published practice a part of another: its address leads there, and its threads,
// adoption reports, files, watchers and translations move. It is for whoever moderates both. Both must be read by
// the same people, so that nothing that moves is shown to others. It can be undone.
func (s *Service) Merge(ctx context.Context, who portal.Identity, from, into int64) error {
	return s.onMerge(ctx, who, from, into, "merge", func(tx *postgres.Tx, a, b portal.Practice) error {
		var c portal.Checks
		c.Add(a.ID != b.ID, "into", "merge.itself")
		c.Add(a.Status == portal.Published && b.Status == portal.Published && !a.Hidden && !b.Hidden, "into", "merge.published")
		wide := a.Handling == b.Handling && (a.Handling == portal.Clear || a.Handling == portal.Green)
		insiders := true // whoever writes the other will read what moves
		if !wide {
			var err error
			if insiders, err = tx.AllInWorkspace(ctx, a.WorkspaceID, append(slices.Clone(b.CoAuthors), b.AuthorID)); err != nil {
				return err
			}
		}
		c.Add(wide || a.Handling == portal.Amber && b.Handling == portal.Amber && a.WorkspaceID == b.WorkspaceID && insiders, "into", "merge.readers")
		if err := c.Err(); err != nil {
			return err
		}
		return tx.MergePractice(ctx, from, into, who.MemberID)
	}, into)
}

// Unmerge takes a merge back: what moved then and is still there moves home. Of two in a row the later
// one is taken back first.
func (s *Service) Unmerge(ctx context.Context, who portal.Identity, from int64) error {
	into, err := s.db.MergedInto(ctx, who.Viewer, from)
	if err != nil {
		return err
	}
	if into == 0 {
		return portal.ErrNotFound()
	}
	return s.onMerge(ctx, who, from, into, "unmerge", func(tx *postgres.Tx, _, _ portal.Practice) error {
		_, err := tx.UnmergePractice(ctx, from)
		return err
	}, from)
}

// MergedInto tells where the address of a merged practice leads; 0 for one that stands for itself.
func (s *Service) MergedInto(ctx context.Context, who portal.Identity, id int64) (int64, error) {
	return s.db.MergedInto(ctx, who.Viewer, id)
}

// MergedFrom lists what was merged into a practice, for those who may take it back.
func (s *Service) MergedFrom(ctx context.Context, who portal.Identity, p portal.Practice) ([]portal.Practice, error) {
	if !who.Can(portal.ActDecide, p.Audience) {
		return nil, nil
	}
	return s.db.MergedFrom(ctx, who.Viewer, p.ID)
}

// onMerge changes how two practices belong together, for whoever may decide over both. The translations
// that are original's then get its facts.
func (s *Service) onMerge(ctx context.Context, who portal.Identity, from, into int64, step string,
	change func(tx *postgres.Tx, a, b portal.Practice) error, original int64) error {
	if err := moderates(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		var both [2]portal.Practice
		var at [2]place
		order := []int{0, 1} // by identifier, so that two moderators never wait for each other
		if into < from {
			order = []int{1, 0}
		}
		for _, i := range order {
			target := portal.Ref{Kind: portal.KindPractice, ID: []int64{from, into}[i]}
			p, err := tx.LockPractice(ctx, target.ID)
			if err != nil {
				return err
			}
			if !who.CanSee(p.Audience) {
				return portal.ErrNotFound()
			}
			if !who.Can(portal.ActDecide, p.Audience) {
				return portal.ErrForbidden()
			}
			if wrote(who, p) {
				return portal.Fail(portal.Forbidden, "error.own_item")
			}
			both[i], at[i] = p, place{target: target, workspace: p.WorkspaceID, practice: p.ID}
		}
		before, err := tx.PartCases(ctx, from, into)
		if err != nil {
			return err
		}
		if err := change(tx, both[0], both[1]); err != nil {
			return err
		}
		came, err := casesCame(ctx, tx, who.MemberID, before, from, into)
		if err != nil {
			return err
		}
		carried, err := tx.CarryFacts(ctx, original)
		if err != nil {
			return err
		}
		events := append(at[0].changed(step, ""), at[1].changed(step, "")...)
		events = append(events, followed(carried, "facts")...)
		return record(ctx, tx, postgres.Change{Actor: who.MemberID, Action: "practice." + step, Target: at[0].target, WorkspaceID: at[0].workspace,
			Detail: map[string]any{"into": into}, Events: events}, came)
	})
}

// casesCame tells the moderators of a workspace of the open cases that came to them with what moved there,
// and takes the notices of them from those who no longer decide.
func casesCame(ctx context.Context, tx *postgres.Tx, actor int64, before []postgres.PartCase, practices ...int64) (changes []postgres.Change, err error) {
	now, err := tx.PartCases(ctx, practices...)
	if err != nil {
		return nil, err
	}
	was := map[int64]int64{}
	for _, k := range before {
		was[k.ID] = k.Workspace
	}
	for _, k := range now {
		if was[k.ID] == k.Workspace {
			continue
		}
		if err := tx.ForgetCaseNotices(ctx, k.ID); err != nil {
			return nil, err
		}
		at := place{target: portal.Ref{Kind: portal.Kind(k.Kind), ID: k.Target}, workspace: k.Workspace, practice: k.Practice}
		events := []portal.Event{at.event(portal.CaseOpened, k.ID, "")}
		if left := was[k.ID]; left != 0 { // whose moderators may have it open; where it lies now is not theirs to know
			events = append(events, place{target: at.target, workspace: left}.event(portal.CaseChanged, k.ID, ""))
		}
		changes = append(changes, postgres.Change{Actor: actor, Action: "case.move", Target: at.target, WorkspaceID: k.Workspace,
			Detail: map[string]any{"case": k.ID}, Events: events})
	}
	return changes, nil
}

// followed tells that translations changed with their original.
func followed(translations []postgres.Carried, step string) (events []portal.Event) {
	for _, t := range translations {
		of := place{target: portal.Ref{Kind: portal.KindPractice, ID: t.ID}, workspace: t.WorkspaceID, practice: t.ID}
		now := step
		if t.Returned {
			now = "return"
		}
		told := of.changed(now, string(t.Status))
		if t.WorkspaceID == 0 { // a draft that is nowhere yet
			told = told[:1]
		}
		events = append(events, told...)
	}
	return events
}
