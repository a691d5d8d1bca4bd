package portal

import (
	"slices"
	"time"
)

// When a member is sent mail about what concerns her.
const (
	MailOff    = "off"
	MailAtOnce = "at_once" // what comes within MailBatch of the first is one mail
	MailDaily  = "daily"
	MailWeekly = "weekly"
)

// MailModes lists them, from the least mail to the most.
var MailModes = []string{MailOff, MailWeekly, MailDaily, MailAtOnce}

// MailBatch is how long a mail that goes at once waits for what comes after its first.
const MailBatch = 2 * time.Minute

// MaxBounces is how many mails to a member may come back before no more are sent, until she saves her
// settings again.
const MaxBounces = 3

// MailSettings are when a member wants mail; hours and days are in her time zone.
type MailSettings struct {
	Mode    string `json:"mode"`
	Hour    int    `json:"hour"`    // of a digest, 0 to 23
	Weekday int    `json:"weekday"` // of a weekly one, 1 (Monday) to 7
	// From one hour to another, 0 to 23, across midnight too, what goes at once waits; the same twice: never.
	QuietFrom int `json:"quiet_from"`
	QuietTo   int `json:"quiet_to"`
	Bounces   int `json:"bounces"` // mails that came back since she last saved these settings
}

// DefaultMail is what holds for who has never said.
var DefaultMail = MailSettings{Mode: MailDaily, Hour: 7, Weekday: 1}

// Check tells which of the settings are wrong.
func (s MailSettings) Check() error {
	var c Checks
	c.Add(slices.Contains(MailModes, s.Mode), "mode", "error.unknown_value")
	c.Add(s.Hour >= 0 && s.Hour <= 23, "hour", "error.unknown_value")
	c.Add(s.Weekday >= 1 && s.Weekday <= 7, "weekday", "error.unknown_value")
	c.Add(s.QuietFrom >= 0 && s.QuietFrom <= 23, "quiet_from", "error.unknown_value")
	c.Add(s.QuietTo >= 0 && s.QuietTo <= 23, "quiet_to", "error.unknown_value")
	return c.Err()
}

// Sends tells whether the member is sent mail of what is new at all.
func (s MailSettings) Sends() bool { return s.Mode != MailOff && s.Bounces < MaxBounces }

// Next is when what comes now is mailed. A clock that is put on or back moves it by that hour at most.
func (s MailSettings) Next(now time.Time, zone *time.Location) time.Time {
	if s.Mode == MailAtOnce {
		return s.afterQuiet(now.Add(MailBatch), zone)
	}
	local := now.In(zone)
	for day := 0; ; day++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, s.Hour, 0, 0, 0, zone)
		if at.After(now) && (s.Mode != MailWeekly || int(at.Weekday()) == s.Weekday%7) {
			return at
		}
	}
}

// afterQuiet is the moment itself, or the end of the quiet hours in which it lies.
func (s MailSettings) afterQuiet(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	length := (s.QuietTo - s.QuietFrom + 24) % 24
	since := (local.Hour() - s.QuietFrom + 24) % 24
	if since >= length {
		return at
	}
	day := local.Day()
	if local.Hour() >= s.QuietTo {
		day++
	}
	end := time.Date(local.Year(), local.Month(), day, s.QuietTo, 0, 0, 0, zone)
	if end.Before(at) {
		return at
	}
	return end
}
