package extract

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// HeadBytes is how much of a document's start Detect wants to see.
const HeadBytes = 64 << 10

// The media types that are taken.
const (
	PDF  = "application/pdf"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	ODT  = "application/vnd.oasis.opendocument.text"
	CSV  = "text/csv"
	TXT  = "text/plain"
	PNG  = "image/png"
	JPEG = "image/jpeg"
	WebP = "image/webp"
)

// extensions are the names that documents of an allowed type may have. Whether a text has columns is
// a guess, so the two kinds of text may bear each other's.
var extensions = map[string][]string{
	PDF: {".pdf"}, DOCX: {".docx"}, PPTX: {".pptx"}, XLSX: {".xlsx"}, ODT: {".odt"}, CSV: {".csv", ".txt"}, TXT: {".txt", ".csv"},
	PNG: {".png"}, JPEG: {".jpg", ".jpeg"}, WebP: {".webp"},
}

// IsPicture tells of the types that Picture takes.
func IsPicture(mediaType string) bool {
	return mediaType == PNG || mediaType == JPEG || mediaType == WebP
}

// Detect tells the media type of an upload by its first bytes (HeadBytes, or all
// if it is shorter), and whether it is an allowed one under a name that says the
// same. The type of a document that is not allowed is told too, for the message.
func Detect(head []byte, name string) (mediaType string, ok bool) {
	head = head[:min(len(head), HeadBytes)]
	found := mimetype.Detect(head)
	mediaType, _, _ = strings.Cut(found.String(), ";")
	switch {
	case found.Is("application/zip"):
		mediaType = officeType(head)
	case mediaType == "text/tab-separated-values":
		mediaType = TXT
	}
	if mediaType == PNG && bytes.Contains(head[:min(len(head), 1<<10)], []byte("acTL")) {
		mediaType = "image/apng" // one that moves would stand still afterwards
	}
	return mediaType, len(head) > 0 && slices.Contains(extensions[mediaType], strings.ToLower(path.Ext(name)))
}

// zipEntry starts each file in a ZIP archive; its name comes nameOffset bytes on.
var zipEntry = []byte("PK\x03\x04")

const nameOffset = 30

// officeFolders are where the parts of each kind of office document lie.
var officeFolders = map[string]string{"word/": DOCX, "ppt/": PPTX, "xl/": XLSX}

// officeType looks for the parts of an office document further into an archive than the detector
// does.
func officeType(head []byte) string {
	for {
		at := bytes.Index(head, zipEntry)
		if at < 0 {
			return "application/zip"
		}
		head = head[at:]
		for folder, kind := range officeFolders {
			if len(head) > nameOffset && bytes.HasPrefix(head[nameOffset:], []byte(folder)) {
				return kind
			}
		}
		head = head[len(zipEntry):]
	}
}
