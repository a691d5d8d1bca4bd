package web

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/practice"
	"praxis/internal/web/form"
)

// formOf puts a practice into the editor's form.
func formOf(p portal.Practice) *form.State {
	f := form.New("version", decimal(p.Version))
	putText(f, p.PracticeText)
	putLabel(f, p)
	if p.WorkspaceID != 0 {
		f.Set("workspace_id", decimal(p.WorkspaceID))
	}
	return f
}

// putLabel puts a practice's label and named readers into the editor's form.
func putLabel(f *form.State, p portal.Practice) {
	f.Set("handling", string(p.Handling))
	named := make([]string, len(p.Named))
	for i, id := range p.Named {
		named[i] = decimal(id)
	}
	f.Set("named", named...)
}

// putText puts a practice's text into the editor's form.
func putText(f *form.State, t portal.PracticeText) {
	for name, value := range map[string]string{"title": t.Title, "summary": t.Summary, "language": t.Language, "country": t.Country,
		"organization": t.Organization, "year": yearText(t.Year), "type": t.Type, "level": t.Level} {
		f.Set(name, value)
	}
	for key, text := range t.Sections {
		f.Set("sections."+key, text)
	}
	f.Set("sectors", t.Sectors...)
	f.Set("topics", t.Topics...)
	f.Set("substances", t.Substances...)
	f.Set("rows", strconv.Itoa(len(t.References)))
	for i, r := range t.References {
		setRef(f, i, r)
	}
}

// fieldsOf reads the editor's form: the change to make, and the text as it then stands. What
// cannot be read as its field is noted in the form.
func (w *Web) fieldsOf(c echo.Context, f *form.State) (practice.Fields, portal.PracticeText, error) {
	l := middleware.Locale(c)
	t := portal.PracticeText{Title: f.Text("title"), Summary: f.Text("summary"), Language: f.Text("language"), Country: f.Text("country"),
		Organization: f.Text("organization"), Year: f.Int(l, "year"), Type: f.Text("type"), Level: f.Text("level"), Sectors: f.List("sectors"),
		Topics: f.List("topics"), Substances: f.List("substances"), Sections: map[string]string{}, References: []portal.Reference{}}
	if other := f.Text("country_other"); other != "" {
		if t.Country = w.countryNamed(l, other); t.Country == "" {
			f.Wrong(l, "country_other", "error.country_unknown", "Name", other)
		}
	}
	for _, s := range w.f.Vocabulary.Sections() {
		t.Sections[s.Key] = f.Value("sections." + s.Key)
	}
	for i := range refRows(f) {
		if r := refAt(f, i); r != (portal.Reference{}) {
			t.References = append(t.References, r)
		}
	}
	fields := practice.FieldsOf(t)
	if f.Has("as_original") { // a translation's form has no facts: they are its original's
		fields.Country, fields.Organization, fields.Year, fields.Type, fields.Level = nil, nil, nil, nil, nil
		fields.Sectors, fields.Topics, fields.Substances, fields.References = nil, nil, nil, nil
		fields.UpToDate = f.Text("up_to_date") == "1"
	}
	if f.Has("workspace_id") {
		workspace := f.ID(l, "workspace_id")
		fields.WorkspaceID = &workspace
	}
	if original := f.ID(l, "translation_of"); original != 0 {
		fields.TranslationOf = &original
	}
	fields.Edition, fields.Why = f.Text("edition") == "1", f.Text("why")
	var err error
	fields.Handling, fields.Named, err = w.labelOf(c, f)
	return fields, t, err
}

// countryNamed finds a country by its name in the reader's language or in English, or by its code;
// "" where there is none.
func (w *Web) countryNamed(l *i18n.Localizer, name string) string {
	for _, c := range w.f.Vocabulary.Countries() {
		if strings.EqualFold(name, c.Code) || strings.EqualFold(name, c.Name("en")) || l.Collate(strings.ToLower(name), strings.ToLower(l.Country(c.Code))) == 0 {
			return c.Code
		}
	}
	return ""
}

// labelOf reads the label and the named readers of a form.
func (w *Web) labelOf(c echo.Context, f *form.State) (*portal.Handling, *[]int64, error) {
	handling := portal.Handling(f.Text("handling"))
	if handling != portal.Red {
		return &handling, &[]int64{}, nil
	}
	named, err := w.namedOf(c, f)
	return &handling, &named, err
}

func refField(i int, name string) string { return "ref." + strconv.Itoa(i) + "." + name }

func setRef(f *form.State, i int, r portal.Reference) {
	f.Set(refField(i, "title"), r.Title)
	f.Set(refField(i, "publisher"), r.Publisher)
	f.Set(refField(i, "year"), yearText(r.Year))
	f.Set(refField(i, "url"), r.URL)
}

// refAt reads one row of references. A year that is no number is refused as one that is no year.
func refAt(f *form.State, i int) portal.Reference {
	r := portal.Reference{Title: f.Text(refField(i, "title")), Publisher: f.Text(refField(i, "publisher")), URL: f.Text(refField(i, "url"))}
	if year := f.Text(refField(i, "year")); year != "" {
		n, err := strconv.Atoi(year)
		if err != nil || n == 0 {
			n = -1
		}
		r.Year = n
	}
	return r
}

// refRows is how many rows of references the form shows, filled or not.
func refRows(f *form.State) int {
	n, err := strconv.Atoi(f.Text("rows"))
	if err != nil {
		return 0
	}
	return min(max(n, 0), portal.MaxReferences)
}

// dropRef takes one row of references out; the later ones move up, as they were typed.
func dropRef(f *form.State, n int) {
	rows := refRows(f)
	if n < 0 || n >= rows {
		return
	}
	for i := n; i+1 < rows; i++ {
		for _, name := range []string{"title", "publisher", "year", "url"} {
			f.Set(refField(i, name), f.Value(refField(i+1, name)))
		}
	}
	f.Set("rows", strconv.Itoa(rows-1))
}
