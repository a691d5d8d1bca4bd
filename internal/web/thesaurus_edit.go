package web

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/index"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/thesaurus"
	"praxis/internal/web/form"
)

// ordinaryMark stands in the form before a name that is an ordinary word as well.
const ordinaryMark = "~"

// nameArea is the field for a concept's names in one language.
type nameArea struct {
	Field, Language, Label string
	Rows                   int
}

type conceptForm struct {
	Crumbs  []crumb
	Heading string
	Action  string
	Areas   []nameArea
	Version string
	Remove  string // where it is removed; "" while it is new
}

func namesField(language string) string { return "names." + language }

func (w *Web) newConceptPage(c echo.Context) error {
	f := form.New()
	if name := firstRunes(strings.TrimSpace(strings.ToValidUTF8(c.QueryParam("name"), "")), portal.MaxName); name != "" {
		language := c.QueryParam("language")
		if !slices.Contains(portal.ConceptLanguages, language) {
			language = middleware.Locale(c).Lang()
		}
		f.Set(namesField(language), name)
	}
	return w.showConceptForm(c, f, portal.Concept{}, nil)
}

func (w *Web) newConcept(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	fields, err := w.conceptFields(c, f, l, portal.Concept{})
	if err != nil {
		return err
	}
	if f.Failed() {
		return w.showConceptForm(c, f, portal.Concept{}, nil)
	}
	key, err := w.f.Thesaurus.Create(c.Request().Context(), middleware.Who(c), fields)
	if err != nil {
		return w.showConceptForm(c, f, portal.Concept{}, err)
	}
	return seeOther(c, conceptPath(key), "saved")
}

func (w *Web) editConceptPage(c echo.Context) error {
	k, t, err := w.conceptOf(c)
	if err != nil {
		return err
	}
	lang := middleware.Locale(c).Lang()
	f := form.New("note", k.Note, "version", decimal(k.Version))
	for _, language := range k.Languages() {
		var lines []string
		for _, n := range k.In(language) {
			if n.Ordinary {
				n.Name = ordinaryMark + n.Name
			}
			lines = append(lines, n.Name)
		}
		f.Set(namesField(language), strings.Join(lines, "\n"))
	}
	if k.Broader != "" {
		f.Set("broader", t.by[k.Broader].NameIn(lang).Name)
	}
	var related []string
	for _, key := range k.Related {
		related = append(related, t.by[key].NameIn(lang).Name)
	}
	f.Set("related", strings.Join(related, "\n"))
	return w.showConceptForm(c, f, k, nil)
}

func (w *Web) editConcept(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	k, _, err := w.conceptOf(c)
	if err != nil {
		return err
	}
	version := f.ID(l, "version")
	if version == 0 {
		f.Set("version", decimal(k.Version))
	}
	fields, err := w.conceptFields(c, f, l, k)
	if err != nil {
		return err
	}
	if f.Failed() {
		return w.showConceptForm(c, f, k, nil)
	}
	if err := w.f.Thesaurus.Update(c.Request().Context(), middleware.Who(c), k.Key, version, fields); err != nil {
		if portal.KindOf(err) == portal.Stale {
			f.Set("version", decimal(k.Version)) // she is told, and compares
		}
		return w.showConceptForm(c, f, k, err)
	}
	return seeOther(c, conceptPath(k.Key), "saved")
}

func (w *Web) removeConcept(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	if err := w.f.Thesaurus.Remove(c.Request().Context(), middleware.Who(c), c.Param("key"), f.ID(l, "version")); err != nil {
		return err
	}
	return seeOther(c, thesaurusPath, "removed")
}

// conceptFields reads the form. A broader or related concept is named by any of its names, or its key.
func (w *Web) conceptFields(c echo.Context, f *form.State, l *i18n.Localizer, k portal.Concept) (thesaurus.Fields, error) {
	all, err := w.f.Thesaurus.List(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return thesaurus.Fields{}, err
	}
	note := strings.TrimSpace(f.Value("note"))
	fields := thesaurus.Fields{Names: map[string][]portal.ConceptName{}, Note: &note}
	for _, area := range areasOf(k, l, f) {
		if !f.Has(area.Field) {
			continue
		}
		names := []portal.ConceptName{}
		for _, line := range lines(f.Value(area.Field)) {
			name, ordinary := strings.CutPrefix(line, ordinaryMark)
			names = append(names, portal.ConceptName{Language: area.Language, Name: strings.TrimSpace(name), Ordinary: ordinary})
		}
		fields.Names[area.Language] = names
	}
	if f.Has("broader") {
		broader := ""
		if text := f.Text("broader"); text != "" {
			broader = called(all, text, f, l, "broader")
		}
		fields.Broader = &broader
	}
	if f.Has("related") {
		related := []string{}
		for _, line := range lines(f.Value("related")) {
			if key := called(all, line, f, l, "related"); !slices.Contains(related, key) {
				related = append(related, key)
			}
		}
		fields.Related = &related
	}
	return fields, nil
}

// lines gives the lines of a field that say something.
func lines(text string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			found = append(found, line)
		}
	}
	return found
}

// called finds the one concept that is called so, in any language and however its accents are typed, or that
// has the key. None, or several, is a mistake in the field.
func called(all []portal.Concept, text string, f *form.State, l *i18n.Localizer, field string) string {
	plain := strings.Join(index.Folded(text), " ")
	var keys []string
	for _, k := range all {
		if k.Key == text {
			return k.Key
		}
		if slices.ContainsFunc(k.Names, func(n portal.ConceptName) bool { return strings.Join(index.Folded(n.Name), " ") == plain }) {
			keys = append(keys, k.Key)
		}
	}
	switch len(keys) {
	case 0:
		f.Wrong(l, field, "error.no_concept", "Name", text)
		return ""
	case 1:
		return keys[0]
	}
	f.Wrong(l, field, "error.many_concepts", "Name", text, "Keys", strings.Join(keys, ", "))
	return ""
}

// areasOf are the fields for names: in the languages of the thesaurus, and in others that the concept has
// names in, or that were in the form when it was opened.
func areasOf(k portal.Concept, l *i18n.Localizer, f *form.State) []nameArea {
	languages := slices.Clone(portal.ConceptLanguages)
	more := k.Languages()
	for _, field := range f.Names() {
		if language, ok := strings.CutPrefix(field, namesField("")); ok && portal.ValidLanguage(language) {
			more = append(more, language)
		}
	}
	for _, language := range more {
		if !slices.Contains(languages, language) {
			languages = append(languages, language)
		}
	}
	areas := make([]nameArea, len(languages))
	for i, language := range languages {
		field := namesField(language)
		areas[i] = nameArea{field, language, l.Language(language), min(8, 2+strings.Count(f.Value(field), "\n"))}
	}
	return areas
}

// showConceptForm shows the form of a concept, a new one where k is empty, with what is wrong.
func (w *Web) showConceptForm(c echo.Context, f *form.State, k portal.Concept, failed error) error {
	l := middleware.Locale(c)
	d := conceptForm{Heading: l.T("thesaurus.new"), Action: thesaurusPath + "/new", Areas: areasOf(k, l, f),
		Crumbs: []crumb{{Name: l.T("thesaurus.title"), Path: thesaurusPath}}}
	if k.ID != 0 {
		name := k.NameIn(l.Lang())
		d.Heading, d.Version = l.T("thesaurus.edit"), f.Text("version")
		d.Action, d.Remove = conceptPath(k.Key)+"/edit", conceptPath(k.Key)+"/remove"
		d.Crumbs = append(d.Crumbs, crumb{Name: name.Name, Path: conceptPath(k.Key), Lang: name.Language})
	}
	v := w.view(c, d.Heading, d)
	v.Screen, v.Form = "thesaurus", f
	if failed != nil {
		return w.again(c, "thesaurus/edit", v, f, failed)
	}
	return w.render(c, "thesaurus/edit", v)
}
