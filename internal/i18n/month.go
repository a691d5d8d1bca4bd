package i18n

import (
	"strconv"
	"time"
)

// Month names a month as it stands in a date; its number in languages without words of their own here.
func (l *Localizer) Month(m time.Month) string {
	if l.words.date == "" || m < time.January || m > time.December {
		return strconv.Itoa(int(m))
	}
	return l.words.months[m-1]
}
