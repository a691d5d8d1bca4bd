package markup

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/bidi"
)

// maxObjectID is the largest identifier that a link can name: they are integers
// below 2^53.
const maxObjectID = 1<<53 - 1

// objectPaths are the short lasting addresses of what a link can name.
var objectPaths = map[string]string{"member": "/m/", "practice": "/p/", "thread": "/t/"}

// prepare turns a parsed document into the one that is rendered: checked links,
// images as links, shifted headings, directions.
func prepare(doc ast.Node, source []byte, opts Options) error {
	if tooDeep(doc) {
		return ErrTooComplex
	}
	var links []ast.Node
	linkBytes := 0
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+opts.TopHeading-1, 6)
		case *ast.Link:
			linkBytes += len(n.Destination)
			links = append(links, n)
		case *ast.Image:
			linkBytes += len(n.Destination)
			links = append(links, n)
		case *ast.AutoLink:
			links = append(links, n)
		case *east.TableCell:
			alignCell(n)
		}
		setDirection(n, source)
		if linkBytes > maxAllLinkBytes {
			return ast.WalkStop, ErrTooComplex
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return err
	}
	for _, link := range links {
		prepareLink(link, source)
	}
	return nil
}

func alignCell(cell *east.TableCell) {
	switch cell.Alignment {
	case east.AlignCenter:
		cell.SetAttributeString("class", []byte("align-center"))
	case east.AlignRight:
		cell.SetAttributeString("class", []byte("align-end"))
	}
}

// prepareLink gives a link its final address and attributes, or puts its words
// in its place when it may not lead where it says.
func prepareLink(n ast.Node, source []byte) {
	parent := n.Parent()
	switch n := n.(type) {
	case *ast.AutoLink:
		if target, ok := resolve(string(n.URL(source)), n.AutoLinkType == ast.AutoLinkEmail); ok && !insideLink(n) {
			target.mark(n)
			return
		}
		parent.ReplaceChild(parent, n, ast.NewString(n.Label(source)))
	case *ast.Link:
		n.Title = nil
		if target, ok := resolve(destination(n), false); ok {
			n.Destination = []byte(forRenderer.Replace(target.href))
			target.mark(n)
			return
		}
		unwrap(n)
	case *ast.Image:
		link := ast.NewLink()
		link.Destination = n.Destination
		if insideLink(n) || containsLink(n) {
			unwrap(n)
			return
		}
		if !n.HasChildren() { // an image without words is still worth a link
			link.AppendChild(link, ast.NewString(n.Destination))
		}
		for n.HasChildren() {
			link.AppendChild(link, n.FirstChild())
		}
		parent.ReplaceChild(parent, n, link)
		prepareLink(link, source)
	}
}

// unwrap replaces a node by its children.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for n.HasChildren() {
		parent.InsertBefore(parent, n, n.FirstChild())
	}
	parent.RemoveChild(parent, n)
}

func insideLink(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}

func containsLink(n ast.Node) bool {
	found := false
	_ = ast.Walk(n, func(c ast.Node, _ bool) (ast.WalkStatus, error) {
		if c.Kind() == ast.KindLink || c.Kind() == ast.KindAutoLink {
			found = true
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return found
}

// target is where a link may lead.
type target struct {
	href    string
	mention bool
	outside bool
}

func (t target) mark(n ast.Node) {
	if t.mention {
		n.SetAttributeString("class", []byte("mention"))
	}
	if t.outside {
		n.SetAttributeString("rel", []byte(linkRel))
	}
}

// destination is where a link leads once its references are resolved ("&sol;" is a slash), as the
// renderer does it; forRenderer writes an address so that the renderer leaves it as it is.
func destination(n *ast.Link) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(n.Destination))))
}

var forRenderer = strings.NewReplacer(`\`, `\\`, "&", "&amp;")

// resolve checks an address in which no references are left.
func resolve(address string, email bool) (target, bool) {
	address = strings.TrimSpace(address)
	if len(address) > maxLinkBytes {
		return target{}, false
	}
	if email && !strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	if kind, id, ok := objectLink(address); ok {
		return target{href: objectPaths[kind] + strconv.FormatInt(id, 10), mention: kind == "member"}, true
	}
	u, err := url.Parse(address)
	if err != nil {
		return target{}, false
	}
	switch u.Scheme {
	case "http", "https":
		return target{href: address, outside: true}, u.Host != ""
	case "mailto":
		return target{href: address, outside: true}, u.Opaque != ""
	case "":
		// A path of the portal; two slashes, or a backslash that browsers take
		// for one, would lead elsewhere.
		own := strings.HasPrefix(address, "/") && u.Host == "" && !strings.HasPrefix(address, "//") &&
			!strings.Contains(address, `\`)
		return target{href: address}, own
	}
	return target{}, false
}

// objectLink reads "member:12".
func objectLink(address string) (kind string, id int64, ok bool) {
	kind, digits, found := strings.Cut(address, ":")
	if !found || objectPaths[kind] == "" || strings.HasPrefix(digits, "+") {
		return "", 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id < 1 || id > maxObjectID {
		return "", 0, false
	}
	return kind, id, true
}

// setDirection marks blocks that hold user text. What holds words itself leaves
// the choice to the browser. Quotes and lists hold other blocks, which
// dir="auto" doesn't look into, so theirs is found here.
func setDirection(n ast.Node, source []byte) {
	switch n.Kind() {
	case ast.KindParagraph, ast.KindHeading, east.KindTableCell:
		n.SetAttributeString("dir", []byte("auto"))
	case ast.KindListItem:
		if first := n.FirstChild(); first != nil && first.Kind() == ast.KindTextBlock {
			n.SetAttributeString("dir", []byte("auto"))
			return
		}
		setFirstStrong(n, source)
	case ast.KindBlockquote, ast.KindList, east.KindTable:
		setFirstStrong(n, source)
	}
}

func setFirstStrong(n ast.Node, source []byte) {
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		words, isText := c.(*ast.Text)
		if !entering || !isText {
			return ast.WalkContinue, nil
		}
		dir := firstStrong(words.Segment.Value(source))
		if dir == "" {
			return ast.WalkContinue, nil
		}
		n.SetAttributeString("dir", []byte(dir))
		return ast.WalkStop, nil
	})
}

// firstStrong is the direction of the first letter that has one, or "".
func firstStrong(s []byte) string {
	for len(s) > 0 {
		class, size := bidi.Lookup(s)
		switch class.Class() {
		case bidi.L:
			return "ltr"
		case bidi.R, bidi.AL:
			return "rtl"
		}
		s = s[max(size, 1):]
	}
	return ""
}

// Mentions returns the members that a text links to, each once, in the order of
// the text, at most MaxMentions. Links inside code are not links. Of a text over
// MaxRunes only the first part counts.
func Mentions(markdown string) []int64 {
	if !strings.Contains(markdown, "member:") {
		return nil
	}
	_, doc, err := parse(clip(markdown))
	if err != nil {
		return nil
	}
	var ids []int64
	seen := map[int64]bool{}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link, isLink := n.(*ast.Link)
		if !entering || !isLink {
			return ast.WalkContinue, nil
		}
		kind, id, ok := objectLink(strings.TrimSpace(destination(link)))
		if !ok || kind != "member" || seen[id] {
			return ast.WalkContinue, nil
		}
		seen[id] = true
		ids = append(ids, id)
		if len(ids) == MaxMentions {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return ids
}
