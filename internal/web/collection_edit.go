package web

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/collection"
	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// editedItem is one practice of a reading list as it is changed.
type editedItem struct {
	ID          int64
	Title, Lang string
	Field       string // name of the note's field
	First, Last bool
}

type collectionForm struct {
	Crumbs    []crumb
	Action    string
	Heading   string
	Items     []editedItem
	Languages []form.Choice
	Labels    []form.Choice
	Version   string
	Remove    string // where it is removed; "" while it is new
	Path      string
}

func noteField(practice int64) string { return "note." + decimal(practice) }

func (w *Web) newCollection(c echo.Context) error {
	f := form.New("handling", string(portal.Amber), "language", middleware.Locale(c).Lang())
	return w.showCollectionForm(c, f, portal.Collection{}, nil)
}

func (w *Web) createCollection(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	fields := collectionFields(f)
	fields.WorkspaceID = &id
	k, err := w.f.Collections.Create(c.Request().Context(), middleware.Who(c), fields)
	if err != nil {
		return w.showCollectionForm(c, f, portal.Collection{}, err)
	}
	return seeOther(c, "/c/"+decimal(k.ID)+"/edit", "saved")
}

// collectionFields are what the form says of the list itself.
func collectionFields(f *form.State) collection.Fields {
	title, introduction, language, handling := f.Text("title"), f.Value("introduction"), f.Text("language"), portal.Handling(f.Text("handling"))
	return collection.Fields{Title: &title, Introduction: &introduction, Language: &language, Handling: &handling}
}

// editable reads a list for one who may change it.
func (w *Web) editable(c echo.Context) (portal.Collection, error) {
	id, err := numbered(c, "id")
	if err != nil {
		return portal.Collection{}, err
	}
	who := middleware.Who(c)
	k, err := w.f.Collections.Get(c.Request().Context(), who, id)
	if err == nil && !who.Can(portal.ActDecide, k.Audience()) {
		err = portal.ErrModeratorsOnly()
	}
	return k, err
}

func (w *Web) editCollection(c echo.Context) error {
	k, err := w.editable(c)
	if err != nil {
		return err
	}
	f := form.New("title", k.Title, "introduction", k.Introduction, "language", k.Language, "handling", string(k.Handling))
	for _, item := range k.Items {
		f.Set(noteField(item.PracticeID), item.Note)
	}
	return w.showCollectionForm(c, f, k, nil)
}

// changeCollection saves all that was typed, and does what the pressed button says besides: every
// button of the form sends the whole of it.
func (w *Web) changeCollection(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	k, err := w.editable(c)
	if err != nil {
		return err
	}
	version := f.ID(l, "version")
	items := w.arranged(f, l, k)
	if f.Failed() {
		return w.showCollectionForm(c, f, k, nil)
	}
	fields := collectionFields(f)
	fields.Items = &items
	if _, err := w.f.Collections.Update(c.Request().Context(), middleware.Who(c), k.ID, version, fields); err != nil {
		return w.showCollectionForm(c, f, k, err)
	}
	anchor := ""
	if moved := f.ID(l, "up") + f.ID(l, "down"); moved != 0 {
		anchor = "#item-" + decimal(moved)
	}
	return seeOther(c, "/c/"+decimal(k.ID)+"/edit"+anchor, "saved")
}

// arranged gives the practices of the list in the order that the form asks for.
func (w *Web) arranged(f *form.State, l *i18n.Localizer, k portal.Collection) []collection.Item {
	var items []collection.Item
	drop := f.ID(l, "drop")
	for _, item := range k.Items {
		note := item.Note
		if f.Has(noteField(item.PracticeID)) {
			note = f.Text(noteField(item.PracticeID))
		}
		if item.PracticeID != drop {
			items = append(items, collection.Item{PracticeID: item.PracticeID, Note: note})
		}
	}
	at := func(id int64) int {
		return slices.IndexFunc(items, func(i collection.Item) bool { return i.PracticeID == id })
	}
	if i := at(f.ID(l, "up")); i > 0 {
		items[i-1], items[i] = items[i], items[i-1]
	}
	if i := at(f.ID(l, "down")); i >= 0 && i < len(items)-1 {
		items[i], items[i+1] = items[i+1], items[i]
	}
	if text := f.Text("practice"); text != "" {
		if id := practiceNamed(text); id == 0 {
			f.Wrong(l, "practice", "error.collection_practice")
		} else {
			items = append(items, collection.Item{PracticeID: id, Note: f.Text("practice_note")})
		}
	}
	return items
}

func (w *Web) removeCollection(c echo.Context) error {
	k, err := w.editable(c)
	if err != nil {
		return err
	}
	if err := w.f.Collections.Delete(c.Request().Context(), middleware.Who(c), k.ID); err != nil {
		return err
	}
	return seeOther(c, "/collections?workspace="+decimal(k.WorkspaceID), "removed")
}

// showCollectionForm shows the form of a list, a new one where k is empty, with what is wrong.
func (w *Web) showCollectionForm(c echo.Context, f *form.State, k portal.Collection, failed error) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	d := collectionForm{Heading: l.T("collection.new"), Languages: languageChoices(l, f.Text("language"))}
	workspace := k.WorkspaceID
	if k.ID == 0 {
		var err error
		if workspace, err = numbered(c, "id"); err != nil {
			return err
		}
		if !who.ModeratorOf(workspace) {
			return portal.ErrModeratorsOnly()
		}
		d.Action = "/w/" + decimal(workspace) + "/new-collection"
	} else {
		d.Heading, d.Path, d.Version = l.T("collection.edit"), collectionPath(k.ID, k.Title), decimal(k.Version)
		d.Action, d.Remove = "/c/"+decimal(k.ID)+"/edit", "/c/"+decimal(k.ID)+"/remove"
	}
	name, err := w.workspaceName(ctx, who, workspace, l.Lang())
	if err != nil {
		return err
	}
	d.Crumbs = []crumb{{Name: name.Name, Path: name.Path}, {Name: l.T("collections.title"), Path: "/collections?workspace=" + decimal(workspace)}}
	for _, h := range portal.CollectionHandlings {
		d.Labels = append(d.Labels, form.Choice{Value: string(h), Label: "TLP:" + strings.ToUpper(string(h)), Help: l.T("sees." + string(h))})
	}
	for i, item := range k.Items {
		d.Items = append(d.Items, editedItem{ID: item.PracticeID, Title: item.Practice.Title, Lang: item.Practice.Language,
			Field: noteField(item.PracticeID), First: i == 0, Last: i == len(k.Items)-1})
	}
	v := w.view(c, d.Heading, d)
	v.Screen, v.Form = "w:"+decimal(workspace), f
	if failed != nil {
		return w.again(c, "collection/edit", v, f, failed)
	}
	return w.render(c, "collection/edit", v)
}
