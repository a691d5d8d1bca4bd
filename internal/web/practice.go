package web

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/citation"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/page"
)

func (w *Web) practiceRoutes() []Route {
	return []Route{
		{Method: get, Path: "/p/:id", Access: Anyone, handler: w.practice},
		{Method: get, Path: "/p/:id/threads", Access: Anyone, handler: w.threadsAbout},
		{Method: get, Path: "/p/:id/versions", Access: Anyone, handler: w.versions},
		{Method: get, Path: "/p/:id/versions/:n", Access: Anyone, handler: w.version},
		{Method: post, Path: "/p/:id/versions/:n/restore", Access: Members, handler: w.restore},
		{Method: get, Path: "/p/:id/merge", Access: Moderators, handler: w.mergePage},
		{Method: post, Path: "/p/:id/merge", Access: Moderators, handler: w.merge},
		{Method: post, Path: "/p/:id/watch", Access: Members, handler: w.watchPractice},
		{Method: post, Path: "/p/:id/confirm", Access: Members, handler: w.confirmPractice},
		{Method: get, Path: "/p/:id/evidence", Access: Anyone, handler: w.evidencePage},
		{Method: post, Path: "/p/:id/evidence", Access: Moderators, handler: w.changeEvidence},
		{Method: get, Path: "/p/:id/diff", Access: Anyone, handler: w.diff},
	}
}

// Bounds of what a practice's page shows.
const (
	practiceThreads = 10 // the others are on pages of their own (practice_more.go)
	wordsAMinute    = 200
)

// crumb is one step of the way to a page; the last has no path. Lang is said where the name is a title.
type crumb struct{ Name, Path, Lang string }

// section is one part of a practice as it is read.
type section struct {
	Key, Name string
	HTML      template.HTML
	Stale     bool // the original's part changed since it was translated
	Warn      bool // what went wrong: as visible as the results
}

// tag leads from a practice to others alike.
type tag struct{ Name, Path string }

// translation is the same practice in another language.
type translation struct {
	Path, Lang, Name string
	Older            bool // its original changed since
}

type practiceData struct {
	portal.Practice
	Path         string
	Crumbs       []crumb
	Meta         []string
	Sections     []section
	Refs         []portal.Reference
	Sectors      []tag
	Topics       []tag
	Also         []translation
	Original     translation // what this is a translation of
	Stale        []string    // names of the parts that changed there since
	Yours        translation // the same in the reader's language, where this is not
	Files        []fileRow
	Hiding       *hiding // who hid it, for those who moderate it
	Reports      []report
	ReportOn     int64 // the practice to which reports of use go
	Early        int   // reports that it is too early to say
	Map          template.HTML
	Threads      []threadRow
	Like         []relatedRow // practices like this
	MoreReports  []more       // to all, where not all are shown
	MoreThreads  []more
	Decisions    []portal.CaseAction
	Waits        string // where it stands in the queue, for its author
	Cite         string
	Schema       *citation.Article // for search engines, where everybody may read it
	URL          string
	CanEdit      bool
	CanDecide    bool
	CanAsk       bool
	CanReport    bool
	CanFlag      bool
	CanTranslate bool
	CanWatch     bool
	Follow       following
	Overdue      string // since when it is due for review
	CanVouch     bool   // the viewer may say that it still holds
	Quoted       []postgres.RegistryRating
	EvidenceOf   int64         // the practice whose judgements are listed
	Merged       []translation // what was merged into it, for those who may take it back
}

func (w *Web) practice(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	p, err := w.f.Practices.Get(ctx, who, id)
	if err != nil {
		return err
	}
	if p.Status == portal.Archived {
		into, err := w.f.Moderation.MergedInto(ctx, who, p.ID)
		if err != nil {
			return err
		}
		if into != 0 {
			return seeOther(c, "/p/"+decimal(into), url.QueryEscape(c.QueryParam("done")))
		}
	}
	path := practicePath(p.ID, p.Title)
	if right := moved(c, path); right != "" {
		return toRight(c, right)
	}
	v := w.view(c, p.Title, nil)
	v.Screen = "w:" + strconv.FormatInt(p.WorkspaceID, 10)
	d := practiceData{Practice: p, Path: path, URL: w.f.BaseURL + "/p/" + strconv.FormatInt(id, 10), Refs: p.References}
	if err := w.aroundPractice(ctx, v, &d); err != nil {
		return err
	}
	if hers := d.inHerLanguage(c, who); hers != "" {
		return seeOther(c, hers, "")
	}
	w.describe(v, &d)
	v.Data = d
	return w.render(c, "practice/practice", v)
}

// aroundPractice reads what belongs to a practice that the viewer has been shown.
func (w *Web) aroundPractice(ctx context.Context, v *page.View, d *practiceData) error {
	p, who := d.Practice, v.Who
	name, err := w.workspaceName(ctx, who, p.WorkspaceID, v.Lang())
	if err != nil {
		return err
	}
	d.Crumbs = []crumb{{Name: v.L.T("frame.library"), Path: "/library"}}
	if name.Name != "" {
		d.Crumbs = append(d.Crumbs, crumb{Name: name.Name, Path: name.Path})
	}
	same, err := w.f.Practices.Translations(ctx, who, p)
	if err != nil {
		return err
	}
	if d.Also, err = w.translations(ctx, p, same); err != nil {
		return err
	}
	original, err := w.original(ctx, v, d, same)
	if err != nil {
		return err
	}
	if d.EvidenceOf = p.ID; original.Evidence != nil || p.Evidence == nil { // judged is the practice, in whatever language
		d.Evidence, d.EvidenceOf = original.Evidence, original.ID
	}
	if err := w.inUse(ctx, v, d, original); err != nil {
		return err
	}
	if d.Like, err = w.likeIt(ctx, v, p); err != nil {
		return err
	}
	if d.Hiding, err = w.hidingOf(ctx, v, p.WorkspaceID, portal.Ref{Kind: portal.KindPractice, ID: p.ID}, p.Hidden, who.Wrote(p.Audience)); err != nil {
		return err
	}
	if err := w.standingOf(ctx, v, d); err != nil {
		return err
	}
	if who.Wrote(p.Audience) || who.ModeratorOf(p.WorkspaceID) && who.SignedIn() {
		if d.Decisions, err = w.f.Practices.Decisions(ctx, who, p); err != nil {
			return err
		}
		d.Waits, err = w.waits(ctx, v, p)
	}
	return err
}

// inUse reads the files, the reports and the threads of a practice. A translation has those of its
// original, too: it is the same practice that was tried, and reports go to where they are counted.
func (w *Web) inUse(ctx context.Context, v *page.View, d *practiceData, original portal.Practice) error {
	who := v.Who
	d.ReportOn = original.ID
	d.Early = d.Adoptions.Tried - d.Adoptions.Worked - d.Adoptions.Mixed - d.Adoptions.Failed
	for _, id := range slices.Compact([]int64{d.ID, original.ID}) {
		files, err := w.f.Attachments.List(ctx, who, id)
		if err != nil {
			return err
		}
		of := d.Practice
		if id == original.ID {
			of = original
		}
		rows, err := w.fileRows(ctx, v, of, files)
		if err != nil {
			return err
		}
		d.Files = append(d.Files, rows...)
		if err := w.someThreads(ctx, v, d, id); err != nil {
			return err
		}
	}
	if d.Adoptions.Tried == 0 && !who.SignedIn() { // to whom hidden ones may be shown
		return nil
	}
	tried, err := w.someReports(ctx, who, d, d.ID)
	if err != nil {
		return err
	}
	if len(tried) > 0 {
		d.Reports, d.Map = w.reports(v.L, who, tried), w.pages.Map(resultsByCountry(tried))
		if err := w.withFiles(ctx, who, d.Reports); err != nil {
			return err
		}
		return w.hiddenReports(ctx, v, original.WorkspaceID, d.Reports)
	}
	return nil
}

// waits says where a submitted practice stands in its workspace's queue; "" where it does not wait.
func (w *Web) waits(ctx context.Context, v *page.View, p portal.Practice) (string, error) {
	ahead, due, err := w.f.Moderation.Place(ctx, v.Who, p)
	if err != nil || due.IsZero() {
		return "", err
	}
	if ahead == 0 {
		return v.L.T("practice.queue_next", "Date", v.L.Date(due, v.Zone)), nil
	}
	return v.L.N("practice.queue_place", ahead, "Date", v.L.Date(due, v.Zone)), nil
}

// describe puts a practice into the reader's words.
func (w *Web) describe(v *page.View, d *practiceData) {
	p, l, who := d.Practice, v.L, v.Who
	words := 0
	for _, s := range w.f.Vocabulary.Sections() {
		text := p.Sections[s.Key]
		if text == "" {
			continue
		}
		words += len(strings.Fields(text))
		d.Sections = append(d.Sections, section{Key: s.Key, Name: s.Name(l.Lang()), Warn: s.Key == "barriers", Stale: slices.Contains(d.Stale, s.Name(l.Lang())),
			HTML: w.markup.html(markupKey{portal.KindPractice, p.ID, p.Version, s.Key}, text, markup.Options{})})
	}
	if p.Country != "" {
		d.Meta = append(d.Meta, l.Country(p.Country))
	}
	if p.Year != 0 {
		d.Meta = append(d.Meta, l.T("practice.since", "Year", strconv.Itoa(p.Year)))
	}
	d.Meta = append(d.Meta, l.T("practice.version", "Version", strconv.FormatInt(p.Version, 10)))
	d.Meta = append(d.Meta, l.N("practice.minutes", max(1, (words+wordsAMinute/2)/wordsAMinute)))
	for _, key := range p.PracticeText.Sectors {
		d.Sectors = append(d.Sectors, tag{w.f.Vocabulary.Name("sectors", key, l.Lang()), "/library?sector=" + url.QueryEscape(key)})
	}
	for _, list := range []struct {
		name string
		keys []string
	}{{"topics", p.PracticeText.Topics}, {"substances", p.PracticeText.Substances}} {
		for _, key := range list.keys {
			d.Topics = append(d.Topics, tag{w.f.Vocabulary.Name(list.name, key, l.Lang()), "/library?tag=" + url.QueryEscape(key)})
		}
	}
	part := func(text string) string { return text }
	if l.Dir() == "rtl" { // each part in its own direction, or they change places
		part = func(text string) string { return "\u2068" + text + "\u2069" }
	}
	d.Cite = l.T("practice.citation", "Author", part(p.Author.Name), "Title", part(p.Title), "Version", strconv.FormatInt(p.Version, 10),
		"Date", l.Date(p.UpdatedAt, v.Zone), "URL", part(d.URL))
	if p.Handling == portal.Clear && p.Stage == portal.StageOpen {
		about := w.work(p).Schema()
		d.Schema = &about
	}
	d.CanEdit, d.CanDecide = who.Can(portal.ActEdit, p.Audience), who.Can(portal.ActDecide, p.Audience) && !who.Wrote(p.Audience) && p.Status == portal.Submitted
	open := p.Status == portal.Published || p.Status == portal.Archived
	d.CanAsk = open && who.Can(portal.ActWrite, portal.Audience{WorkspaceID: p.WorkspaceID})
	d.CanReport, d.CanFlag = open && who.SignedIn(), open && who.SignedIn() && !who.Wrote(p.Audience)
}
