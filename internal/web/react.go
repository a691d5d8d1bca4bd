package web

import (
	"html/template"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/web/page"
)

// reactButtons writes the buttons by which one reacts to a post; what is pressed already takes the
// reaction back. A thread's page has them for each post, so they are written without a template.
func reactButtons(v *page.View, p portal.Post) template.HTML {
	var b strings.Builder
	for _, name := range portal.ReactionNames {
		mine := slices.ContainsFunc(p.Reactions, func(r portal.Reaction) bool { return r.Name == name && r.Mine })
		if mine {
			b.WriteString(`<button class="chip" aria-pressed="true" name="remove" value="`)
		} else {
			b.WriteString(`<button class="chip" aria-pressed="false" name="add" value="`)
		}
		b.WriteString(name)
		b.WriteString(`">`)
		template.HTMLEscape(&b, []byte(v.L.T("reaction."+name)))
		b.WriteString(`</button>`)
	}
	return template.HTML(b.String())
}
