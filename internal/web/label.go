package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
	"praxis/internal/web/form"
)

// labelField is the choice of who may read a thing, with the readers counted.
type labelField struct {
	Form    *form.State
	Choices []labelChoice
	Reports int           // of others, which have the label too
	People  []form.Choice // whom a red item can name by a tick: the workspace's members, and those named already
}

// peopleToPick is how many members of a workspace can be named by a tick; others are named by name.
const peopleToPick = 12

type labelChoice struct {
	Handling portal.Handling
	Readers  string // who and how many they are
	Chosen   bool
}

// labelFieldFor makes the choice for a thing of the member's in a workspace; named are those whom
// it names already.
func (w *Web) labelFieldFor(c echo.Context, f *form.State, workspace int64, named []portal.Person) (labelField, error) {
	who, l := middleware.Who(c), middleware.Locale(c)
	d := labelField{Form: f}
	var only portal.Handling // in the editor, whose page is near its budget, the readers of one are named, of others counted
	if c.Path() == "/write" || c.Path() == "/p/:id/edit" {
		only = portal.Handling(f.Value("handling"))
	}
	counts, err := w.readers(c, workspace, only)
	if portal.KindOf(err) == portal.NotFound {
		counts, err = w.readers(c, 0, only) // her own, in a workspace that she has left
	}
	if err != nil {
		return d, err
	}
	for _, h := range portal.Handlings {
		d.Choices = append(d.Choices, labelChoice{Handling: h, Readers: counts[h], Chosen: f.Value("handling") == string(h)})
	}
	known := map[int64]bool{who.MemberID: true}
	add := func(p portal.Person) {
		if !known[p.ID] {
			known[p.ID] = true
			d.People = append(d.People, form.Choice{Value: decimal(p.ID), Label: p.Name, Help: l.Country(p.Country)})
		}
	}
	for _, p := range named {
		add(p)
	}
	if workspace != 0 && (who.In(workspace) || who.ModeratorOf(workspace)) {
		members, err := w.f.Workspaces.Members(c.Request().Context(), who, workspace, portal.Page{Limit: portal.MaxPage})
		if err != nil && portal.KindOf(err) != portal.NotFound {
			return d, err
		}
		slices.SortStableFunc(members, func(a, b portal.WorkspaceMember) int { return cmp.Compare(b.Role, a.Role) }) // moderators first
		for _, m := range members[:min(len(members), peopleToPick)] {
			add(m.Member)
		}
	}
	i18n.SortBy(l, d.People, func(c form.Choice) string { return c.Label })
	return d, nil
}

// readers says in words who reads under each label, and from where: under only, or under each where that is "".
func (w *Web) readers(c echo.Context, workspace int64, only portal.Handling) (map[portal.Handling]string, error) {
	l := middleware.Locale(c)
	words := map[portal.Handling]string{portal.Clear: l.T("readers.clear"), portal.Green: l.T("readers.green"), portal.Amber: l.T("readers.amber"),
		portal.AmberStrict: l.T("readers.amber+strict"), portal.Red: l.T("readers.red")}
	counted, err := w.f.Practices.Readers(c.Request().Context(), middleware.Who(c), workspace)
	if err != nil {
		return nil, err
	}
	for _, n := range counted {
		if workspace == 0 && n.Handling != portal.Green {
			continue // without a workspace nobody is counted yet
		}
		by := l.N("home.countries", n.Countries)
		if only == "" || only == n.Handling {
			by = byCountry(l, n.By)
		}
		words[n.Handling] = l.T("readers.count", "Members", l.N("home.members", n.Members),
			"Who", l.T("readers.of."+string(n.Handling)), "By", by)
	}
	return words, nil
}

// countriesNamed is how many countries of a label's readers are named; the rest are counted.
const countriesNamed = 3

// byCountry names where readers are from, those with most of them first.
func byCountry(l *i18n.Localizer, by []postgres.CountryReaders) string {
	named := by[:min(len(by), countriesNamed)]
	if len(by) == countriesNamed+1 { // one more name is no longer than "1 more"
		named = by
	}
	var parts []string
	for _, c := range named {
		parts = append(parts, l.T("readers.from", "Country", l.Country(c.Country), "Members", c.Members))
	}
	if more := len(by) - len(named); more > 0 {
		parts = append(parts, l.N("readers.more", more))
	}
	return l.List(parts)
}

// readersOf tells a script who reads in another workspace.
func (w *Web) readersOf(c echo.Context) error {
	workspace, err := strconv.ParseInt(c.QueryParam("workspace"), 10, 64)
	if err != nil {
		workspace = 0
	}
	counts, err := w.readers(c, workspace, "")
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "private, no-store")
	return c.JSON(http.StatusOK, counts)
}

// namedOf finds the members whom a form names: by ticks, and by names, numbers or addresses of
// profiles in a text. Whom it cannot find, or not alone, is noted in the form.
func (w *Web) namedOf(c echo.Context, f *form.State) ([]int64, error) {
	l := middleware.Locale(c)
	ids := f.IDs("named")
	parts := strings.FieldsFunc(f.Value("named_more"), func(r rune) bool { return strings.ContainsRune(",;\n،؛", r) })
	if len(parts) > portal.MaxNamed {
		f.Wrong(l, "named_more", "error.too_many", "Max", portal.MaxNamed)
		return ids, nil
	}
	var names []string
	var numbers []int64
	for i, part := range parts {
		if parts[i] = strings.TrimSpace(part); numberOf(part) != 0 {
			numbers = append(numbers, numberOf(part))
		} else {
			names = append(names, parts[i])
		}
	}
	if len(parts) == 0 {
		return ids, nil
	}
	found, err := w.f.Accounts.Named(c.Request().Context(), middleware.Who(c), numbers, names)
	if err != nil {
		return ids, err
	}
	for _, part := range parts {
		switch id := meant(found, part); {
		case part == "":
		case id == 0:
			f.Wrong(l, "named_more", "error.name_unknown", "Name", part)
		case id < 0:
			f.Wrong(l, "named_more", "error.name_ambiguous", "Name", part)
		case !slices.Contains(ids, id):
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// numberOf reads the number of a member, or the address of her profile; 0 where the text is a name.
func numberOf(text string) int64 {
	text = strings.TrimSpace(text)
	id, err := strconv.ParseInt(strings.TrimPrefix(text[strings.LastIndex(text, "/")+1:], "#"), 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}

// meant picks one member by name, number or address of her profile: 0 for none, -1 for several.
func meant(found []portal.Person, text string) int64 {
	number, id := numberOf(text), int64(0)
	for _, p := range found {
		switch {
		case number != 0 && p.ID == number:
			return p.ID
		case number == 0 && strings.EqualFold(p.Name, text) && id != 0:
			return -1
		case number == 0 && strings.EqualFold(p.Name, text):
			id = p.ID
		}
	}
	return id
}

type labelData struct {
	Title, Lang, Path, Action string
	Handling                  portal.Handling
	Labels                    labelField
}

// practiceLabelPage is where a moderator, or the author, changes who may read a practice.
func (w *Web) practiceLabelPage(c echo.Context) error {
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActLabel, p.Audience) {
		return portal.ErrForbidden()
	}
	return w.showPracticeLabel(c, p, formOf(p), nil)
}

func (w *Web) showPracticeLabel(c echo.Context, p portal.Practice, f *form.State, failed error) error {
	labels, err := w.labelFieldFor(c, f, p.WorkspaceID, p.NamedPersons)
	if err != nil {
		return err
	}
	if labels.Reports, err = w.f.Practices.OthersReports(c.Request().Context(), middleware.Who(c), p.ID); err != nil {
		return err
	}
	v := w.view(c, middleware.Locale(c).T("label.title"), labelData{Title: p.Title, Lang: p.Language, Path: practicePath(p.ID, p.Title),
		Action: "/p/" + decimal(p.ID) + "/handling", Handling: p.Handling, Labels: labels})
	v.Form = f
	if failed != nil {
		return w.again(c, "write/label", v, f, failed)
	}
	return w.render(c, "write/label", v)
}

func (w *Web) practiceLabel(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActLabel, p.Audience) {
		return portal.ErrForbidden()
	}
	handling, named, err := w.labelOf(c, f)
	if err != nil {
		return err
	}
	version := f.ID(l, "version")
	if f.Failed() {
		return w.showPracticeLabel(c, p, f, nil)
	}
	p2, err := w.f.Practices.Update(c.Request().Context(), who, p.ID, version, practice.Fields{Handling: handling, Named: named})
	if portal.KindOf(err) == portal.Stale {
		f.Set("version", decimal(p.Version))
	}
	if portal.KindOf(err) == portal.NotFound {
		return seeOther(c, "/queue", "relabelled") // to red, out of the moderator's own sight
	}
	if err != nil {
		return w.showPracticeLabel(c, p, f, err)
	}
	return seeOther(c, practicePath(p2.ID, p2.Title), "relabelled")
}
