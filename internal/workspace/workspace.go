// Package workspace is the rooms of the coalition: who may make, change, join and leave them.
package workspace

import (
	"context"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Service holds the rules of workspaces.
type Service struct {
	db    *postgres.DB
	vocab *portal.Vocabulary
}

// New makes the service.
func New(db *postgres.DB, vocab *portal.Vocabulary) *Service { return &Service{db: db, vocab: vocab} }

// Fields are a workspace's facts; nil fields stay as they are in a change.
type Fields struct {
	Name        *string `json:"name"`
	Kind        *string `json:"kind"`
	Description *string `json:"description"`
	Access      *string `json:"access"`
	Country     *string `json:"country"`
	Programme   *string `json:"programme"`
}

// Get reads a workspace as the viewer stands to it.
func (s *Service) Get(ctx context.Context, who portal.Identity, id int64) (portal.Workspace, error) {
	return s.db.Workspace(ctx, who.MemberID, id)
}

// List lists all workspaces, or only the viewer's.
func (s *Service) List(ctx context.Context, who portal.Identity, mine bool, page portal.Page) ([]portal.Workspace, error) {
	return s.db.Workspaces(ctx, who.MemberID, mine, page)
}

// Shared lists those of the viewer's workspaces in which another member is, too.
func (s *Service) Shared(ctx context.Context, who portal.Identity, member int64) ([]portal.Workspace, error) {
	mine, err := s.List(ctx, who, true, portal.Page{Limit: portal.MaxPage})
	if err != nil || member == who.MemberID {
		return nil, err
	}
	hers, err := s.db.InWorkspaces(ctx, member, who.Workspaces)
	return slices.DeleteFunc(mine, func(w portal.Workspace) bool { return !slices.Contains(hers, w.ID) }), err
}

// Named reads names of workspaces by their identifiers; that they exist is told to everybody.
func (s *Service) Named(ctx context.Context, ids []int64) (map[int64]portal.Workspace, error) {
	return s.db.WorkspacesByID(ctx, ids)
}

// Create makes a workspace; only officers do.
func (s *Service) Create(ctx context.Context, who portal.Identity, f Fields) (portal.Workspace, error) {
	if !who.SignedIn() {
		return portal.Workspace{}, portal.ErrSignIn()
	}
	if !who.Can(portal.ActAdminister, portal.Audience{}) {
		return portal.Workspace{}, portal.ErrForbidden()
	}
	w := portal.Workspace{Kind: "theme", Access: "invitation"}
	f.apply(&w)
	if err := s.check(w); err != nil {
		return w, err
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		id, err := tx.InsertWorkspace(ctx, w)
		if err != nil {
			return err
		}
		if w, err = tx.Workspace(ctx, who.MemberID, id); err != nil {
			return err
		}
		return tx.Record(ctx, changed(who, "workspace.create", id))
	})
	return w, err
}

// Update changes a workspace; its moderators and officers do. ifVersion 0 takes any version.
func (s *Service) Update(ctx context.Context, who portal.Identity, id, ifVersion int64, f Fields) (portal.Workspace, error) {
	if err := s.mayModerate(ctx, who, id); err != nil {
		return portal.Workspace{}, err
	}
	var w portal.Workspace
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		var err error
		if w, err = tx.Workspace(ctx, who.MemberID, id); err != nil {
			return err
		}
		if ifVersion != 0 && ifVersion != w.Version {
			return portal.Fail(portal.Stale, "error.stale")
		}
		f.apply(&w)
		if err := s.check(w); err != nil {
			return err
		}
		if err := tx.UpdateWorkspace(ctx, w); err != nil {
			return err
		}
		w.Version++
		return tx.Record(ctx, changed(who, "workspace.update", id))
	})
	return w, err
}

func (f Fields) apply(w *portal.Workspace) {
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&w.Name, f.Name)
	set(&w.Kind, f.Kind)
	set(&w.Description, f.Description)
	set(&w.Access, f.Access)
	set(&w.Country, f.Country)
	set(&w.Programme, f.Programme)
}

func (s *Service) check(w portal.Workspace) error {
	var c portal.Checks
	c.Text("name", w.Name, portal.MaxName, false)
	c.Text("description", w.Description, portal.MaxDescription, true)
	c.Add(slices.Contains([]string{"cohort", "theme", "region", "country"}, w.Kind), "kind", "error.unknown_value")
	c.Add(slices.Contains([]string{"open", "request", "invitation"}, w.Access), "access", "error.unknown_value")
	c.Add(w.Country == "" || s.vocab.HasCountry(w.Country), "country", "error.unknown_value")
	c.Add(w.Programme == "" || s.vocab.Has("programmes", w.Programme), "programme", "error.unknown_value")
	return c.Err()
}

func changed(who portal.Identity, action string, id int64) postgres.Change {
	return postgres.Change{Actor: who.MemberID, Action: action, Target: portal.Ref{Kind: portal.KindWorkspace, ID: id}, WorkspaceID: id,
		Events: []portal.Event{{Topic: portal.WorkspaceTopic(id), Type: portal.WorkspaceChanged, WorkspaceID: id}}}
}

func (s *Service) mayModerate(ctx context.Context, who portal.Identity, id int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if _, err := s.db.Workspace(ctx, who.MemberID, id); err != nil {
		return err
	}
	if !who.ModeratorOf(id) {
		return portal.ErrForbidden()
	}
	return nil
}
