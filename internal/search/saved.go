package search

import (
	"context"
	"errors"
	"net/url"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const maxSavedQuery = 2000 // bytes of the query part of an address

// Saved lists the viewer's saved searches, newest first.
func (s *Service) Saved(ctx context.Context, who portal.Identity) ([]postgres.SavedSearch, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	return s.db.SavedSearches(ctx, who.MemberID)
}

// Save keeps a search of the viewer's by the query part of its address, like "q=naloxone&country=EE".
func (s *Service) Save(ctx context.Context, who portal.Identity, name, query string) (postgres.SavedSearch, error) {
	saved := postgres.SavedSearch{Name: name, Query: query, CreatedAt: portal.Now()}
	if !who.SignedIn() {
		return saved, portal.ErrSignIn()
	}
	var c portal.Checks
	c.Text("name", name, portal.MaxName, false)
	c.Add(query != "", "query", "error.required")
	_, err := url.ParseQuery(query)
	c.Add(err == nil && len(query) <= maxSavedQuery, "query", "error.type")
	if err := c.Err(); err != nil {
		return saved, err
	}
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		var err error
		saved.ID, err = tx.SaveSearch(ctx, who.MemberID, name, query)
		if errors.Is(err, postgres.ErrTooManySearches) {
			return portal.Fail(portal.Conflict, "error.too_many_searches", "Max", postgres.MaxSavedSearches)
		}
		if err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "search.save", Target: portal.Ref{Kind: portal.KindSearch, ID: saved.ID}})
	})
	return saved, err
}

// Forget removes one of the viewer's saved searches.
func (s *Service) Forget(ctx context.Context, who portal.Identity, id int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.DeleteSearch(ctx, who.MemberID, id); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "search.forget", Target: portal.Ref{Kind: portal.KindSearch, ID: id}})
	})
}
