package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

// part is one section of the template as it is written.
type part struct {
	Field, Name, Help, Example string
	Optional                   bool
	Rows                       int
	Original                   string // the same part of what is translated
	Stale                      bool   // it changed there since
}

// choiceGroup is some of many choices, folded away until it is wanted.
type choiceGroup struct {
	Name    string
	Choices []form.Choice
	Chosen  int
}

// need is one thing that a practice needs before it is submitted.
type need struct {
	Field, Name string
	Done        bool
}

type editorData struct {
	portal.Practice
	Action     string
	Crumbs     []crumb
	Parts      []part
	Countries  []form.Choice
	Types      []form.Choice
	Levels     []form.Choice
	Sectors    []form.Choice
	Topics     []choiceGroup
	Substances []form.Choice
	Chosen     int // substances
	Languages  []form.Choice
	Workspaces []form.Choice
	Workspace  string // the fixed one's name, once it was submitted
	Rows       []int  // of references
	Labels     labelField
	Files      []postgres.Attachment
	Needs      []need
	Missing    int
	Others     []diffPart // what somebody else saved meanwhile, compared with what was typed
	Decisions  []portal.CaseAction
	Autosave   bool            // a draft is saved on the server while one types; what is read already is not
	Submits    bool            // it can be handed in
	Source     portal.Practice // what is translated; its facts are the translation's
	Stale      []string        // parts that changed there since
	Lent       bool            // the viewer is a co-author: label and workspace are not hers to choose
	Similar    *similar        // practices that may be the same
	Head       int64           // position of the log before the practice was read: a script listens from there on
}

// headKey is where a request keeps the log's position from before it read anything.
const headKey = "editor.head"

// editor shows the form over a practice as it is saved (ID 0: not yet).
func (w *Web) editor(c echo.Context, f *form.State, p portal.Practice, others []practice.SectionDiff) error {
	l := middleware.Locale(c)
	title := l.T("write.new")
	d := &editorData{Practice: p, Action: "/write"}
	if p.ID != 0 {
		title = l.T("write.edit")
		d.Action = "/p/" + decimal(p.ID) + "/edit"
		d.Head, _ = c.Get(headKey).(int64)
		d.Crumbs = []crumb{{p.Title, practicePath(p.ID, p.Title), p.Language}}
	}
	v := w.view(c, title, d)
	v.Path = d.Action
	if refRows(f) == 0 {
		f.Set("rows", "1")
	}
	v.Form = f
	if err := w.translating(c, f, d); err != nil {
		return err
	}
	if d.Source.ID != 0 && p.ID == 0 {
		v.Title = l.T("practice.translate")
	}
	w.chooseFrom(v, d)
	d.Others = w.diffParts(v, others)
	if err := w.aroundEditor(c, v, d); err != nil {
		return err
	}
	var err error
	if d.Similar, err = w.similarTo(c.Request().Context(), v, f, portal.KindPractice, beforeEdit(d), false); err != nil {
		return err
	}
	_, submits := p.Status.Next(portal.StepSubmit)
	d.Submits = submits == nil
	d.Autosave = d.Submits
	d.Lent = lent(p, v.Who)
	return w.render(c, "write/write", v)
}

// lent tells whether the viewer writes somebody else's practice.
func lent(p portal.Practice, who portal.Identity) bool {
	return p.ID != 0 && who.MemberID != p.AuthorID
}

// chooseFrom fills the lists of the vocabulary and the checklist.
func (w *Web) chooseFrom(v *page.View, d *editorData) {
	f, l, vocab := v.Form, v.L, w.f.Vocabulary
	d.Countries, d.Languages = nearCountries(l, v.Who.Country, d.Country, f.Text("country")), languageChoices(l, f.Value("language"))
	d.Types, d.Levels = withoutNotes(w.termChoices(l, "types")), withoutNotes(w.termChoices(l, "levels"))
	d.Sectors, d.Substances = withoutNotes(w.termChoices(l, "sectors")), withoutNotes(w.termChoices(l, "substances"))
	d.Chosen = len(f.List("substances"))
	d.Topics = w.topicGroups(v)
	for i := range refRows(f) {
		d.Rows = append(d.Rows, i)
	}
	for _, s := range vocab.Sections() {
		rows := 3
		if s.Required {
			rows = 6
		}
		if n := strings.Count(f.Value("sections."+s.Key), "\n") + 2; n > rows {
			rows = min(n, 16)
		}
		d.Parts = append(d.Parts, part{Field: "sections." + s.Key, Name: s.Name(l.Lang()), Help: cmp.Or(s.Help[l.Lang()], s.Help["en"]),
			Example: cmp.Or(s.Example[l.Lang()], s.Example["en"]), Optional: !s.Required, Rows: rows})
	}
	w.nameEditors(v, d)
	besideOriginal(d)
	typed := portal.Practice{PracticeText: portal.PracticeText{Title: f.Text("title"), Summary: f.Text("summary"), Country: f.Text("country"),
		Organization: f.Text("organization"), Sectors: f.List("sectors"), Sections: map[string]string{}}}
	for _, s := range vocab.Sections() {
		typed.Sections[s.Key] = f.Text("sections." + s.Key)
	}
	if d.Source.ID != 0 {
		typed.Country, typed.Organization, typed.Sectors = d.Source.Country, d.Source.Organization, d.Source.PracticeText.Sectors
	}
	if f.Text("workspace_id") != "" || d.WorkspaceID != 0 {
		typed.WorkspaceID = 1
	}
	missing := typed.Missing(vocab)
	d.Missing = len(missing)
	for _, field := range (portal.Practice{}).Missing(vocab) {
		if d.Source.ID != 0 && (field == "organization" || field == "sectors") {
			continue // they are its original's
		}
		d.Needs = append(d.Needs, need{Field: field, Name: w.needName(l, field), Done: !slices.Contains(missing, field)})
	}
}

// nameEditors says of each section who changed it last, where several write.
func (w *Web) nameEditors(v *page.View, d *editorData) {
	if len(d.CoAuthors) == 0 {
		return
	}
	names := map[int64]string{d.AuthorID: d.Author.Name}
	for _, p := range d.Practice.Others {
		names[p.ID] = p.Name
	}
	for i, part := range d.Parts {
		edit, known := d.Edits[strings.TrimPrefix(part.Field, "sections.")]
		if name := names[edit.By]; known && name != "" {
			d.Parts[i].Help += " " + v.L.T("write.edited", "Name", name, "When", v.L.Relative(edit.At, v.Now, v.Zone))
		}
	}
}

// needName names a field that is needed to submit, in the reader's words.
func (w *Web) needName(l *i18n.Localizer, field string) string {
	if key, ok := strings.CutPrefix(field, "sections."); ok {
		return w.f.Vocabulary.Name("sections", key, l.Lang())
	}
	return l.T("write.need." + field)
}

// nearCountries lists the few countries that a practice is likely to be from: the list of all is
// long, and a name is typed as quickly as it is found there.
func nearCountries(l *i18n.Localizer, codes ...string) []form.Choice {
	var choices []form.Choice
	for i, code := range codes {
		if code != "" && !slices.Contains(codes[:i], code) {
			choices = append(choices, form.Choice{Value: code, Label: l.Country(code)})
		}
	}
	return choices
}

// withoutNotes leaves choices without their notes, where a list is long enough without.
func withoutNotes(choices []form.Choice) []form.Choice {
	for i := range choices {
		choices[i].Help = ""
	}
	return choices
}

// topicGroups puts the topics under the working groups to which they belong.
func (w *Web) topicGroups(v *page.View) []choiceGroup {
	terms := w.f.Vocabulary.List("topics")
	var groups []choiceGroup
	var under func(g *choiceGroup, t portal.Term)
	under = func(g *choiceGroup, t portal.Term) {
		chosen := v.Form.Holds("topics", t.Key)
		if chosen {
			g.Chosen++
		}
		g.Choices = append(g.Choices, form.Choice{Value: t.Key, Label: t.Name(v.Lang()), Chosen: chosen})
		for _, child := range terms {
			if child.Broader == t.Key {
				under(g, child)
			}
		}
	}
	for _, t := range terms {
		if t.Broader == "" {
			g := choiceGroup{Name: t.Name(v.Lang())}
			under(&g, t)
			groups = append(groups, g)
		}
	}
	return groups
}

// aroundEditor reads what the form stands among: workspaces, readers, files, what moderators said.
func (w *Web) aroundEditor(c echo.Context, v *page.View, d *editorData) error {
	ctx := c.Request().Context()
	var err error
	if d.Workspaces, err = w.workspaceChoices(c); err != nil {
		return err
	}
	workspace := d.WorkspaceID
	if d.ID == 0 || d.Status == portal.Draft && !lent(d.Practice, v.Who) {
		for _, choice := range d.Workspaces {
			if choice.Value == v.Form.Text("workspace_id") {
				workspace = v.Form.IDs("workspace_id")[0]
			}
		}
	} else {
		name, err := w.workspaceName(ctx, v.Who, d.WorkspaceID, v.Lang())
		if err != nil {
			return err
		}
		d.Workspace = cmp.Or(name.Name, v.L.T("write.no_workspace"))
	}
	if d.Labels, err = w.labelFieldFor(c, v.Form, workspace, d.NamedPersons); err != nil {
		return err
	}
	if d.ID == 0 {
		return nil
	}
	if d.Labels.Reports, err = w.f.Practices.OthersReports(ctx, v.Who, d.ID); err != nil {
		return err
	}
	if d.Files, err = w.f.Attachments.List(ctx, v.Who, d.ID); err != nil {
		return err
	}
	d.Decisions, err = w.f.Practices.Decisions(ctx, v.Who, d.Practice)
	return err
}

// diffParts names the parts of a difference in the reader's words.
func (w *Web) diffParts(v *page.View, parts []practice.SectionDiff) []diffPart {
	var named []diffPart
	for _, p := range parts {
		named = append(named, diffPart{Name: w.partName(v.L, p.Part), Changes: w.factChanges(v.L, p)})
	}
	return named
}
