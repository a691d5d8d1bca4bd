package demo

import (
	"context"
	"fmt"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// fillKept adds what members and moderators keep beside their practices, one of each, so that every
// part of the portal has something to show.
func (f *filler) fillKept(ctx context.Context) error {
	for _, s := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"reading list", f.fillReadingList},
		{"registry's rating", f.fillQuote},
		{"confirmed report", f.fillConfirmed},
		{"co-author", func(ctx context.Context) error {
			return f.tx.SetCoAuthors(ctx, f.practices["eu-score-wastewater"], f.ids([]string{"ilze@demo.example"}))
		}},
		{"overdue practice", f.fillOverdue},
		{"saved reply", f.fillReply},
	} {
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
	}
	return nil
}

func (f *filler) fillReadingList(ctx context.Context) error {
	list := portal.Collection{WorkspaceID: f.workspaces["naloxone_first_response"], Language: "en", Handling: portal.Clear,
		Title:        "Naloxone: where to begin",
		Introduction: "Three practices to read in this order before you write a plan of your own: one that began small, one that a whole country runs, and the law that lets people call for help.",
		Items: []portal.CollectionItem{
			{PracticeID: f.practices["ee-thn"], Note: "Begins at the needle exchange, with a doctor on fixed hours."},
			{PracticeID: f.practices["gb-sct-naloxone"], Note: "Read the part on release from prison first."},
			{PracticeID: f.practices["ca-good-samaritan"], Note: "What the law has to say before the first kit is used."},
		}}
	id, err := f.tx.InsertCollection(ctx, list)
	if err != nil {
		return err
	}
	f.changes = append(f.changes, postgres.Change{Actor: f.rater("naloxone_first_response", ""), Action: "collection.create",
		Target: portal.Ref{Kind: portal.KindCollection, ID: id}, WorkspaceID: list.WorkspaceID})
	return nil
}

// fillQuote quotes a registry, an invented one: what a real one says is for its readers to look up.
func (f *filler) fillQuote(ctx context.Context) error {
	return f.tx.PutRegistryRating(ctx, f.practices["us-drug-courts"], f.rater("prosecutors_law", "marcus@demo.example"),
		postgres.RegistryRating{Registry: "A registry made up for this demonstration", Rating: "Recommended, 3 of 5", URL: "https://example.org/registry"})
}

// fillConfirmed has somebody else stand behind the first report on a practice.
func (f *filler) fillConfirmed(ctx context.Context) error {
	reports, err := f.tx.Adoptions(ctx, portal.Viewer{Officer: true}, f.practices["za-cosup"], portal.Page{Limit: 1})
	if err != nil || len(reports) == 0 {
		return err
	}
	second := f.members["astrid@demo.example"]
	if reports[0].Author.ID == second.ID {
		second = f.members["fiona@demo.example"]
	}
	return f.tx.ConfirmAdoption(ctx, reports[0].ID, second.ID)
}

// fillOverdue has a practice reviewed as if practices were good until a month ago.
func (f *filler) fillOverdue(ctx context.Context) error {
	months, err := f.tx.ReviewMonths(ctx)
	if err != nil {
		return err
	}
	if err := f.tx.SetReviewMonths(ctx, -1); err != nil {
		return err
	}
	if err := f.tx.Reviewed(ctx, f.practices["es-energy-control"]); err != nil {
		return err
	}
	return f.tx.SetReviewMonths(ctx, months)
}

func (f *filler) fillReply(ctx context.Context) error {
	_, err := f.tx.PutSavedReply(ctx, portal.SavedReply{WorkspaceID: f.workspaces["safe_secure"], By: portal.Person{ID: f.rater("safe_secure", "")},
		Title: "Results without a number", Body: "Thank you, this reads well. Please add to the results what you counted, over how long, and who counted it. One honest number, even a small one, is enough."})
	return err
}
