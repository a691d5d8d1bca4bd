package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"praxis/internal/portal"
)

// maxSlug bounds the words of an address, in characters.
const maxSlug = 60

// slug makes words for an address of a title: letters and digits of any script in lower case,
// without accents where the script has them apart, joined by hyphens.
func slug(title string) string {
	var b strings.Builder
	n, gap := 0, false
	for _, r := range norm.NFKD.String(title) {
		switch {
		case r >= 0x300 && r < 0x370: // accents of Latin, Greek and Cyrillic
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if gap && n > 0 {
				b.WriteByte('-')
				n++
			}
			gap = false
			if n >= maxSlug {
				return strings.TrimRight(b.String(), "-")
			}
			b.WriteRune(unicode.ToLower(r))
			n++
		default:
			if n > maxSlug-12 { // end at a word
				return b.String()
			}
			gap = true
		}
	}
	return b.String()
}

// address makes the lasting address of a thing: its letter, number and words.
func address(letter string, id int64, title string) string {
	path := "/" + letter + "/" + strconv.FormatInt(id, 10)
	if s := slug(title); s != "" {
		path += "-" + url.PathEscape(s)
	}
	return path
}

func practicePath(id int64, title string) string { return address("p", id, title) }
func threadPath(id int64, title string) string   { return address("t", id, title) }
func memberPath(id int64) string                 { return "/m/" + strconv.FormatInt(id, 10) }

func workspacePath(w portal.Workspace) string { return address("w", w.ID, w.Name) }

// numbered reads the identifier at the start of an address's part: "12-take-home-naloxone" is 12.
// What has none names nothing: NotFound.
func numbered(c echo.Context, name string) (int64, error) {
	digits, _, _ := strings.Cut(c.Param(name), "-")
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id <= 0 || id >= 1<<53 {
		return 0, portal.ErrNotFound()
	}
	return id, nil
}

// moved tells where the page really is when its address has other words, and "" when it is here.
func moved(c echo.Context, right string) string {
	u := c.Request().URL
	if u.EscapedPath() == right {
		return ""
	}
	if path, err := url.PathUnescape(right); err == nil && path == u.Path {
		return ""
	}
	if u.RawQuery != "" {
		right += "?" + u.RawQuery
	}
	return right
}

// toRight redirects for good to the right address.
func toRight(c echo.Context, right string) error {
	return c.Redirect(http.StatusMovedPermanently, right)
}

// seeOther answers a form that was carried out: the page is fetched anew, told what was done by an
// identifier of a sentence ("done.…", "" for none). An anchor in path stays at its end.
func seeOther(c echo.Context, path, done string) error {
	if done != "" {
		before, anchor, has := strings.Cut(path, "#")
		sep := "?"
		if strings.Contains(before, "?") {
			sep = "&"
		}
		path = before + sep + "done=" + done
		if has {
			path += "#" + anchor
		}
	}
	return c.Redirect(http.StatusSeeOther, path)
}

// inside tells whether a way back leads to one of our own pages, and gives it; "/" else.
func inside(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// practiceNamed reads a practice's number, or its address as it stands above its page; 0 where it is
// neither.
func practiceNamed(text string) int64 {
	text = strings.TrimSpace(text)
	if _, after, ok := strings.Cut(text, "/p/"); ok {
		text = after
	}
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(text)
	} else if !strings.ContainsRune("-/?#", rune(text[end])) {
		return 0
	}
	id, err := strconv.ParseInt(text[:end], 10, 64)
	if err != nil {
		return 0
	}
	return id
}
