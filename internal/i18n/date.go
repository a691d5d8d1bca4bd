package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// isoDate is how dates are written in languages without words of their own here.
const isoDate = "2006-01-02"

// Date writes a day in the place loc: "12 March 2026".
func (l *Localizer) Date(t time.Time, loc *time.Location) string {
	t = t.In(loc)
	w := l.words
	if w.date == "" {
		return t.Format(isoDate)
	}
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 && w.firstDay != "" {
		day = w.firstDay
	}
	return strings.NewReplacer("{d}", day, "{m}", w.months[t.Month()-1], "{y}", strconv.Itoa(t.Year())).Replace(w.date)
}

// Time writes the time of day in the place loc: "14:02".
func (l *Localizer) Time(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("15:04")
}

// DateTime writes the day, the time and how far its zone is from UTC:
// "12 March 2026, 14:02 UTC−5".
func (l *Localizer) DateTime(t time.Time, loc *time.Location) string {
	return l.Date(t, loc) + l.words.comma + l.Time(t, loc) + " " + l.zone(t.In(loc))
}

// zone names a zone by its offset: names such as CST mean several.
func (l *Localizer) zone(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	name := "UTC" + sign + strconv.Itoa(seconds/3600)
	if minutes := seconds / 60 % 60; minutes != 0 {
		name += fmt.Sprintf(":%02d", minutes)
	}
	return l.isolate(name)
}

// Relative writes how long ago t was, or how soon it will be, when that is under
// a day: "5 minutes ago". Else it writes the date. Put DateTime into the title.
func (l *Localizer) Relative(t, now time.Time, loc *time.Location) string {
	past := now.Sub(t)
	distance := past.Abs()
	w := l.words
	if distance >= 24*time.Hour || w.now == "" {
		return l.Date(t, loc)
	}
	if distance < time.Minute {
		return w.now
	}
	unit, count := w.minutes, int(distance/time.Minute)
	if distance >= time.Hour {
		unit, count = w.hours, int(distance/time.Hour)
	}
	phrase, ok := unit[l.plurals.of(count)]
	if !ok {
		phrase = unit[formOther]
	}
	frame := w.ago
	if past < 0 {
		frame = w.in
	}
	return strings.Replace(frame, "{}", strings.Replace(phrase, "{}", l.Number(count), 1), 1)
}
