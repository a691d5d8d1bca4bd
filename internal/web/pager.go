package web

import (
	"maps"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/portal"
)

// pager leads to the other pages of a list.
type pager struct{ First, Next string }

// from adds the way back to the first page.
func (p *pager) from(first string) *pager {
	if p == nil {
		p = &pager{}
	}
	p.First = first
	return p
}

// afterOf reads the identifier after which a page of a list starts; 0 for the first page.
func afterOf(c echo.Context) (int64, error) {
	text := c.QueryParam("after")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n >= 1<<53 {
		return 0, portal.ErrNotFound()
	}
	return n, nil
}

// withQuery is the address of this page with one value of its query replaced; "" takes it away.
func withQuery(c echo.Context, name, value string) string {
	query := maps.Clone(c.Request().URL.Query())
	query.Del("lang")
	query.Del("done")
	if value == "" {
		query.Del(name)
	} else {
		query.Set(name, value)
	}
	path := c.Request().URL.EscapedPath()
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// paged cuts a list that was asked for one item more than the page holds, and makes its pager;
// cursor tells an item's identifier.
func paged[T any](c echo.Context, items []T, limit int, cursor func(T) int64) ([]T, *pager) {
	var p *pager
	if len(items) > limit {
		items = items[:limit]
		p = &pager{Next: withQuery(c, "after", strconv.FormatInt(cursor(items[limit-1]), 10))}
	}
	if c.QueryParam("after") != "" {
		p = p.from(withQuery(c, "after", ""))
	}
	return items, p
}
