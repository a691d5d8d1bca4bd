package i18n

import (
	"strings"

	"golang.org/x/text/language"
)

// words are the few that numbers and dates need around them. They stand here, not
// in the catalogues, because they follow the standard of the language rather than
// the voice of the portal.
type words struct {
	date     string // {d}, {m}, {y}
	firstDay string // how the first of a month is written, if not "1"
	months   [12]string
	comma    string
	and      func(next string) string
	bytes    [5]string // bytes, thousands, millions…
	now      string
	ago, in  string // {} is the duration
	minutes  map[form]string
	hours    map[form]string
}

// wordsOf returns the words of a language; others get ISO dates and bare commas.
func wordsOf(tag language.Tag) *words {
	base, _ := tag.Base()
	if w := wordsByLanguage[base.String()]; w != nil {
		return w
	}
	return neutralWords
}

var (
	siBytes = [5]string{"B", "kB", "MB", "GB", "TB"}

	neutralWords = &words{comma: ", ", and: fixed(", "), bytes: siBytes}

	wordsByLanguage = map[string]*words{
		"en": {
			date: "{d} {m} {y}",
			months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August",
				"September", "October", "November", "December"},
			comma: ", ", and: fixed(" and "), bytes: siBytes,
			now: "just now", ago: "{} ago", in: "in {}",
			minutes: map[form]string{formOne: "{} minute", formOther: "{} minutes"},
			hours:   map[form]string{formOne: "{} hour", formOther: "{} hours"},
		},
		"es": {
			date: "{d} de {m} de {y}",
			months: [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
				"septiembre", "octubre", "noviembre", "diciembre"},
			comma: ", ", and: spanishAnd, bytes: siBytes,
			now: "ahora mismo", ago: "hace {}", in: "dentro de {}",
			minutes: map[form]string{formOne: "{} minuto", formOther: "{} minutos"},
			hours:   map[form]string{formOne: "{} hora", formOther: "{} horas"},
		},
		"fr": {
			date: "{d} {m} {y}", firstDay: "1er",
			months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
				"septembre", "octobre", "novembre", "décembre"},
			comma: ", ", and: fixed(" et "), bytes: [5]string{"o", "ko", "Mo", "Go", "To"},
			now: "à l’instant", ago: "il y a {}", in: "dans {}",
			minutes: map[form]string{formOne: "{} minute", formOther: "{} minutes"},
			hours:   map[form]string{formOne: "{} heure", formOther: "{} heures"},
		},
		"ar": {
			date: "{d} {m} {y}",
			months: [12]string{"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس",
				"سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
			comma: "، ", and: fixed(" و"),
			bytes: [5]string{"بايت", "كيلوبايت", "ميغابايت", "غيغابايت", "تيرابايت"},
			now:   "الآن", ago: "قبل {}", in: "خلال {}",
			minutes: map[form]string{formOne: "دقيقة واحدة", formTwo: "دقيقتين", formFew: "{} دقائق", formOther: "{} دقيقة"},
			hours:   map[form]string{formOne: "ساعة واحدة", formTwo: "ساعتين", formFew: "{} ساعات", formOther: "{} ساعة"},
		},
	}
)

func fixed(s string) func(string) string {
	return func(string) string { return s }
}

// spanishAnd is "y", but "e" before the sound of i: "química e higiene".
func spanishAnd(next string) string {
	next = strings.ToLower(next)
	sound := strings.TrimPrefix(next, "h")
	startsWithI := strings.HasPrefix(sound, "i") || strings.HasPrefix(sound, "í")
	diphthong := strings.HasPrefix(next, "hie") || strings.HasPrefix(next, "ia") || strings.HasPrefix(next, "io")
	if startsWithI && !diphthong {
		return " e "
	}
	return " y "
}
