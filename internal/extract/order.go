package extract

import (
	"slices"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"golang.org/x/text/unicode/bidi"
)

// maxOrderedWords bounds how many words of a document have their order checked,
// as each takes a few calls into the sandbox.
const maxOrderedWords = 100_000

// wordOrder puts Arabic and Hebrew words right that the PDF reader returns from
// their last letter to their first. Whether it does depends on how the document
// was made, even from word to word; where the letters stand on the page tells.
type wordOrder struct {
	instance pdfium.Pdfium
	left     int // words that may still be checked
}

// restore returns the text of a page in reading order.
func (o *wordOrder) restore(page references.FPDF_TEXTPAGE, text string) string {
	runes := []rune(text)
	for start := 0; start < len(runes); {
		end := rightToLeftRun(runes, start)
		if end-start > 1 && o.left > 0 {
			o.left--
			if o.backwards(page, runes, start, end) {
				slices.Reverse(runes[start:end])
			}
		}
		start = max(end, start+1)
	}
	return string(runes)
}

// rightToLeftRun is the end of the run of right-to-left letters, with their
// marks, that begins at start; start itself when none does.
func rightToLeftRun(runes []rune, start int) int {
	end, letters := start, 0
	for ; end < len(runes) && runes[end] > 0x7F; end++ {
		properties, _ := bidi.LookupString(string(runes[end]))
		class := properties.Class()
		if class == bidi.R || class == bidi.AL {
			letters++
		} else if class != bidi.NSM {
			break
		}
	}
	if letters == 0 {
		return start
	}
	return end
}

// backwards tells whether the first letter of a run stands left of the last.
func (o *wordOrder) backwards(page references.FPDF_TEXTPAGE, runes []rune, start, end int) bool {
	first, ok := o.position(page, start, runes[start])
	if !ok {
		return false
	}
	last, ok := o.position(page, end-1, runes[end-1])
	return ok && first < last
}

// position is how far from the left a letter of the text begins on the page.
func (o *wordOrder) position(page references.FPDF_TEXTPAGE, index int, letter rune) (float64, bool) {
	char, err := o.instance.FPDFText_GetCharIndexFromTextIndex(
		&requests.FPDFText_GetCharIndexFromTextIndex{TextPage: page, NTextIndex: index})
	if err != nil {
		return 0, false
	}
	found, err := o.instance.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: page, Index: char.CharIndex})
	if err != nil || rune(found.Unicode) != letter { // the two count differently here
		return 0, false
	}
	box, err := o.instance.FPDFText_GetCharBox(&requests.FPDFText_GetCharBox{TextPage: page, Index: char.CharIndex})
	if err != nil {
		return 0, false
	}
	return box.Left, true
}
