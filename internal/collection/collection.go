// Package collection is the reading lists: the moderators of a workspace put practices into an order,
// with an introduction, for others to read.
package collection

import (
	"context"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Service holds the rules of reading lists.
type Service struct{ db *postgres.DB }

// New makes the service.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Item is one practice as it is asked for.
type Item struct {
	PracticeID int64  `json:"practice_id"`
	Note       string `json:"note"`
}

// Fields are what a moderator sends of a list; nil fields stay as they are. Items are all that she sees
// of the list, in their order; what she may not see stays where it was.
type Fields struct {
	Title        *string          `json:"title"`
	Introduction *string          `json:"introduction"`
	Language     *string          `json:"language"`
	Handling     *portal.Handling `json:"handling"`
	WorkspaceID  *int64           `json:"workspace_id"` // of a new one; a list stays in its workspace
	Items        *[]Item          `json:"items"`
}

// Get reads a list that the viewer may see, with those of its practices that she may see.
func (s *Service) Get(ctx context.Context, who portal.Identity, id int64) (portal.Collection, error) {
	k, err := s.db.Collection(ctx, who.Viewer, id)
	if err != nil {
		return k, err
	}
	items, err := s.db.CollectionItems(ctx, id)
	if err != nil {
		return k, err
	}
	seen, err := visible(ctx, s.db.Conn, who.Viewer, items)
	if err != nil {
		return k, err
	}
	for _, item := range items {
		if p, ok := seen[item.PracticeID]; ok {
			item.Practice = p
			k.Items = append(k.Items, item)
		}
	}
	k.Count = len(k.Items)
	return k, nil
}

// List lists the lists that the viewer may see, without their practices.
func (s *Service) List(ctx context.Context, who portal.Identity, f postgres.CollectionFilter) ([]portal.Collection, error) {
	return s.db.Collections(ctx, who.Viewer, f)
}

// Create makes a list; the moderators of its workspace and officers do.
func (s *Service) Create(ctx context.Context, who portal.Identity, f Fields) (portal.Collection, error) {
	k := portal.Collection{Handling: portal.Amber, Language: who.Locale, CreatedBy: who.MemberID}
	if f.WorkspaceID != nil {
		k.WorkspaceID = *f.WorkspaceID
	}
	if !who.SignedIn() {
		return k, portal.ErrSignIn()
	}
	if _, err := s.db.Workspace(ctx, who.MemberID, k.WorkspaceID); err != nil {
		if portal.KindOf(err) == portal.NotFound {
			return k, invalid("workspace_id", "error.unknown_value")
		}
		return k, err
	}
	if !who.ModeratorOf(k.WorkspaceID) {
		return k, portal.ErrModeratorsOnly()
	}
	if k.Language == "" {
		k.Language = "en"
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := apply(ctx, tx.Conn, who, &k, nil, f); err != nil {
			return err
		}
		var err error
		if k.ID, err = tx.InsertCollection(ctx, k); err != nil {
			return err
		}
		return tx.Record(ctx, changed(who, "collection.create", k))
	})
	if err != nil {
		return k, err
	}
	return s.Get(ctx, who, k.ID)
}

// Update changes a list. ifVersion 0 takes any version; another answers Stale.
func (s *Service) Update(ctx context.Context, who portal.Identity, id, ifVersion int64, f Fields) (portal.Collection, error) {
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		k, err := hold(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if ifVersion != 0 && ifVersion != k.Version {
			return portal.Fail(portal.Stale, "error.stale")
		}
		if f.WorkspaceID != nil && *f.WorkspaceID != k.WorkspaceID {
			return invalid("workspace_id", "error.unknown_value")
		}
		old, err := tx.CollectionItems(ctx, id)
		if err != nil {
			return err
		}
		if err := apply(ctx, tx.Conn, who, &k, old, f); err != nil {
			return err
		}
		if err := tx.UpdateCollection(ctx, k, who.MemberID); err != nil {
			return err
		}
		return tx.Record(ctx, changed(who, "collection.update", k))
	})
	if err != nil {
		return portal.Collection{}, err
	}
	return s.Get(ctx, who, id)
}

// Delete removes a list; the practices in it stay.
func (s *Service) Delete(ctx context.Context, who portal.Identity, id int64) error {
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		k, err := hold(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteCollection(ctx, id); err != nil {
			return err
		}
		return tx.Record(ctx, changed(who, "collection.delete", k))
	})
}

// hold locks a list for one who may change it.
func hold(ctx context.Context, tx *postgres.Tx, who portal.Identity, id int64) (portal.Collection, error) {
	if !who.SignedIn() {
		return portal.Collection{}, portal.ErrSignIn()
	}
	if err := tx.LockCollection(ctx, id); err != nil {
		return portal.Collection{}, err
	}
	k, err := tx.Collection(ctx, who.Viewer, id)
	if err == nil && !who.Can(portal.ActDecide, k.Audience()) {
		err = portal.ErrModeratorsOnly()
	}
	return k, err
}

// apply puts what was sent into a list that holds old.
func apply(ctx context.Context, c postgres.Conn, who portal.Identity, k *portal.Collection, old []portal.CollectionItem, f Fields) error {
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&k.Title, f.Title)
	set(&k.Introduction, f.Introduction)
	set(&k.Language, f.Language)
	if f.Handling != nil {
		k.Handling = *f.Handling
	}
	k.Items = old
	if f.Items == nil {
		return k.Check()
	}
	if len(*f.Items) > portal.MaxCollectionItems {
		return invalid("items", "error.too_many", "Max", portal.MaxCollectionItems)
	}
	wanted := make([]portal.CollectionItem, len(*f.Items))
	for i, item := range *f.Items {
		wanted[i] = portal.CollectionItem{PracticeID: item.PracticeID, Note: item.Note}
		if slices.ContainsFunc(wanted[:i], func(before portal.CollectionItem) bool { return before.PracticeID == item.PracticeID }) {
			return invalid("items", "error.collection_twice")
		}
	}
	seen, err := visible(ctx, c, who.Viewer, append(slices.Clone(old), wanted...))
	if err != nil {
		return err
	}
	for _, item := range wanted {
		p, ok := seen[item.PracticeID]
		if !ok || !holds(old, item.PracticeID) && (p.Stage != portal.StageOpen || p.Handling == portal.Red) {
			return invalid("items", "error.collection_practice")
		}
	}
	k.Items = merge(old, wanted, func(practice int64) bool { _, ok := seen[practice]; return ok })
	return k.Check()
}

// merge gives the new order: what the viewer wants, with what she may not see behind what it stood behind.
func merge(old, wanted []portal.CollectionItem, seen func(practice int64) bool) []portal.CollectionItem {
	unseen := map[int64][]portal.CollectionItem{} // by the practice that they stand behind; 0: before all
	var before int64
	for _, item := range old {
		switch {
		case !seen(item.PracticeID):
			unseen[before] = append(unseen[before], item)
		case holds(wanted, item.PracticeID):
			before = item.PracticeID
		}
	}
	merged := slices.Clone(unseen[0])
	for _, item := range wanted {
		merged = append(append(merged, item), unseen[item.PracticeID]...)
	}
	return merged
}

func holds(items []portal.CollectionItem, practice int64) bool {
	return slices.ContainsFunc(items, func(item portal.CollectionItem) bool { return item.PracticeID == practice })
}

// visible reads those practices of a list that the viewer may see.
func visible(ctx context.Context, c postgres.Conn, v portal.Viewer, items []portal.CollectionItem) (map[int64]portal.Practice, error) {
	ids := make([]int64, len(items))
	for i, item := range items {
		ids[i] = item.PracticeID
	}
	found, err := c.VisiblePractices(ctx, v, ids)
	seen := make(map[int64]portal.Practice, len(found))
	for _, p := range found {
		seen[p.ID] = p
	}
	return seen, err
}

func invalid(field, message string, args ...any) error {
	var c portal.Checks
	c.Add(false, field, message, args...)
	return c.Err()
}

func changed(who portal.Identity, action string, k portal.Collection) postgres.Change {
	ref := portal.Ref{Kind: portal.KindCollection, ID: k.ID}
	return postgres.Change{Actor: who.MemberID, Action: action, Target: ref, WorkspaceID: k.WorkspaceID,
		Detail: map[string]any{"handling": k.Handling, "items": len(k.Items)},
		Events: []portal.Event{{Topic: portal.WorkspaceTopic(k.WorkspaceID), Type: portal.Recorded, WorkspaceID: k.WorkspaceID}}}
}
