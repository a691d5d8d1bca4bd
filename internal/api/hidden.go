package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// hidingView says who hid a thing, when and why. It is the moderators' to read: whose the thing is learns that it
// was hidden and the reason that they wrote, and not who did it.
type hidingView struct {
	By      portal.Person `json:"by"`
	At      time.Time     `json:"at"`
	Note    string        `json:"note"`    // what whoever made it was told
	Reasons []string      `json:"reasons"` // why it was flagged
}

// hidings tells of hidden things of one kind, which lie in a workspace, to those who moderate there. The caller
// leaves out what is the viewer's own.
func (a *API) hidings(c echo.Context, workspace int64, kind portal.Kind, ids ...int64) (map[int64]*hidingView, error) {
	found, err := a.f.Moderation.Hidings(c.Request().Context(), middleware.Who(c), workspace, kind, ids)
	all := make(map[int64]*hidingView, len(found))
	for id, h := range found {
		all[id] = &hidingView{By: h.By, At: h.At, Note: h.Note, Reasons: filled(h.Reasons)}
	}
	return all, err
}

// hiddenPractice adds to a practice, and to its files, who hid them.
func (a *API) hiddenPractice(c echo.Context, p portal.Practice, v *practiceView) error {
	who := middleware.Who(c)
	if who.Wrote(p.Audience) {
		return nil
	}
	if p.Hidden {
		found, err := a.hidings(c, p.WorkspaceID, portal.KindPractice, p.ID)
		if err != nil {
			return err
		}
		v.Hiding = found[p.ID]
	}
	var files []int64
	for _, f := range v.Attachments {
		if f.Hidden {
			files = append(files, f.ID)
		}
	}
	found, err := a.hidings(c, p.WorkspaceID, portal.KindAttachment, files...)
	for i, f := range v.Attachments {
		v.Attachments[i].Hiding = found[f.ID]
	}
	return err
}

// hiddenPosts gives the posts of a thread with who hid them.
func (a *API) hiddenPosts(c echo.Context, t portal.Thread, posts ...portal.Post) (func(portal.Post) postView, error) {
	var ids []int64
	for _, p := range posts {
		if !p.HiddenAt.IsZero() && p.Author.ID != middleware.Who(c).MemberID {
			ids = append(ids, p.ID)
		}
	}
	found, err := a.hidings(c, t.WorkspaceID, portal.KindPost, ids...)
	return func(p portal.Post) postView {
		v := viewPost(p)
		v.Hiding = found[p.ID]
		return v
	}, err
}

// shownReport is a report with who hid it.
type shownReport struct {
	portal.Adoption
	Hiding *hidingView `json:"hiding,omitempty"`
}

// hiddenReports gives the reports on a practice with who hid them.
func (a *API) hiddenReports(c echo.Context, practice int64, reports []portal.Adoption) (func(portal.Adoption) shownReport, error) {
	who := middleware.Who(c)
	var ids []int64
	for _, d := range reports {
		if d.Hidden && d.Author.ID != who.MemberID {
			ids = append(ids, d.ID)
		}
	}
	var found map[int64]*hidingView
	if len(ids) > 0 {
		p, err := a.f.Practices.Get(c.Request().Context(), who, practice)
		if err == nil {
			found, err = a.hidings(c, p.WorkspaceID, portal.KindAdoption, ids...)
		}
		if err != nil {
			return nil, err
		}
	}
	return func(d portal.Adoption) shownReport { return shownReport{viewReport(d), found[d.ID]} }, nil
}
