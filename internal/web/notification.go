package web

import (
	"html/template"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/page"
)

func (w *Web) notificationRoutes() []Route {
	return []Route{
		{Method: get, Path: "/notifications", Access: Members, handler: w.notifications},
		{Method: post, Path: "/notifications/read", Access: Members, handler: w.notificationsRead},
	}
}

// note is a notification in words: a sentence about whom and what, and where it leads.
type note struct {
	ID    int64
	Who   string // who did it; "" where nobody is named
	Text  string // the rest of the sentence
	Title string // of the thing, a link in the page
	Path  string
	Note  string // what the moderator wrote
	When  template.HTML
	Read  bool
	More  int // posts in the same thread that would say the same
}

func noteOf(v *page.View, n portal.Notification) note {
	made := note{ID: n.ID, Title: n.Title, Note: n.Note, When: v.When(n.CreatedAt), Read: !n.ReadAt.IsZero(), Text: v.L.T("note." + noteKind(v, n.Kind))}
	if n.Actor != nil && namesActor[n.Kind] {
		made.Who = n.Actor.Name
	}
	switch {
	case n.Kind == "member_hidden" || n.Kind == "member_shown":
		made.Path = "/settings"
	case n.CaseID != 0:
		made.Path = "/queue/" + strconv.FormatInt(n.CaseID, 10)
	case n.ThreadID != 0:
		made.Path = threadPath(n.ThreadID, n.Title)
		if n.PostID != 0 {
			made.Path += "#post-" + strconv.FormatInt(n.PostID, 10)
		}
	case n.PracticeID != 0:
		made.Path = practicePath(n.PracticeID, n.Title)
		if ofTheOriginal[n.Kind] {
			made.Path += asWritten
		}
	case n.Kind == "join_request":
		made.Path = requestsPath(n.WorkspaceID)
	case n.WorkspaceID != 0:
		made.Path = address("w", n.WorkspaceID, n.Title)
	}
	return made
}

// notesOf puts notifications in words, the newest first. What only repeats itself, answers and posts
// in one thread, is one note that leads to where the member stopped reading.
func notesOf(v *page.View, list []portal.Notification) []note {
	var notes []note
	type talk struct {
		thread int64
		read   bool
	}
	talks := map[talk]int{}
	for _, n := range list {
		of := talk{n.ThreadID, !n.ReadAt.IsZero()}
		repeats := n.ThreadID != 0 && (n.Kind == "post" || n.Kind == "reply")
		if i, known := talks[of]; known && repeats {
			notes[i].More++
			notes[i].Path = threadPath(n.ThreadID, n.Title) + "#new"
			continue
		}
		if repeats {
			talks[of] = len(notes)
		}
		notes = append(notes, noteOf(v, n))
	}
	return notes
}

// namesActor are the kinds that say who did it; decisions of moderators are the portal's.
var namesActor = map[string]bool{"post": true, "reply": true, "mention": true, "named": true, "thread": true, "new_thread": true, "adopted": true, "confirmed": true, "report_corrected": true, "report_opened": true, "coauthor": true, "join_request": true}

// ofTheOriginal are the kinds that tell of what a translation does not have yet.
var ofTheOriginal = map[string]bool{"edition": true, "original_changed": true}

// noteKind is the kind whose words a notice has: of one that has none the log is told.
func noteKind(v *page.View, kind string) string {
	if v.L.Has("note." + kind) {
		return kind
	}
	v.L.T("note." + kind)
	return "other"
}

type notificationsData struct {
	Notes  []note
	Unread int
	Last   int64 // up to which "mark as read" goes, so that nothing newer is lost
	Pager  *pager
}

func (w *Web) notifications(c echo.Context) error {
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	list, err := w.f.Notify.List(c.Request().Context(), middleware.Who(c), portal.Page{After: after, Limit: portal.DefaultPage + 1})
	if err != nil {
		return err
	}
	v := w.view(c, middleware.Locale(c).T("notifications.title"), nil)
	d := notificationsData{Unread: v.Who.Unread}
	if len(list) > 0 {
		d.Last = list[0].ID
	}
	if len(list) > portal.DefaultPage {
		list = list[:portal.DefaultPage]
		d.Pager = &pager{Next: withQuery(c, "after", strconv.FormatInt(list[len(list)-1].ID, 10))}
	}
	d.Notes = notesOf(v, list)
	if after != 0 {
		d.Pager = d.Pager.from(withQuery(c, "after", ""))
	}
	v.Data = d
	return w.render(c, "notifications/notifications", v)
}

func (w *Web) notificationsRead(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	upTo := f.ID(l, "up_to")
	if f.Failed() || !f.Has("up_to") {
		return portal.Fail(portal.Malformed, "error.status.400")
	}
	if err := w.f.Notify.MarkRead(c.Request().Context(), middleware.Who(c), nil, upTo); err != nil {
		return err
	}
	return seeOther(c, "/notifications", "read")
}
