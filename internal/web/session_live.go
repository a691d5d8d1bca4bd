package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// questionsData is the page of open questions.
type questionsData struct {
	Rows []threadRow
	All  bool
}

func (w *Web) questions(c echo.Context) error {
	all := c.QueryParam("all") != ""
	found, err := w.f.Discussions.Questions(c.Request().Context(), middleware.Who(c), all)
	if err != nil {
		return err
	}
	v := w.view(c, middleware.Locale(c).T("questions.title"), nil)
	v.Screen = "questions"
	d := questionsData{All: all}
	for _, t := range found {
		row := threadRowOf(v, t, true)
		for _, key := range t.Sectors {
			row.Line += between + w.f.Vocabulary.Name("sectors", key, v.Lang())
		}
		d.Rows = append(d.Rows, row)
	}
	v.Data = d
	return w.render(c, "thread/questions", v)
}

func (w *Web) liveSessions(c echo.Context) error {
	found, err := w.f.Discussions.Sessions(c.Request().Context(), middleware.Who(c), 0)
	if err != nil {
		return err
	}
	v := w.view(c, middleware.Locale(c).T("sessions.title"), nil)
	v.Screen = "sessions"
	rows := make([]threadRow, len(found))
	for i, t := range found {
		rows[i] = threadRowOf(v, t, true)
	}
	v.Data = rows
	return w.render(c, "thread/sessions", v)
}

// sessionCalendar gives a session as an entry for calendars (RFC 5545): its title and its hour, nothing else. A
// calendar forgets nothing and asks nobody, so of what is red there is none.
func (w *Web) sessionCalendar(c echo.Context) error {
	t, _, err := w.threadOf(c)
	if err != nil {
		return err
	}
	if t.Purpose != portal.LiveSession || t.Handling == portal.Red {
		return portal.ErrNotFound()
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", `attachment; filename="session-`+decimal(t.ID)+`.ics"`)
	h.Set("Cache-Control", "private, no-store")
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", []byte(calendarOf(t, w.f.BaseURL)))
}

// calendarOf writes a session as RFC 5545 wants it: lines end in CRLF and have 75 bytes at most.
func calendarOf(t portal.Thread, baseURL string) string {
	const utc = "20060102T150405Z"
	var b strings.Builder
	for _, line := range []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Praxis//Sessions//EN", "BEGIN:VEVENT",
		fmt.Sprintf("UID:session-%d@%s", t.ID, hostOf(baseURL)), "DTSTAMP:" + t.UpdatedAt.UTC().Format(utc), fmt.Sprintf("SEQUENCE:%d", t.Version),
		"DTSTART:" + t.StartsAt.UTC().Format(utc), "DTEND:" + t.EndsAt.UTC().Format(utc), "SUMMARY:" + calendarText.Replace(t.Title), "END:VEVENT", "END:VCALENDAR"} {
		b.WriteString(folded(line))
	}
	return b.String()
}

var calendarText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", "")

func hostOf(address string) string {
	_, host, _ := strings.Cut(address, "://")
	host, _, _ = strings.Cut(host, "/")
	return strings.NewReplacer(":", "-").Replace(host)
}

// folded ends a line, in pieces of at most 75 bytes that cut no character in two.
func folded(line string) string {
	var b strings.Builder
	for most := 75; len(line) > most; most = 74 { // what goes on begins with a space
		at := most
		for !utf8.RuneStart(line[at]) {
			at--
		}
		b.WriteString(line[:at] + "\r\n ")
		line = line[at:]
	}
	return b.String() + line + "\r\n"
}

// localTime is how a browser sends a moment without its zone: it is of the reader's.
const localTime = "2006-01-02T15:04"

// lengths are how many minutes a session can be planned for.
var lengths = []int{30, 45, 60, 90, 120, 180}

// hoursOf reads when a session is from a form, in the reader's time zone; what is wrong is noted in it.
func (w *Web) hoursOf(c echo.Context, f *form.State) (starts, ends time.Time) {
	l, zone := middleware.Locale(c), w.zoneOf(middleware.Who(c))
	starts, err := time.ParseInLocation(localTime, f.Text("starts_at"), zone)
	if err != nil {
		f.Wrong(l, "starts_at", "error.required")
		return time.Time{}, time.Time{}
	}
	return starts, starts.Add(time.Duration(f.Int(l, "minutes")) * time.Minute)
}
