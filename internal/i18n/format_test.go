package i18n_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"praxis/internal/i18n"
)

// check compares what each language makes of one thing.
func check(t *testing.T, got func(*i18n.Localizer) string, want map[string]string) {
	t.Helper()
	c := load(t)
	for lang, w := range want {
		l := c.Localizer(language.MustParse(lang))
		if g := got(l); g != w {
			t.Errorf("%s: got %q, want %q", lang, g, w)
		}
	}
}

func TestNumbers(t *testing.T) {
	check(t, func(l *i18n.Localizer) string { return l.Number(7) + " " + l.Number(1234) + " " + l.Number(-1234567) }, map[string]string{
		"en": "7 1,234 -1,234,567", "es": "7 1234 -1.234.567", "fr": "7 1\u00a0234 -1\u00a0234\u00a0567", "ar": "7 1,234 \u200e-1,234,567"})
	check(t, func(l *i18n.Localizer) string { return l.Decimal(1.25, 1) }, map[string]string{"en": "1.2", "es": "1,2", "fr": "1,2"})
	check(t, func(l *i18n.Localizer) string { return l.Percent(0.426) }, map[string]string{
		"en": "43%", "es": "43\u00a0%", "fr": "43\u00a0%"})
	check(t, func(l *i18n.Localizer) string {
		return strings.Join([]string{l.Bytes(0), l.Bytes(999), l.Bytes(1500), l.Bytes(999_999), l.Bytes(25_300_000)}, "|")
	}, map[string]string{
		"en": "0\u00a0B|999\u00a0B|1.5\u00a0kB|1\u00a0MB|25\u00a0MB",
		"fr": "0\u00a0o|999\u00a0o|1,5\u00a0ko|1\u00a0Mo|25\u00a0Mo",
	})
}

func TestLists(t *testing.T) {
	check(t, func(l *i18n.Localizer) string { return l.List([]string{"a", "b", "c"}) },
		map[string]string{"en": "a, b and c", "es": "a, b y c", "fr": "a, b et c"})
	check(t, func(l *i18n.Localizer) string { return l.List([]string{"أ", "ب", "ج"}) }, map[string]string{"ar": "أ، ب وج"})
	check(t, func(l *i18n.Localizer) string {
		return l.List([]string{"Perú", "Italia"}) + ";" + l.List([]string{"agua", "hielo"}) + ";" + l.List([]string{"x"}) + l.List(nil)
	}, map[string]string{"es": "Perú e Italia;agua y hielo;x"})
}

func TestDates(t *testing.T) {
	guayaquil := time.FixedZone("", -5*3600)
	at := time.Date(2026, time.March, 13, 2, 5, 0, 0, time.UTC) // the 12th in Guayaquil
	check(t, func(l *i18n.Localizer) string { return l.Date(at, guayaquil) }, map[string]string{
		"en": "12 March 2026", "es": "12 de marzo de 2026", "fr": "12 mars 2026", "ar": "12 مارس 2026"})
	check(t, func(l *i18n.Localizer) string { return l.DateTime(at, guayaquil) }, map[string]string{
		"en": "12 March 2026, 21:05 UTC−5", "es": "12 de marzo de 2026, 21:05 UTC−5",
		"ar": "12 مارس 2026، 21:05 \u2068UTC−5\u2069"})
	check(t, func(l *i18n.Localizer) string {
		return l.DateTime(at, time.UTC) + "; " + l.DateTime(at, time.FixedZone("", 5*3600+1800)) + "; " + l.Time(at, guayaquil)
	}, map[string]string{"en": "13 March 2026, 02:05 UTC; 13 March 2026, 07:35 UTC+5:30; 21:05"})
	first := time.Date(2026, time.August, 1, 0, 0, 0, 0, time.UTC)
	check(t, func(l *i18n.Localizer) string { return l.Date(first, time.UTC) }, map[string]string{"fr": "1er août 2026", "en": "1 August 2026"})
}

func TestRelative(t *testing.T) {
	now := time.Date(2026, time.March, 12, 14, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		before time.Duration
		want   map[string]string
	}{
		{0, map[string]string{"en": "just now", "es": "ahora mismo", "fr": "à l’instant", "ar": "الآن"}},
		{59 * time.Second, map[string]string{"en": "just now"}},
		{-30 * time.Second, map[string]string{"en": "just now"}},
		{time.Minute, map[string]string{"en": "1 minute ago", "es": "hace 1 minuto", "ar": "قبل دقيقة واحدة"}},
		{5 * time.Minute, map[string]string{"en": "5 minutes ago", "es": "hace 5 minutos", "fr": "il y a 5 minutes", "ar": "قبل 5 دقائق"}},
		{2 * time.Hour, map[string]string{"en": "2 hours ago", "fr": "il y a 2 heures", "ar": "قبل ساعتين"}},
		{12 * time.Hour, map[string]string{"ar": "قبل 12 ساعة"}},
		{-90 * time.Minute, map[string]string{"en": "in 1 hour", "es": "dentro de 1 hora", "ar": "خلال ساعة واحدة"}},
		{24 * time.Hour, map[string]string{"en": "11 March 2026"}},
		{-24 * time.Hour, map[string]string{"en": "13 March 2026"}},
	} {
		check(t, func(l *i18n.Localizer) string { return l.Relative(now.Add(-tt.before), now, time.UTC) }, tt.want)
	}
}

func TestNames(t *testing.T) {
	check(t, func(l *i18n.Localizer) string { return l.Country("EC") + " " + l.Country("DE") + " " + l.Country("??") }, map[string]string{
		"en": "Ecuador Germany ??", "es": "Ecuador Alemania ??", "fr": "Équateur Allemagne ??", "ar": "الإكوادور ألمانيا ??"})
	check(t, func(l *i18n.Localizer) string { return l.Language("es") + " " + l.Language("!") }, map[string]string{
		"en": "Spanish !", "es": "Español !", "fr": "Espagnol !"})
	for tag, want := range map[string]string{"es": "Español", "fr": "Français", "ar": "العربية", "en": "English", "ru": "Русский"} {
		if got := i18n.LanguageName(language.MustParse(tag)); got != want {
			t.Errorf("%s calls itself %q, want %q", tag, got, want)
		}
	}
	for lang, want := range map[string]string{"ar": "rtl", "ar-MA": "rtl", "fa": "rtl", "he": "rtl", "ur": "rtl", "ps": "rtl",
		"pa-Arab": "rtl", "pa": "ltr", "en": "ltr", "th": "ltr", "": "auto", "und": "auto", "no language": "auto"} {
		if got := i18n.DirOf(lang); got != want {
			t.Errorf("DirOf(%q) = %q, want %q", lang, got, want)
		}
	}
	check(t, func(l *i18n.Localizer) string { return l.Dir() + l.Lang() + l.Tag().String() },
		map[string]string{"ar": "rtlarar", "es": "ltreses"})
}

func TestOrder(t *testing.T) {
	c := load(t)
	fr := c.Localizer(language.French)
	items := []string{"Zambie", "Équateur", "Espagne", "eau", "Fidji"}
	i18n.SortBy(fr, items, func(s string) string { return s })
	if want := []string{"eau", "Équateur", "Espagne", "Fidji", "Zambie"}; !slices.Equal(items, want) {
		t.Errorf("sorted %q, want %q", items, want)
	}
	if fr.Collate("état", "etc") >= 0 || fr.Collate("b", "a") <= 0 || fr.Collate("a", "a") != 0 {
		t.Error("Collate is wrong")
	}
}
