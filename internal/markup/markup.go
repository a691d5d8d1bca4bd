// Package markup turns what members write, a Markdown of forums, into safe HTML,
// plain text and the list of members it mentions.
//
// The dialect is CommonMark with tables, strikethrough, bare links and line ends
// that count. Raw HTML is shown as it was typed, never interpreted. Links may
// lead to http, https and mailto addresses, to paths of the portal itself, and to
// its objects: [@Ana Molina](member:12), [naloxone](practice:3), [here](thread:4).
//
// Every output passes a sanitizer last, so a mistake above it stays harmless.
package markup

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Limits on one text.
const (
	// MaxRunes is the longest text that is read.
	MaxRunes = 100_000
	// MaxDepth is how deep quotes, lists and emphasis may nest.
	MaxDepth = 32
	// MaxMentions is how many members one text can mention.
	MaxMentions = 20
)

// Refusals of HTML.
var (
	// ErrTooLong says that a text has over MaxRunes code points.
	ErrTooLong = errors.New("markup: text too long")
	// ErrTooComplex says that a text nests or repeats more than any honest one.
	ErrTooComplex = errors.New("markup: text too complex")
)

// defaultTopHeading leaves h1 to the page and h2 to its sections.
const defaultTopHeading = 3

// Options are the choices of a screen; the zero value is right for posts.
type Options struct {
	// TopHeading is the level, 1 to 6, that a "# heading" gets; 0 means 3. Deeper
	// headings follow, none below 6.
	TopHeading int
}

// HTML renders Markdown as a well-formed fragment that is safe to put into a
// page. It fails with ErrTooLong or ErrTooComplex only; check a text once before
// storing it, and it will render.
func HTML(markdown string, opts Options) (template.HTML, error) {
	if len(markdown) > MaxRunes && utf8.RuneCountInString(markdown) > MaxRunes {
		return "", ErrTooLong
	}
	source, doc, err := parse(markdown)
	if err != nil {
		return "", err
	}
	if opts.TopHeading < 1 || opts.TopHeading > 6 {
		opts.TopHeading = defaultTopHeading
	}
	if err := prepare(doc, source, opts); err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := dialect.Renderer().Render(&out, source, doc); err != nil {
		return "", fmt.Errorf("render markdown: %w", err)
	}
	return template.HTML(policy.SanitizeReader(&out).String()), nil //nolint:gosec // sanitized here
}

// dialect is the Markdown of the portal. It lacks both parsers of raw HTML, so
// that a "<b>" is text like any other.
var dialect = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(boundedLinks(parser.NewLinkParser()), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(boundedEmphasis(parser.NewEmphasisParser()), 500),
			util.Prioritized(boundedEmphasis(extension.NewStrikethroughParser()), 500),
			util.Prioritized(extension.NewLinkifyParser(
				extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"})), 999),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(parser.LinkReferenceParagraphTransformer, 100),
			util.Prioritized(boundedTables{extension.NewTableParagraphTransformer()}, 200),
		),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)),
	goldmark.WithRendererOptions(
		html.WithHardWraps(),
		// Below the HTML renderer's own priority, which comes with goldmark.New.
		renderers(),
	),
)

// parse reads a text that is known to be within MaxRunes.
func parse(markdown string) (source []byte, doc ast.Node, err error) {
	source = []byte(markdown)
	if !utf8.Valid(source) {
		source = bytes.ToValidUTF8(source, []byte("\uFFFD"))
	}
	if tooNested(source) {
		return nil, nil, ErrTooComplex
	}
	return source, dialect.Parser().Parse(text.NewReader(source)), nil
}

// clip is for readers that must not fail: it cuts a text at MaxRunes.
func clip(markdown string) string {
	if len(markdown) <= MaxRunes {
		return markdown
	}
	count := 0
	for i := range markdown {
		if count == MaxRunes {
			return markdown[:i]
		}
		count++
	}
	return markdown
}
