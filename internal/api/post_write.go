package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/discussion"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// writingRoutes are what helps with writing in a thread: drafts, files, mentions, earlier texts.
func (a *API) writingRoutes() []Route {
	return []Route{
		member(get, "/threads/:id/draft", write, byID(a.draft)),
		member(put, "/threads/:id/draft", write, byID(a.keepDraft)),
		member(del, "/threads/:id/draft", write, byID(a.dropDraft)),
		member(get, "/threads/:id/mentions", write, byID(a.mentionable)),
		member(get, "/threads/:id/attachments", write, byID(a.unsentFiles)),
		member(post, "/threads/:id/attachments", write, byID(a.attachToThread)),
		open(get, "/posts/:id/attachments", byID(a.postFiles)),
		member(post, "/posts/:id/attachments", write, byID(a.attachToPost)),
		open(get, "/posts/:id/versions", byID(a.postVersions)),
	}
}

type draftView struct {
	Body      string     `json:"body"`
	ReplyTo   *int64     `json:"reply_to"`
	Language  string     `json:"language"`
	UpdatedAt *time.Time `json:"updated_at"`
}

func (a *API) draft(c echo.Context, n int64) error {
	d, err := a.f.Discussions.Draft(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, draftView{Body: d.Body, ReplyTo: zeroID(d.ReplyTo), Language: d.Language, UpdatedAt: zeroTime(d.UpdatedAt)})
}

func (a *API) keepDraft(c echo.Context, n int64) error {
	in, err := decode[struct {
		Body     string `json:"body"`
		ReplyTo  int64  `json:"reply_to"`
		Language string `json:"language"`
	}](c, false)
	if err != nil {
		return err
	}
	return a.setDraft(c, postgres.Draft{ThreadID: n, Body: in.Body, ReplyTo: in.ReplyTo, Language: in.Language})
}

func (a *API) dropDraft(c echo.Context, n int64) error {
	return a.setDraft(c, postgres.Draft{ThreadID: n})
}

func (a *API) setDraft(c echo.Context, d postgres.Draft) error {
	if err := a.f.Discussions.KeepDraft(c.Request().Context(), middleware.Who(c), d); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) mentionable(c echo.Context, n int64) error {
	found, err := a.f.Discussions.Mentionable(c.Request().Context(), middleware.Who(c), n, c.QueryParam("q"))
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	return all(c, found, func(p portal.Person) mentionView { return mentionView{Person: p, Land: l.Country(p.Country)} })
}

// mentionView is a member who may be mentioned; Land is her country's name in the request's language.
type mentionView struct {
	portal.Person
	Land string `json:"country_name"`
}

func (a *API) unsentFiles(c echo.Context, n int64) error {
	who := middleware.Who(c)
	if _, err := a.f.Discussions.Get(c.Request().Context(), who, n); err != nil {
		return err
	}
	files, err := a.f.Attachments.Unsent(c.Request().Context(), who, n)
	if err != nil {
		return err
	}
	return all(c, files, viewAttachment)
}

func (a *API) attachToThread(c echo.Context, n int64) error {
	return receive(c, n, a.f.Attachments.MayAddToThread, a.f.Attachments.AddToThread)
}

func (a *API) postFiles(c echo.Context, n int64) error {
	who := middleware.Who(c)
	if _, _, err := a.f.Discussions.Post(c.Request().Context(), who, n); err != nil {
		return err
	}
	files, err := a.f.Attachments.OfPosts(c.Request().Context(), who, n)
	if err != nil {
		return err
	}
	return all(c, files, viewAttachment)
}

func (a *API) attachToPost(c echo.Context, n int64) error {
	return receive(c, n, a.f.Attachments.MayAddToPost, a.f.Attachments.AddToPost)
}

type postVersionView struct {
	Version   int64         `json:"version"`
	Body      string        `json:"body"`
	Author    portal.Person `json:"author"`
	CreatedAt time.Time     `json:"created_at"`
}

// postVersions lists the texts of a post, the first one first.
func (a *API) postVersions(c echo.Context, n int64) error {
	_, _, texts, err := a.f.Discussions.History(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return all(c, texts, func(t discussion.Text) postVersionView {
		return postVersionView{Version: t.Version, Body: t.Body, Author: t.By, CreatedAt: t.At}
	})
}
