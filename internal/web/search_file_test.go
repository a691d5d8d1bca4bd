package web_test

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"praxis/internal/postgres"
)

// A passage that was found in a file leads to its page there, beside the link to the practice.
func TestPassageOfAFileLeadsToItsPage(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	word := ""
	for _, topic := range w.vocab.List("topics") {
		if topic.Key == p.Topics[0] { // the index knows its names in all languages, the text says none of them in Spanish
			word = slices.MaxFunc(strings.Fields(topic.Names["es"]), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		}
	}
	if word == "" {
		t.Fatalf("the topic %v has no name in Spanish", p.Topics)
	}
	var file int64
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		file, err = tx.InsertAttachment(ctx, postgres.Attachment{PracticeID: p.ID, UploadedBy: p.AuthorID, Name: "a & b.pdf", MediaType: "application/pdf", Size: 9, SHA256: make([]byte, 32)})
		if err != nil {
			return err
		}
		return tx.SetAttachmentText(ctx, file, "read", "", []int64{1, 7}, []string{"A cover.", "Here: " + word + "."})
	}))
	rec := w.get(t, visitor, "/search?kind=practice&exact=1&q="+url.QueryEscape(word))
	holds(t, rec.Body.String(), fmt.Sprintf(`<a href="/api/v1/attachments/%d#page=7"><bdi>a &amp; b.pdf, page 7</bdi></a>`, file))
	holds(t, rec.Body.String(), `<a href="/p/`)
	w.sound(t, rec, "en", "ltr")
}
