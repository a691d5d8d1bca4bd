package portal_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"praxis/internal/portal"
)

func TestWhenMailIsDue(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	night := portal.MailSettings{Mode: portal.MailAtOnce, QuietFrom: 22, QuietTo: 7}
	for _, test := range []struct {
		name      string
		s         portal.MailSettings
		zone      string
		now, want string
	}{
		{"at once, two minutes later", portal.MailSettings{Mode: portal.MailAtOnce}, "UTC", "2026-03-02T10:00:00Z", "2026-03-02T10:02:00Z"},
		{"at once, but in the night in Bangkok", night, "Asia/Bangkok", "2026-03-02T16:00:00Z", "2026-03-03T00:00:00Z"},
		{"at once, before midnight there", night, "America/Guayaquil", "2026-03-03T03:30:00Z", "2026-03-03T12:00:00Z"},
		{"at once, when the night has ended", night, "Asia/Bangkok", "2026-03-03T00:00:00Z", "2026-03-03T00:02:00Z"},
		{"daily, later today", portal.DefaultMail, "America/Guayaquil", "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z"},
		{"daily, tomorrow from the hour itself on", portal.DefaultMail, "America/Guayaquil", "2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z"},
		{"daily, where the clock is put on in between", portal.DefaultMail, "Europe/Tallinn", "2026-03-28T12:00:00Z", "2026-03-29T04:00:00Z"},
		{"weekly on Monday", portal.MailSettings{Mode: portal.MailWeekly, Hour: 7, Weekday: 1}, "UTC", "2026-03-03T10:00:00Z", "2026-03-09T07:00:00Z"},
		{"weekly on Sunday", portal.MailSettings{Mode: portal.MailWeekly, Hour: 18, Weekday: 7}, "UTC", "2026-03-03T10:00:00Z", "2026-03-08T18:00:00Z"},
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := test.s.Next(at(test.now), zone); !got.Equal(at(test.want)) {
			t.Errorf("%s: %s, want %s", test.name, got.UTC().Format(time.RFC3339), test.want)
		}
	}
}

// Whatever is set, mail is due after now, never in quiet hours, and a digest within its period.
func TestMailIsDueInItsTime(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		s := portal.MailSettings{Mode: rapid.SampledFrom(portal.MailModes[1:]).Draw(t, "mode"), Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Weekday: rapid.IntRange(1, 7).Draw(t, "weekday"),
			QuietFrom: rapid.IntRange(0, 23).Draw(t, "from"), QuietTo: rapid.IntRange(0, 23).Draw(t, "to")}
		now := time.Unix(rapid.Int64Range(1.7e9, 2e9).Draw(t, "now"), 0)
		due := s.Next(now, zone)
		most := map[string]time.Duration{portal.MailAtOnce: 26 * time.Hour, portal.MailDaily: 26 * time.Hour, portal.MailWeekly: 8 * 24 * time.Hour}[s.Mode]
		if !due.After(now) || due.Sub(now) > most {
			t.Fatalf("%+v at %s is due at %s", s, now.In(zone), due.In(zone))
		}
		if h := due.In(zone).Hour(); s.Mode == portal.MailAtOnce && (h-s.QuietFrom+24)%24 < (s.QuietTo-s.QuietFrom+24)%24 {
			t.Fatalf("%+v at %s is due at %s, in quiet hours", s, now.In(zone), due.In(zone))
		}
	})
}
