package web

import (
	"context"
	"html/template"
	"slices"

	"github.com/labstack/echo/v4"

	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/page"
)

func (w *Web) collectionRoutes() []Route {
	return []Route{
		{Method: get, Path: "/collections", Access: Anyone, handler: w.collections},
		{Method: get, Path: "/c/:id", Access: Anyone, handler: w.collection},
		{Method: get, Path: "/c/:id/edit", Access: Moderators, handler: w.editCollection},
		{Method: post, Path: "/c/:id/edit", Access: Moderators, handler: w.changeCollection},
		{Method: post, Path: "/c/:id/remove", Access: Moderators, handler: w.removeCollection},
		{Method: get, Path: "/w/:id/new-collection", Access: Moderators, handler: w.newCollection},
		{Method: post, Path: "/w/:id/new-collection", Access: Moderators, handler: w.createCollection},
	}
}

const (
	collectionsShown     = 30 // on one page of the list
	workspaceCollections = 5  // on a workspace's page
)

func collectionPath(id int64, title string) string { return address("c", id, title) }

// collectionRow is a reading list in a list.
type collectionRow struct {
	Path, Title, Lang, Line string
	Handling                portal.Handling
}

func (w *Web) collectionRows(ctx context.Context, v *page.View, list []portal.Collection) ([]collectionRow, error) {
	rows := make([]collectionRow, len(list))
	for i, k := range list {
		name, err := w.workspaceName(ctx, v.Who, k.WorkspaceID, v.Lang())
		if err != nil {
			return nil, err
		}
		rows[i] = collectionRow{Path: collectionPath(k.ID, k.Title), Title: k.Title, Lang: k.Language, Handling: k.Handling,
			Line: isolate + name.Name + endIsolate + between + v.L.N("collection.count", k.Count)}
		if k.Hidden { // which its moderators still find
			rows[i].Line += between + v.L.T("hidden.now")
		}
	}
	return rows, nil
}

// workspaceLists are the newest reading lists of a workspace, for its page.
func (w *Web) workspaceLists(ctx context.Context, v *page.View, workspace int64) ([]collectionRow, error) {
	list, err := w.f.Collections.List(ctx, v.Who, postgres.CollectionFilter{Workspace: workspace, Page: portal.Page{Limit: workspaceCollections}})
	if err != nil {
		return nil, err
	}
	return w.collectionRows(ctx, v, list)
}

type collectionsData struct {
	Crumbs []crumb
	Rows   []collectionRow
	Pager  *pager
	New    string // where a moderator makes one
}

// collections lists the reading lists, of one workspace or of all.
func (w *Web) collections(c echo.Context) error {
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	f := postgres.CollectionFilter{Page: portal.Page{After: after, Limit: collectionsShown + 1}}
	d := collectionsData{Crumbs: []crumb{{Name: l.T("frame.library"), Path: "/library"}}}
	v := w.view(c, l.T("collections.title"), nil)
	v.Screen = "library"
	if text := c.QueryParam("workspace"); text != "" {
		var ok bool
		if f.Workspace, ok = plainNumber(text); !ok {
			return portal.ErrNotFound()
		}
		name, err := w.workspaceName(ctx, who, f.Workspace, l.Lang())
		if err != nil {
			return err
		}
		d.Crumbs, v.Screen = []crumb{{Name: name.Name, Path: name.Path}}, "w:"+text
		if who.SignedIn() && who.ModeratorOf(f.Workspace) {
			d.New = "/w/" + text + "/new-collection"
		}
	}
	list, err := w.f.Collections.List(ctx, who, f)
	if err != nil {
		return err
	}
	list, d.Pager = paged(c, list, collectionsShown, func(k portal.Collection) int64 { return k.ID })
	if d.Rows, err = w.collectionRows(ctx, v, list); err != nil {
		return err
	}
	v.Data = d
	return w.render(c, "collection/collections", v)
}

// collectionEntry is one practice of a reading list.
type collectionEntry struct {
	Card card
	Note string
}

type collectionData struct {
	portal.Collection
	Crumbs  []crumb
	HTML    template.HTML
	Entries []collectionEntry
	Edit    string // where it is changed; "" for whom it is not
	Hiding  *hiding
	CanFlag bool
	Feed    string // address of its feed; "" where it is not clear
	URL     string
}

func (w *Web) collection(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	k, err := w.f.Collections.Get(ctx, who, id)
	if err != nil {
		return err
	}
	path := collectionPath(k.ID, k.Title)
	if right := moved(c, path); right != "" {
		return toRight(c, right)
	}
	v := w.view(c, k.Title, nil)
	v.Screen = "w:" + decimal(k.WorkspaceID)
	name, err := w.workspaceName(ctx, who, k.WorkspaceID, v.Lang())
	if err != nil {
		return err
	}
	d := collectionData{Collection: k, URL: w.f.BaseURL + "/c/" + decimal(id),
		Crumbs: []crumb{{Name: name.Name, Path: name.Path}, {Name: v.L.T("collections.title"), Path: "/collections?workspace=" + decimal(k.WorkspaceID)}}}
	if k.Introduction != "" {
		d.HTML = w.markup.html(markupKey{portal.KindCollection, k.ID, k.Version, ""}, k.Introduction, markup.Options{})
	}
	for _, item := range k.Items {
		d.Entries = append(d.Entries, collectionEntry{w.card(v.L, item.Practice), item.Note})
	}
	d.CanFlag = who.SignedIn() && !slices.Contains(k.Makers(), who.MemberID) && !k.Hidden
	if d.Hiding, err = w.hidingOf(ctx, v, k.WorkspaceID, portal.Ref{Kind: portal.KindCollection, ID: id}, k.Hidden, slices.Contains(k.Makers(), who.MemberID)); err != nil {
		return err
	}
	if who.Can(portal.ActDecide, k.Audience()) {
		d.Edit = "/c/" + decimal(id) + "/edit"
	}
	if k.Handling == portal.Clear && !k.Hidden {
		d.Feed = "/feeds/collections/" + decimal(id) + ".atom"
	}
	v.Data = d
	return w.render(c, "collection/collection", v)
}
