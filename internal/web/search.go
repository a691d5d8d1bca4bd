package web

import (
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
	"praxis/internal/web/page"
)

func (w *Web) searchRoutes() []Route {
	return []Route{
		{Method: get, Path: "/search", Access: Anyone, handler: w.search},
		{Method: post, Path: "/searches", Access: Members, handler: w.saveSearch},
		{Method: post, Path: "/searches/:id/delete", Access: Members, handler: w.forgetSearch},
	}
}

// searchFilters are the parameters by which a search can be narrowed.
var searchFilters = []string{"kind", "country", "sector", "tag", "evidence", "level", "language", "programme", "workspace", "from", "to"}

// hit is one thing that was found, in words that are ready.
type hit struct {
	Path, Lang string
	Of         string // language of the title, which may be that of the thread around a post
	Title      []search.Piece
	Snippet    []search.Piece
	Handling   portal.Handling
	Kind       string // what it is, unless it is a practice
	Where      string // an attachment's name and page, a post's author
	File       string // the attachment's address, at that page
	Line       string
}

type searchData struct {
	Text     string // as it was typed, whole
	Heading  string // its beginning
	Name     string // what a saved search is called, unless she says otherwise
	Cut      string // what of a long one was not searched, in a sentence
	Hits     []hit
	Total    int
	Took     int64
	Facets   []facetGroup
	Chips    []chip
	Replaced []search.Replacement
	Meanings []meaning
	Exactly  string // the same search by the words as they were typed, where some were replaced
	Orders   []listOrder
	Partial  bool
	Pager    *pager
	Saved    []savedSearch
	Query    string // to be saved
	Kept     map[string]string
	Mine     *ownLanguages // nil for visitors
	Building int           // per cent of the index that are there; 0: all
}

// listOrder is one order of the list; the one it has is no link.
type listOrder struct{ Label, Path string }

// listOrders are those there are: without words nothing is a better match than another.
func listOrders(c echo.Context, l *i18n.Localizer, q search.Query) []listOrder {
	orders := []listOrder{{l.T("search.by_relevance"), search.Relevance}, {l.T("search.by_time"), search.Newest}, {l.T("search.by_adoptions"), search.Adopted}}
	if q.Text == "" {
		orders = orders[1:]
	}
	is := orders[0].Path
	if q.Sort == search.Newest || q.Sort == search.Adopted {
		is = q.Sort
	}
	for i, o := range orders {
		switch {
		case o.Path == is:
			orders[i].Path = ""
		case i == 0:
			orders[i].Path = filtered(c, "sort", "")
		default:
			orders[i].Path = filtered(c, "sort", o.Path)
		}
	}
	return orders
}

type savedSearch struct {
	ID         int64
	Name, Path string
}

func (w *Web) search(c echo.Context) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	q := searchQuery(c, l.Lang())
	result, err := w.f.Search.Find(ctx, who.Viewer, q)
	if err != nil {
		return err
	}
	title := l.T("search.title")
	heading := markup.Excerpt(q.Text, portal.MaxQuery)
	if heading != "" {
		title = l.T("search.for", "Text", heading)
	}
	v := w.view(c, title, nil)
	v.Query = q.Text
	d := searchData{Text: q.Text, Heading: heading, Name: markup.Excerpt(q.Text, portal.MaxName), Cut: cutWords(l, result.Cut), Total: result.Total, Took: result.TookMS, Partial: result.Partial, Replaced: result.Replaced,
		Facets: facetGroups(c, l, result.Facets, facetKeys), Chips: w.chips(c, l, result.Facets, searchFilters),
		Query: c.Request().URL.RawQuery, Kept: hidden(c.Request().URL.Query(), append(slices.Clone(searchFilters), "languages")), Orders: listOrders(c, l, q)}
	d.Meanings = meanings(result.Meanings, who)
	if len(result.Replaced)+len(result.Meanings) > 0 {
		d.Exactly = filtered(c, "exact", "1")
	}
	for _, h := range result.Hits {
		d.Hits = append(d.Hits, w.hit(v, h))
	}
	if result.Next != "" {
		d.Pager = &pager{Next: withQuery(c, "after", result.Next)}
	}
	if q.After != "" {
		d.Pager = d.Pager.from(withQuery(c, "after", ""))
	}
	if ok, percent := w.f.CaughtUp(ctx); !ok {
		d.Building = max(percent, 1)
	}
	if who.SignedIn() {
		saved, err := w.f.Search.Saved(ctx, who)
		if err != nil {
			return err
		}
		d.Saved = savedSearches(saved)
		d.Mine = languagesOfHers(c, who, q)
	}
	v.Data = d
	return w.render(c, "search/search", v)
}

// cutWords says what of a long question was not searched.
func cutWords(l *i18n.Localizer, cut search.Cut) string {
	switch cut {
	case search.CutWords:
		return l.T("search.cut.words", "Max", search.MaxWords)
	case search.CutCharacters:
		return l.T("search.cut.characters", "Max", portal.MaxQuery)
	}
	return ""
}

// searchQuery reads the question from the address.
func searchQuery(c echo.Context, locale string) search.Query {
	q := search.QueryOf(c.QueryParams())
	q.Limit, q.Locale = portal.DefaultPage, locale
	return q
}

func (w *Web) hit(v *page.View, h search.Hit) hit {
	made := hit{Path: h.URL, Lang: h.Language, Of: h.Language, Title: h.Marked, Snippet: h.Snippet, Handling: h.Handling}
	if len(made.Title) == 0 {
		made.Title = []search.Piece{{Text: h.Title}}
	}
	switch {
	case h.Practice != nil:
		made.Line = w.card(v.L, *h.Practice).Line
	case h.Post != nil && h.Thread != nil:
		made.Kind, made.Where, made.Of = v.L.T("kind.post"), h.Post.Author.Name, h.Thread.Language
		made.Path = postPath(h.Thread.ID, h.Thread.Title, h.Post.ID)
		made.Line = v.L.Country(h.Post.Author.Country) + between + v.L.Relative(h.Post.CreatedAt, v.Now, v.Zone)
	case h.Thread != nil:
		made.Kind = v.L.T("kind.thread")
		made.Line = threadRowOf(v, *h.Thread, true).Line
	case h.Member != nil:
		made.Kind = v.L.T("kind.member")
		made.Line = v.L.Country(h.Member.Country)
	case h.Collection != nil:
		made.Kind = v.L.T("kind.collection")
		made.Line = v.L.N("collection.count", h.Collection.Count)
	case h.Place != nil:
		made.Kind, made.Of = v.L.T("kind."+string(h.Kind)), v.Lang()
		made.Line = v.L.T("country.no_member")
		if h.Place.Member {
			made.Line = v.L.T("country.member")
		}
	}
	if h.AttachmentName != "" {
		made.Where, made.File = h.AttachmentName, "/api/v1/attachments/"+strconv.FormatInt(h.AttachmentID, 10)
		if h.AttachmentPage > 0 {
			made.File += "#page=" + strconv.Itoa(h.AttachmentPage)
			made.Where = v.L.T("search.page", "Name", h.AttachmentName, "Page", strconv.Itoa(h.AttachmentPage))
		}
	}
	return made
}

func savedSearches(list []postgres.SavedSearch) []savedSearch {
	saved := make([]savedSearch, len(list))
	for i, s := range list {
		saved[i] = savedSearch{ID: s.ID, Name: s.Name, Path: "/search?" + s.Query}
	}
	return saved
}

func (w *Web) saveSearch(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	query := f.Value("query")
	if _, err := w.f.Search.Save(c.Request().Context(), middleware.Who(c), f.Text("name"), query); err != nil {
		return err
	}
	return seeOther(c, "/search?"+query, "search_saved")
}

func (w *Web) forgetSearch(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	if err := w.f.Search.Forget(c.Request().Context(), middleware.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, "/search", "search_forgotten")
}
