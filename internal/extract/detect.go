package extract

import (
	"bytes"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// HeadBytes is how much of a document's start Detect wants to see.
const HeadBytes = 64 << 10

// extensions are the names that documents of an allowed type may have.
var extensions = map[string]string{PDF: ".pdf", DOCX: ".docx"}

// Detect tells the media type of an upload by its first bytes (HeadBytes, or all
// if it is shorter), and whether it is an allowed one under a name that says the
// same. The type of a document that is not allowed is told too, for the message.
func Detect(head []byte, name string) (mediaType string, ok bool) {
	head = head[:min(len(head), HeadBytes)]
	found := mimetype.Detect(head)
	mediaType = found.String()
	switch {
	case found.Is(PDF):
		mediaType = PDF
	case found.Is(DOCX), found.Is("application/zip") && holdsWord(head):
		mediaType = DOCX
	}
	want, allowed := extensions[mediaType]
	return mediaType, allowed && strings.EqualFold(path.Ext(name), want)
}

// zipEntry starts each file in a ZIP archive; its name comes nameOffset bytes on.
var zipEntry = []byte("PK\x03\x04")

const nameOffset = 30

// holdsWord looks for the parts of a Word document further into an archive than
// the detector does.
func holdsWord(head []byte) bool {
	for {
		at := bytes.Index(head, zipEntry)
		if at < 0 {
			return false
		}
		head = head[at:]
		if len(head) > nameOffset && bytes.HasPrefix(head[nameOffset:], []byte("word/")) {
			return true
		}
		head = head[len(zipEntry):]
	}
}
