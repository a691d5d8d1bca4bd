package search

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

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

// QueryOf reads a question from the query part of a search page's address. What cannot be read does not
// narrow: a link that somebody cut short still finds something.
func QueryOf(v url.Values) Query {
	workspace, _ := strconv.ParseInt(v.Get("workspace"), 10, 64)
	q := Query{Text: strings.TrimSpace(strings.ToValidUTF8(v.Get("q"), "")), Kind: v.Get("kind"), Country: v.Get("country"), Workspace: workspace,
		Language: v.Get("language"), Tag: v.Get("tag"), Sector: v.Get("sector"), Level: v.Get("level"), Evidence: v.Get("evidence"),
		Programme: v.Get("programme"), Sort: v.Get("sort"), After: v.Get("after"), Exact: v.Get("exact") != "", Languages: LanguagesOf(v.Get("languages"))}
	q.From, _ = time.Parse(time.DateOnly, v.Get("from"))
	if to, err := time.Parse(time.DateOnly, v.Get("to")); err == nil {
		q.To = to.AddDate(0, 0, 1) // the day itself belongs to it
	}
	return q
}
