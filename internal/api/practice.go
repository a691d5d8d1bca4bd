package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/moderation"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
)

type practiceView struct {
	ID            int64                 `json:"id"`
	ExternalKey   *string               `json:"external_key"`
	Version       int64                 `json:"version"`
	Status        portal.Status         `json:"status"`
	URL           string                `json:"url"`
	Title         string                `json:"title"`
	Summary       string                `json:"summary"`
	Sections      map[string]string     `json:"sections"`
	Language      string                `json:"language"`
	Handling      portal.Handling       `json:"handling"`
	Named         []int64               `json:"named,omitempty"`
	TranslationOf *int64                `json:"translation_of"`
	Country       *string               `json:"country"`
	Organization  string                `json:"organization,omitempty"`
	Year          *int                  `json:"year"`
	Type          string                `json:"type"`
	Level         string                `json:"level"`
	WorkspaceID   *int64                `json:"workspace_id"`
	Sectors       []string              `json:"sectors"`
	Topics        []string              `json:"topics"`
	Substances    []string              `json:"substances"`
	References    []portal.Reference    `json:"references"`
	Evidence      *portal.Evidence      `json:"evidence"`
	Authors       []portal.Person       `json:"authors"`
	Attachments   []attachmentView      `json:"attachments"`
	Adoptions     portal.AdoptionCounts `json:"adoptions"`
	Hidden        bool                  `json:"hidden,omitempty"`
	Hiding        *hidingView           `json:"hiding,omitempty"`
	CreatedAt     time.Time             `json:"created_at"`
	UpdatedAt     time.Time             `json:"updated_at"`
	SubmittedAt   *time.Time            `json:"submitted_at"`
	PublishedAt   *time.Time            `json:"published_at"`
	Edition       int                   `json:"edition"`
	ReviewDueAt   *time.Time            `json:"review_due_at"`
}

func viewPractice(p portal.Practice, files []postgres.Attachment) practiceView {
	v := practiceView{ID: p.ID, Version: p.Version, Status: p.Status, URL: "/p/" + strconv.FormatInt(p.ID, 10), Title: p.Title,
		Summary: p.Summary, Sections: p.Sections, Language: p.Language, Handling: p.Handling, Named: p.Named,
		TranslationOf: zeroID(p.TranslationOf), Organization: p.Organization, Type: p.Type, Level: p.Level,
		WorkspaceID: zeroID(p.WorkspaceID), Sectors: filled(p.Sectors), Topics: filled(p.Topics), Substances: filled(p.Substances),
		References: filled(p.References), Evidence: p.Evidence, Authors: append([]portal.Person{p.Author}, p.Others...), Attachments: []attachmentView{},
		Adoptions: p.Adoptions, Hidden: p.Hidden, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
		SubmittedAt: zeroTime(p.SubmittedAt), PublishedAt: zeroTime(p.PublishedAt), Edition: p.Edition, ReviewDueAt: zeroTime(p.ReviewDueAt)}
	if p.ExternalKey != "" {
		v.ExternalKey = &p.ExternalKey
	}
	if p.Country != "" {
		v.Country = &p.Country
	}
	if p.Year != 0 {
		v.Year = &p.Year
	}
	if v.Sections == nil {
		v.Sections = map[string]string{}
	}
	for _, f := range files {
		if f.PracticeID == p.ID {
			v.Attachments = append(v.Attachments, viewAttachment(f))
		}
	}
	return v
}

func filled[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func (a *API) answerPractice(c echo.Context, status int, p portal.Practice) error {
	files, err := a.f.Attachments.List(c.Request().Context(), middleware.Who(c), p.ID)
	if err != nil {
		return err
	}
	located(c, status, "/practices/", p.ID)
	v := viewPractice(p, files)
	if err := a.hiddenPractice(c, p, &v); err != nil {
		return err
	}
	return tagged(c, status, p.Version, v)
}

func (a *API) practices(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	who := middleware.Who(c)
	f := postgres.PracticeFilter{Country: c.QueryParam("country"), Language: c.QueryParam("language"), Sector: c.QueryParam("sector"),
		Tag: c.QueryParam("tag"), Level: c.QueryParam("level"), Evidence: c.QueryParam("evidence"), Status: c.QueryParam("status"), Page: p}
	if f.Workspace, err = param(c, "workspace"); err != nil {
		return err
	}
	if f.TranslationOf, err = param(c, "translation_of"); err != nil {
		return err
	}
	switch author := c.QueryParam("author"); {
	case author == "me" && !who.SignedIn():
		return portal.ErrSignIn()
	case author == "me":
		f.Author = who.MemberID
		if f.Status == "" {
			f.Status = "any"
		}
	default:
		if f.Author, err = param(c, "author"); err != nil {
			return err
		}
	}
	found, err := a.f.Practices.List(c.Request().Context(), who, f)
	if err != nil {
		return err
	}
	ids := make([]int64, len(found))
	for i, practice := range found {
		ids[i] = practice.ID
	}
	files, err := a.f.Attachments.List(c.Request().Context(), middleware.Who(c), ids...)
	if err != nil {
		return err
	}
	return list(c, p, found, func(p portal.Practice) int64 { return p.ID },
		func(p portal.Practice) practiceView { return viewPractice(p, files) })
}

func (a *API) createPractice(c echo.Context) error {
	f, err := decode[practice.Fields](c, false)
	if err != nil {
		return err
	}
	p, err := a.f.Practices.Create(c.Request().Context(), middleware.Who(c), f)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusCreated, p)
}

func (a *API) practice(c echo.Context, n int64) error {
	p, err := a.f.Practices.Get(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}

func (a *API) updatePractice(c echo.Context, n int64) error {
	version := ifMatch(c)
	f, err := decode[practice.Fields](c, false)
	if err != nil {
		return err
	}
	p, err := a.f.Practices.Update(c.Request().Context(), middleware.Who(c), n, version, f)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}

func (a *API) submit(c echo.Context, n int64) error {
	p, err := a.f.Practices.Submit(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}

func (a *API) archive(c echo.Context, n int64) error {
	p, err := a.f.Practices.Archive(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}

// decide answers the three calls by which a moderator decides over a submission.
func (a *API) decide(action string) echo.HandlerFunc {
	return func(c echo.Context) error {
		n, err := id(c, "id")
		if err != nil {
			return err
		}
		in, err := decode[struct {
			Note     string
			Evidence *portal.Evidence
		}](c, true)
		if err != nil {
			return err
		}
		p, err := a.f.Moderation.DecidePractice(c.Request().Context(), middleware.Who(c), n,
			moderation.Decision{Action: action, Note: in.Note, Evidence: in.Evidence, IfVersion: ifMatch(c)})
		if err != nil {
			return err
		}
		return a.answerPractice(c, http.StatusOK, p)
	}
}

type versionView struct {
	Version int64         `json:"version"`
	Status  portal.Status `json:"status"`
	Editor  portal.Person `json:"editor"`
	At      time.Time     `json:"at"`
	Title   string        `json:"title"`
	Edition int           `json:"edition"`
	Why     string        `json:"why"`
}

func (a *API) versions(c echo.Context, n int64) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	found, err := a.f.Practices.Versions(c.Request().Context(), middleware.Who(c), n, p)
	if err != nil {
		return err
	}
	return list(c, p, found, func(v postgres.PracticeVersion) int64 { return v.Version },
		func(v postgres.PracticeVersion) versionView {
			return versionView{Version: v.Version, Status: v.Status, Editor: v.Editor, At: v.At, Title: v.Text.Title, Edition: v.Edition, Why: v.Why}
		})
}

func (a *API) version(c echo.Context) error {
	n, version, err := twoIDs(c, "id", "n")
	if err != nil {
		return err
	}
	v, err := a.f.Practices.Version(c.Request().Context(), middleware.Who(c), n, version)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Version int64         `json:"version"`
		Status  portal.Status `json:"status"`
		Editor  portal.Person `json:"editor"`
		At      time.Time     `json:"at"`
		portal.PracticeText
	}{v.Version, v.Status, v.Editor, v.At, v.Text})
}

func (a *API) diff(c echo.Context, n int64) error {
	from, err := param(c, "from")
	if err != nil {
		return err
	}
	to, err := param(c, "to")
	if err != nil {
		return err
	}
	if from == 0 || to == 0 {
		return invalid("from", "error.required")
	}
	parts, err := a.f.Practices.Diff(c.Request().Context(), middleware.Who(c), n, from, to)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"from": from, "to": to, "parts": parts})
}
