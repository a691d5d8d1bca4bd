package web

import (
	"html/template"
	"slices"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/practice"
)

// postText is what a post said in one of its versions, as it differs from the one before.
type postText struct {
	By      portal.Person
	When    template.HTML
	First   bool
	Last    bool
	Changes []practice.Change
}

// postHistory shows how a post came to what it says, the latest change first.
func (w *Web) postHistory(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	_, t, texts, err := w.f.Discussions.History(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	d, err := w.composeView(c, "post.history", t, id)
	if err != nil {
		return err
	}
	said := make([]string, len(texts))
	for i, text := range texts {
		said[i] = text.Body
	}
	v := w.view(c, "", nil)
	for i, changes := range practice.CompareInTurn(said) {
		d.Texts = append(d.Texts, postText{By: texts[i].By, When: v.When(texts[i].At), First: i == 0, Last: i == len(texts)-1, Changes: changes})
	}
	slices.Reverse(d.Texts)
	return w.showCompose(c, "thread/history", "post.history", d, nil)
}
