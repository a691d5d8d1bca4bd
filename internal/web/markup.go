package web

import (
	"html/template"
	"sync"

	"praxis/internal/markup"
	"praxis/internal/portal"
)

// markupKept is how many rendered texts each of the cache's two halves holds.
const markupKept = 4000

// markupKey names one version of one text: a new version has another key, so nothing grows stale.
type markupKey struct {
	kind    portal.Kind
	id      int64
	version int64
	part    string // section of a practice
}

// markupCache keeps rendered texts. When the young half is full it becomes the old one: what is
// asked for again moves back, the rest is forgotten.
type markupCache struct {
	mu         sync.Mutex
	young, old map[markupKey]template.HTML
}

// html gives a text's markup. One that cannot be rendered is shown as it was typed.
func (m *markupCache) html(key markupKey, text string, opt markup.Options) template.HTML {
	m.mu.Lock()
	made, ok := m.young[key]
	if !ok {
		if made, ok = m.old[key]; ok {
			m.put(key, made)
		}
	}
	m.mu.Unlock()
	if ok {
		return made
	}
	made, err := markup.HTML(text, opt)
	if err != nil {
		made = template.HTML(`<pre dir="auto">` + template.HTMLEscapeString(text) + `</pre>`)
	}
	m.mu.Lock()
	m.put(key, made)
	m.mu.Unlock()
	return made
}

func (m *markupCache) put(key markupKey, made template.HTML) {
	if m.young == nil || len(m.young) >= markupKept {
		m.young, m.old = map[markupKey]template.HTML{}, m.young
	}
	m.young[key] = made
}
