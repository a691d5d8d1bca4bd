package page

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/portal"
)

// meter draws how far the evidence has come: one step for each rating of the vocabulary. The word
// stands beside it in the template.
func meter(v *portal.Vocabulary, rating string) template.HTML {
	var b strings.Builder
	b.WriteString(`<span class="meter" aria-hidden="true">`)
	ratings := v.List("evidence")
	reached := -1
	for i, t := range ratings {
		if t.Key == rating {
			reached = i
		}
	}
	for i := range ratings {
		if i <= reached {
			b.WriteString(`<i class="on"></i>`)
		} else {
			b.WriteString(`<i></i>`)
		}
	}
	b.WriteString(`</span>`)
	return template.HTML(b.String())
}

// bar draws adoptions by result. The counts stand beside it in words.
func bar(c portal.AdoptionCounts) template.HTML {
	total := c.Worked + c.Mixed + c.Failed
	if total == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">`)
	x := 0.0
	for _, part := range []struct {
		class string
		n     int
	}{{"worked", c.Worked}, {"mixed", c.Mixed}, {"failed", c.Failed}} {
		width := 100 * float64(part.n) / float64(total)
		if part.n > 0 {
			fmt.Fprintf(&b, `<rect class="%s" x="%.1f" width="%.1f" height="4"/>`, part.class, x, max(width-0.6, 0.4))
		}
		x += width
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// tiles says where each country's square stands: column and row, from the upper left.
type tiles struct {
	at         map[string][2]int
	cols, rows int
}

func readTiles(files fs.FS) (tiles, error) {
	text, err := fs.ReadFile(files, "map.json")
	if err != nil {
		return tiles{}, fmt.Errorf("read the map: %w", err)
	}
	t := tiles{at: map[string][2]int{}}
	if err := json.Unmarshal(text, &t.at); err != nil {
		return tiles{}, fmt.Errorf("read the map: %w", err)
	}
	for _, at := range t.at {
		t.cols, t.rows = max(t.cols, at[0]+1), max(t.rows, at[1]+1)
	}
	return t, nil
}

// MapClasses are the kinds of tile on the map, from the one that says least to the one that says most.
var MapClasses = []string{"none", "member", "tried", "failed", "mixed", "worked"}

// Map draws the world as one square a country. classes gives a country's class of MapClasses; the
// others are "none". It says nothing to readers who hear it: put a table or a sentence beside it.
func (p *Pages) Map(classes map[string]string) template.HTML {
	return p.MapNumbers(classes, nil, nil)
}

// MapNumbers is Map with a number in each country's square, for where the map is wide enough to read it.
// With link such a square leads on, for who points at it: with the keyboard one goes by the table beside.
func (p *Pages) MapNumbers(classes map[string]string, numbers map[string]int, link func(code string) (href, title string)) template.HTML {
	const step, side = 5, 4
	var links strings.Builder
	paths, texts := map[string]*strings.Builder{}, map[string]*strings.Builder{}
	for _, class := range MapClasses {
		paths[class], texts[class] = &strings.Builder{}, &strings.Builder{}
	}
	for _, code := range p.tiles.order() {
		at := p.tiles.at[code]
		class := classes[code]
		if paths[class] == nil {
			class = "none"
		}
		if n := numbers[code]; n > 0 {
			fmt.Fprintf(texts[class], `<text x="%d" y="%d.9">%s</text>`, at[0]*step+side/2, at[1]*step+side/2, inSquare(n))
			if link != nil {
				href, title := link(code)
				fmt.Fprintf(&links, `<a href="%s" tabindex="-1"><title>%s</title><path d="M%d %dh4v4h-4z" fill-opacity="0"/></a>`,
					html.EscapeString(href), html.EscapeString(title), at[0]*step, at[1]*step)
			}
		}
		paths[class].WriteString("M" + strconv.Itoa(at[0]*step) + " " + strconv.Itoa(at[1]*step) + "h4v4h-4z")
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="map" viewBox="0 0 %d %d" aria-hidden="true">`, p.tiles.cols*step-step+side, p.tiles.rows*step-step+side)
	for _, class := range MapClasses {
		if paths[class].Len() > 0 {
			b.WriteString(`<path class="` + class + `" d="` + paths[class].String() + `"/>`)
		}
	}
	for _, class := range MapClasses {
		if texts[class].Len() > 0 {
			b.WriteString(`<g class="` + class + `">` + texts[class].String() + `</g>`)
		}
	}
	b.WriteString(links.String() + `</svg>`)
	return template.HTML(b.String())
}

// inSquare writes a number so that a square has room for it.
func inSquare(n int) string {
	if n > 999 {
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n)
}

// Known tells whether the country has a tile.
func (p *Pages) Known(code string) bool { _, ok := p.tiles.at[code]; return ok }

// order lists the tiles by row, so that the same map is always the same text.
func (t tiles) order() []string {
	return slices.SortedFunc(maps.Keys(t.at), func(a, b string) int {
		return cmp.Or(t.at[a][1]-t.at[b][1], t.at[a][0]-t.at[b][0])
	})
}
