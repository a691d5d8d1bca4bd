package api

import (
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

type hitView struct {
	Kind        portal.Kind     `json:"kind"`
	ID          *int64          `json:"id"`             // null for countries and organizations
	Code        string          `json:"code,omitempty"` // theirs
	URL         string          `json:"url"`
	Title       string          `json:"title"`
	Snippet     string          `json:"snippet"` // HTML: escaped text with <mark> around what matched
	Language    string          `json:"language"`
	Country     string          `json:"country"`
	WorkspaceID *int64          `json:"workspace_id"`
	Handling    portal.Handling `json:"handling,omitempty"`
	Attachment  string          `json:"attachment,omitempty"` // where the match is in a file
	File        int64           `json:"attachment_id,omitempty"`
	Page        int             `json:"page,omitempty"`
	CreatedAt   *time.Time      `json:"created_at"` // null for countries and organizations
}

type facetView struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Count int    `json:"count"`
}

type replacementView struct {
	Typed string `json:"typed"`
	Used  string `json:"used"`
}

type searchView struct {
	Items    []hitView              `json:"items"`
	Facets   map[string][]facetView `json:"facets"`
	Total    int                    `json:"total"`
	TookMS   int64                  `json:"took_ms"`
	Cut      bool                   `json:"cut"` // q has more words than are searched
	Partial  bool                   `json:"partial"`
	Replaced []replacementView      `json:"replaced,omitempty"` // misspelt words and what was looked for instead
	Meanings []meaningView          `json:"meanings,omitempty"` // what words mean, and some of its other names that were looked for as well
	Next     *string                `json:"next"`
}

// query reads a search from an address.
func query(c echo.Context) (search.Query, error) {
	q := search.Query{Text: c.QueryParam("q"), Kind: c.QueryParam("kind"), Country: c.QueryParam("country"), Language: c.QueryParam("language"),
		Tag: c.QueryParam("tag"), Sector: c.QueryParam("sector"), Level: c.QueryParam("level"), Evidence: c.QueryParam("evidence"),
		Programme: c.QueryParam("programme"), Sort: c.QueryParam("sort"), After: c.QueryParam("after"), Locale: middleware.Locale(c).Lang(),
		Languages: search.LanguagesOf(c.QueryParam("languages"))}
	err := checkQuestion(q.Text)
	if err != nil {
		return q, err
	}
	if q.Workspace, err = param(c, "workspace"); err != nil {
		return q, err
	}
	if exact := c.QueryParam("exact"); exact != "" {
		if q.Exact, err = strconv.ParseBool(exact); err != nil {
			return q, invalid("exact", "error.unknown_value")
		}
	}
	if q.Limit, err = limitOf(c); err != nil {
		return q, err
	}
	if q.From, err = dayOf(c, "from"); err != nil {
		return q, err
	}
	if q.To, err = dayOf(c, "to"); err != nil {
		return q, err
	}
	if len(c.QueryParam("to")) == len(time.DateOnly) {
		q.To = q.To.AddDate(0, 0, 1) // a day includes itself
	}
	if q.Sort != "" && q.Sort != search.Relevance && q.Sort != search.Newest && q.Sort != search.Adopted {
		return q, invalid("sort", "error.unknown_value")
	}
	return q, nil
}

// checkQuestion refuses a question that is too long to be searched whole. More words than
// search.MaxWords are answered and told of: a client cannot count them as the index does.
func checkQuestion(text string) error {
	var checks portal.Checks
	checks.Add(utf8.RuneCountInString(text) <= portal.MaxQuery, "q", "error.too_long", "Max", portal.MaxQuery)
	return checks.Err()
}

func dayOf(c echo.Context, name string) (time.Time, error) {
	s := c.QueryParam(name)
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, invalid(name, "error.date")
}

func (a *API) search(c echo.Context) error {
	q, err := query(c)
	if err != nil {
		return err
	}
	found, err := a.f.Search.Find(c.Request().Context(), middleware.Who(c).Viewer, q)
	if err != nil {
		return err
	}
	v := searchView{Items: []hitView{}, Facets: map[string][]facetView{}, Total: found.Total, TookMS: found.TookMS, Partial: found.Partial,
		Cut: found.Cut != search.CutNothing}
	for _, r := range found.Replaced {
		v.Replaced = append(v.Replaced, replacementView(r))
	}
	v.Meanings = viewMeanings(found.Meanings)
	for _, h := range found.Hits {
		v.Items = append(v.Items, viewHit(h))
	}
	for name, facets := range found.Facets {
		v.Facets[name] = []facetView{}
		for _, f := range facets {
			if name == "kind" {
				f.Label = middleware.Locale(c).T("kind." + f.Value)
			} else if name == "language" {
				f.Label = middleware.Locale(c).Language(f.Value)
			}
			v.Facets[name] = append(v.Facets[name], facetView(f))
		}
	}
	if found.Next != "" {
		v.Next = &found.Next
	}
	return c.JSON(http.StatusOK, v)
}

func viewHit(h search.Hit) hitView {
	v := hitView{Kind: h.Kind, ID: zeroID(h.ID), URL: h.URL, Title: h.Title, Snippet: marked(h.Snippet), Language: h.Language, Country: h.Country,
		WorkspaceID: zeroID(h.Workspace), Handling: h.Handling, Attachment: h.AttachmentName, File: h.AttachmentID, Page: h.AttachmentPage, CreatedAt: zeroTime(h.CreatedAt)}
	if h.Place != nil {
		v.Code = h.Place.Code
	}
	return v
}

// marked writes a snippet as HTML, escaped, with marks around what matched.
func marked(pieces []search.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Match {
			b.WriteString("<mark>" + html.EscapeString(p.Text) + "</mark>")
			continue
		}
		b.WriteString(html.EscapeString(p.Text))
	}
	return b.String()
}

func (a *API) suggest(c echo.Context) error {
	limit, err := limitOf(c)
	if err != nil {
		return err
	}
	if err := checkQuestion(c.QueryParam("q")); err != nil {
		return err
	}
	found, err := a.f.Search.Suggest(c.Request().Context(), middleware.Who(c).Viewer, c.QueryParam("q"), min(limit, 20))
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	return all(c, found, func(s search.Suggestion) suggestionView { return viewSuggestion(l, s) })
}

type suggestionView struct {
	Kind  string `json:"kind"`  // practice, thread, member, workspace, term
	Label string `json:"label"` // the kind in the request's language
	ID    *int64 `json:"id"`
	Text  string `json:"text"`
	URL   string `json:"url,omitempty"`
	List  string `json:"list,omitempty"` // of a term: topics, substances, sectors
	Key   string `json:"key,omitempty"`
}

func viewSuggestion(l *i18n.Localizer, s search.Suggestion) suggestionView {
	v := suggestionView{Kind: string(s.Kind), ID: zeroID(s.ID), Text: s.Text, URL: s.URL, List: s.List, Key: s.Key}
	if v.Kind == "" {
		v.Kind = "term"
	}
	v.Label = l.T("kind." + v.Kind)
	return v
}

func (a *API) searches(c echo.Context) error {
	saved, err := a.f.Search.Saved(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return err
	}
	return all(c, saved, func(s postgres.SavedSearch) postgres.SavedSearch { return s })
}

// saveSearch keeps a search by the query part of its address: "q=naloxone&country=EE".
func (a *API) saveSearch(c echo.Context) error {
	in, err := decode[struct{ Name, Query string }](c, false)
	if err != nil {
		return err
	}
	saved, err := a.f.Search.Save(c.Request().Context(), middleware.Who(c), in.Name, in.Query)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, saved)
}

func (a *API) deleteSearch(c echo.Context, n int64) error {
	if err := a.f.Search.Forget(c.Request().Context(), middleware.Who(c), n); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
