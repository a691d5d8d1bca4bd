package i18n

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/number"
)

const noBreakSpace = "\u00a0"

// fourDigitsTogether lists the languages that group digits from 10 000 on only.
var fourDigitsTogether = map[string]bool{"es": true, "pl": true, "pt-PT": true}

// Number writes a whole number with the separators of the language, in Latin
// digits.
func (l *Localizer) Number(n int) string {
	if n > -1000 && n < 1000 {
		return strconv.Itoa(n)
	}
	base, _ := l.tag.Base()
	if n > -10_000 && n < 10_000 && (fourDigitsTogether[base.String()] || fourDigitsTogether[l.lang]) {
		return strconv.Itoa(n)
	}
	return l.printer.Sprint(number.Decimal(n))
}

// Decimal writes a number with at most digits places after the separator.
func (l *Localizer) Decimal(x float64, digits int) string {
	return l.printer.Sprint(number.Decimal(x, number.MaxFractionDigits(digits)))
}

// Percent writes a fraction as whole percent: 0.426 is "43%".
func (l *Localizer) Percent(fraction float64) string {
	if math.IsNaN(fraction) || math.IsInf(fraction, 0) {
		return "–"
	}
	return l.printer.Sprint(number.Percent(fraction, number.MaxFractionDigits(0)))
}

// Bytes writes a size with decimal units (1 kB is 1000 bytes), one place after
// the separator below ten.
func (l *Localizer) Bytes(n int64) string {
	const step = 1000
	unit, size := 0, float64(max(n, 0))
	for size >= step-0.5 && unit < len(l.words.bytes)-1 {
		size /= step
		unit++
	}
	digits := 0
	if unit > 0 && size < 9.95 {
		digits = 1
	}
	return l.Decimal(size, digits) + noBreakSpace + l.words.bytes[unit]
}

// List joins items as in a sentence: "a, b and c".
func (l *Localizer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := items[len(items)-1]
	var b strings.Builder
	for i, item := range items[:len(items)-1] {
		if i > 0 {
			b.WriteString(l.words.comma)
		}
		b.WriteString(l.isolate(item))
	}
	b.WriteString(l.words.and(last))
	b.WriteString(l.isolate(last))
	return b.String()
}
