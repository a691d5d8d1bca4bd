package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/index"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/search"
	"praxis/internal/thesaurus"
	"praxis/internal/web/form"
)

const (
	thesaurusPath = "/thesaurus"
	topsShown     = 40  // concepts on one page of the list, with their kinds
	kindsShown    = 60  // kinds below one of them
	foundShown    = 100 // concepts that a search in the list shows
)

func (w *Web) thesaurusRoutes() []Route {
	return []Route{
		{Method: get, Path: thesaurusPath, Access: Members, handler: w.thesaurus},
		{Method: get, Path: thesaurusPath + "/new", Access: Moderators, handler: w.newConceptPage},
		{Method: post, Path: thesaurusPath + "/new", Access: Moderators, handler: w.newConcept},
		{Method: get, Path: thesaurusPath + "/:key", Access: Members, handler: w.concept},
		{Method: get, Path: thesaurusPath + "/:key/edit", Access: Moderators, handler: w.editConceptPage},
		{Method: post, Path: thesaurusPath + "/:key/edit", Access: Moderators, handler: w.editConcept},
		{Method: post, Path: thesaurusPath + "/:key/remove", Access: Moderators, handler: w.removeConcept},
		{Method: get, Path: "/ask", Access: Members, handler: w.askWhere},
	}
}

// meaning is what words of a search were understood as.
type meaning struct {
	search.Meaning
	Path string // of the concept; "" for whom it is not
}

func meanings(understood []search.Meaning, who portal.Identity) []meaning {
	list := make([]meaning, len(understood))
	for i, m := range understood {
		list[i].Meaning = m
		if who.SignedIn() {
			list[i].Path = conceptPath(m.Key)
		}
	}
	return list
}

func conceptPath(key string) string { return thesaurusPath + "/" + key }

// conceptRow is a concept in a list, with its kinds below it.
type conceptRow struct {
	Path  string
	Name  portal.ConceptName
	Also  portal.ConceptName // the name by which it was found, where that is another
	Kinds []conceptRow
	More  int // kinds that are not shown
}

type thesaurusData struct {
	Rows  []conceptRow
	Text  string
	Count int
	Pager *pager
	New   string // where one is added; "" for whom it is not
	More  bool   // more were found than are shown
}

// library of concepts by their keys, and of what each is broader.
type conceptTree struct {
	by    map[string]portal.Concept
	kinds map[string][]string
}

func treeOf(all []portal.Concept, l *i18n.Localizer) conceptTree {
	t := conceptTree{map[string]portal.Concept{}, map[string][]string{}}
	for _, k := range all {
		t.by[k.Key] = k
		t.kinds[k.Broader] = append(t.kinds[k.Broader], k.Key)
	}
	for _, keys := range t.kinds {
		i18n.SortBy(l, keys, func(key string) string { return t.by[key].NameIn(l.Lang()).Name })
	}
	return t
}

func (t conceptTree) row(key, lang string, left *int) conceptRow {
	r := conceptRow{Path: conceptPath(key), Name: t.by[key].NameIn(lang)}
	for _, k := range t.kinds[key] {
		if *left == 0 {
			r.More++
			continue
		}
		*left--
		r.Kinds = append(r.Kinds, t.row(k, lang, left))
	}
	return r
}

// thesaurus lists the concepts: all, each below what it is a kind of, or those with a name that begins so.
func (w *Web) thesaurus(c echo.Context) error {
	l, who := middleware.Locale(c), middleware.Who(c)
	all, err := w.f.Thesaurus.List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	d := thesaurusData{Text: strings.TrimSpace(strings.ToValidUTF8(c.QueryParam("q"), "")), Count: len(all)}
	if thesaurus.MayEdit(who) {
		d.New = thesaurusPath + "/new"
		if d.Text != "" {
			d.New += "?name=" + url.QueryEscape(d.Text)
		}
	}
	if d.Text != "" {
		d.Rows = conceptsCalled(all, d.Text, l)
		d.More = len(d.Rows) > foundShown
		d.Rows = d.Rows[:min(len(d.Rows), foundShown)]
	} else {
		t := treeOf(all, l)
		after, err := afterOf(c)
		if err != nil {
			return err
		}
		from := min(int(after), len(t.kinds[""]))
		tops := t.kinds[""][from:]
		if len(tops) > topsShown {
			tops = tops[:topsShown]
			d.Pager = &pager{Next: withQuery(c, "after", decimal(int64(from+topsShown)))}
		}
		if from > 0 {
			d.Pager = d.Pager.from(withQuery(c, "after", ""))
		}
		for _, key := range tops {
			left := kindsShown
			d.Rows = append(d.Rows, t.row(key, l.Lang(), &left))
		}
	}
	v := w.view(c, l.T("thesaurus.title"), d)
	v.Screen = "thesaurus"
	return w.render(c, "thesaurus/thesaurus", v)
}

// conceptsCalled lists the concepts of whose names one has words that begin as was typed.
func conceptsCalled(all []portal.Concept, typed string, l *i18n.Localizer) []conceptRow {
	edges, plain := index.Edges(firstRunes(typed, portal.MaxQuery)), strings.ToLower(typed)
	var rows []conceptRow
	for _, k := range all {
		i := slices.IndexFunc(k.Names, func(n portal.ConceptName) bool {
			if len(edges) == 0 {
				return strings.HasPrefix(strings.ToLower(n.Name), plain)
			}
			return index.HasEdges(n.Name, edges)
		})
		if i < 0 {
			continue
		}
		r := conceptRow{Path: conceptPath(k.Key), Name: k.NameIn(l.Lang())}
		if k.Names[i].Name != r.Name.Name {
			r.Also = k.Names[i]
		}
		rows = append(rows, r)
	}
	i18n.SortBy(l, rows, func(r conceptRow) string { return r.Name.Name })
	return rows
}

func firstRunes(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}

// conceptNames are a concept's names in one language.
type conceptNames struct {
	Language string
	In       string // the language in the reader's
	Names    []portal.ConceptName
}

type conceptData struct {
	portal.Concept
	Crumbs   []crumb
	Name     portal.ConceptName
	By       []conceptNames
	Above    []conceptRow // what it is a kind of, the broadest first
	Kinds    []conceptRow
	Related  []conceptRow
	Found    int
	Partial  bool
	Search   string // where what it finds is
	Edit     string // where it is changed; "" for whom it is not
	Ordinary bool   // some names are ordinary words
}

func (w *Web) concept(c echo.Context) error {
	ctx, l, who := c.Request().Context(), middleware.Locale(c), middleware.Who(c)
	k, t, err := w.conceptOf(c)
	if err != nil {
		return err
	}
	d := conceptData{Concept: k, Crumbs: []crumb{{Name: l.T("thesaurus.title"), Path: thesaurusPath}}, Name: k.NameIn(l.Lang())}
	for _, language := range k.Languages() {
		names := k.In(language)
		d.By = append(d.By, conceptNames{language, l.Language(language), names})
		d.Ordinary = d.Ordinary || slices.ContainsFunc(names, func(n portal.ConceptName) bool { return n.Ordinary })
	}
	one := func(key string) conceptRow {
		return conceptRow{Path: conceptPath(key), Name: t.by[key].NameIn(l.Lang())}
	}
	for at := k.Broader; at != "" && len(d.Above) < len(t.by); at = t.by[at].Broader {
		d.Above = slices.Insert(d.Above, 0, one(at))
	}
	left := kindsShown
	d.Kinds = t.row(k.Key, l.Lang(), &left).Kinds
	for _, key := range k.Related {
		d.Related = append(d.Related, one(key))
	}
	d.Search = "/search?q=" + url.QueryEscape(d.Name.Name)
	if len(index.QueryWords(d.Name.Name)) > 0 { // a name of signs alone is no question, which would find everything
		found, err := w.f.Search.Find(ctx, who.Viewer, search.Query{Text: d.Name.Name, Limit: 1, Locale: l.Lang(), Aside: true})
		if err != nil {
			return err
		}
		d.Found, d.Partial = found.Total, found.Partial
	}
	if thesaurus.MayEdit(who) {
		d.Edit = conceptPath(k.Key) + "/edit"
	}
	v := w.view(c, d.Name.Name, d)
	v.Screen = "thesaurus"
	return w.render(c, "thesaurus/concept", v)
}

// conceptOf reads the concept of the address, and all others.
func (w *Web) conceptOf(c echo.Context) (portal.Concept, conceptTree, error) {
	all, err := w.f.Thesaurus.List(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return portal.Concept{}, conceptTree{}, err
	}
	t := treeOf(all, middleware.Locale(c))
	k, ok := t.by[c.Param("key")]
	if !ok {
		return k, t, portal.ErrNotFound()
	}
	return k, t, nil
}

type askData struct {
	Title      string
	Workspaces []form.Choice
}

// askWhere asks in which workspace a question is to be asked of the community, and leads on to its form.
func (w *Web) askWhere(c echo.Context) error {
	title := firstRunes(strings.TrimSpace(strings.ToValidUTF8(c.QueryParam("title"), "")), portal.MaxTitle)
	rooms, err := w.workspaceChoices(c)
	if err != nil {
		return err
	}
	for i := range rooms {
		rooms[i].Value = "/w/" + rooms[i].Value + "/new-thread?title=" + url.QueryEscape(title)
	}
	return w.render(c, "thesaurus/ask", w.view(c, middleware.Locale(c).T("ask.title"), askData{title, rooms}))
}
