package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/collection"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func (a *API) collectionRoutes() []Route {
	return []Route{
		open(get, "/collections", a.collections),
		member(post, "/collections", moderate, a.createCollection),
		open(get, "/collections/:id", byID(a.collection)),
		member(patch, "/collections/:id", moderate, byID(a.updateCollection)),
		member(del, "/collections/:id", moderate, byID(a.deleteCollection)),
	}
}

type collectionView struct {
	ID           int64            `json:"id"`
	WorkspaceID  int64            `json:"workspace_id"`
	URL          string           `json:"url"`
	Title        string           `json:"title"`
	Introduction string           `json:"introduction"`
	Language     string           `json:"language"`
	Handling     portal.Handling  `json:"handling"`
	Count        int              `json:"count"` // practices that the reader may see
	Items        []collectionItem `json:"items,omitempty"`
	Version      int64            `json:"version"`
	CreatedAt    time.Time        `json:"created_at"`
	UpdatedAt    time.Time        `json:"updated_at"`
	Hidden       bool             `json:"hidden,omitempty"`
	Hiding       *hidingView      `json:"hiding,omitempty"`
}

type collectionItem struct {
	PracticeID int64           `json:"practice_id"`
	Title      string          `json:"title"`
	Handling   portal.Handling `json:"handling"`
	Note       string          `json:"note"`
}

func (a *API) viewCollection(k portal.Collection) collectionView {
	v := collectionView{ID: k.ID, WorkspaceID: k.WorkspaceID, URL: a.link("c", strconv.FormatInt(k.ID, 10)), Title: k.Title, Introduction: k.Introduction,
		Language: k.Language, Handling: k.Handling, Count: k.Count, Version: k.Version, CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, Hidden: k.Hidden}
	for _, item := range k.Items {
		v.Items = append(v.Items, collectionItem{item.PracticeID, item.Practice.Title, item.Practice.Handling, item.Note})
	}
	return v
}

func (a *API) collections(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	workspace, err := param(c, "workspace")
	if err != nil {
		return err
	}
	found, err := a.f.Collections.List(c.Request().Context(), middleware.Who(c), postgres.CollectionFilter{Workspace: workspace, Page: p})
	if err != nil {
		return err
	}
	return list(c, p, found, func(k portal.Collection) int64 { return k.ID }, a.viewCollection)
}

func (a *API) createCollection(c echo.Context) error {
	f, err := decode[collection.Fields](c, false)
	if err != nil {
		return err
	}
	k, err := a.f.Collections.Create(c.Request().Context(), middleware.Who(c), f)
	if err != nil {
		return err
	}
	located(c, http.StatusCreated, "/collections/", k.ID)
	return tagged(c, http.StatusCreated, k.Version, a.viewCollection(k))
}

func (a *API) collection(c echo.Context, n int64) error {
	who := middleware.Who(c)
	k, err := a.f.Collections.Get(c.Request().Context(), who, n)
	if err != nil {
		return err
	}
	v := a.viewCollection(k)
	if k.Hidden && !slices.Contains(k.Makers(), who.MemberID) {
		found, err := a.hidings(c, k.WorkspaceID, portal.KindCollection, k.ID)
		if err != nil {
			return err
		}
		v.Hiding = found[k.ID]
	}
	return tagged(c, http.StatusOK, k.Version, v)
}

func (a *API) updateCollection(c echo.Context, n int64) error {
	version := ifMatch(c)
	f, err := decode[collection.Fields](c, false)
	if err != nil {
		return err
	}
	k, err := a.f.Collections.Update(c.Request().Context(), middleware.Who(c), n, version, f)
	if err != nil {
		return err
	}
	return tagged(c, http.StatusOK, k.Version, a.viewCollection(k))
}

func (a *API) deleteCollection(c echo.Context, n int64) error {
	if err := a.f.Collections.Delete(c.Request().Context(), middleware.Who(c), n); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
