package web_test

import "testing"

// The page offers the orders that its list does not have, each a link that keeps the question; without
// words nothing is a better match than another.
func TestSearchOffersItsOrders(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		path  string
		holds []string
		lacks []string
	}{
		{"/search?q=naloxone", []string{"<strong>Best match first</strong>", `href="/search?q=naloxone&amp;sort=newest"`, `href="/search?q=naloxone&amp;sort=adopted"`}, nil},
		{"/search?q=naloxone&sort=adopted&kind=practice", []string{"<strong>Most adopted first</strong>", `href="/search?kind=practice&amp;q=naloxone"`, `sort=newest"`}, nil},
		{"/search?kind=practice", []string{"<strong>Newest first</strong>", `href="/search?kind=practice&amp;sort=adopted"`}, []string{"Best match first"}},
		{"/search?q=naloxone&sort=odd", []string{"<strong>Best match first</strong>"}, nil},
		{"/search?q=naloxone&programme=odd", []string{"Programme", "Remove this filter"}, []string{"<mark>"}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			rec := w.get(t, visitor, tt.path)
			holds(t, rec.Body.String(), tt.holds...)
			lacks(t, rec.Body.String(), tt.lacks...)
			w.sound(t, rec, "en", "ltr")
		})
	}
}
