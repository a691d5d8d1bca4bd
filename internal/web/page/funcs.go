package page

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// funcs are the functions of all templates, bound to one language.
func (p *Pages) funcs(cfg Config, l *i18n.Localizer) template.FuncMap {
	lang := l.Lang()
	return template.FuncMap{
		"t":        l.T,
		"n":        l.N,
		"has":      l.Has,
		"number":   l.Number,
		"bytes":    l.Bytes,
		"country":  l.Country,
		"language": l.Language,
		"list":     l.List,
		"dirof":    i18n.DirOf,
		"term":     func(list, key string) string { return cfg.Vocabulary.Name(list, key, lang) },
		"badge":    Badge,
		"icon":     p.icon,
		"initials": Initials,
		"meter":    func(rating string) template.HTML { return meter(cfg.Vocabulary, rating) },
		"bar":      bar,
		"args":     args,
		"fieldid":  form.ID,
		"str":      func(v any) string { return fmt.Sprint(v) },
	}
}

// args makes a map of pairs of a name and a value: what a shared template takes.
func args(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("args: %v has no value", pairs[len(pairs)-1])
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("args: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

func readIcons(files fs.FS) (map[string]template.HTML, error) {
	names, err := fs.Glob(files, "icons/*.svg")
	if err != nil {
		return nil, fmt.Errorf("list the icons: %w", err)
	}
	icons := map[string]template.HTML{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read an icon: %w", err)
		}
		svg := strings.Replace(strings.TrimSpace(string(text)), "<svg ", `<svg class="icon" aria-hidden="true" `, 1)
		icons[strings.TrimSuffix(path.Base(name), ".svg")] = template.HTML(svg)
	}
	return icons, nil
}

func (p *Pages) icon(name string) (template.HTML, error) {
	svg, ok := p.icons[name]
	if !ok {
		return "", fmt.Errorf("there is no icon %q", name)
	}
	return svg, nil
}

var badges = func() map[portal.Handling]template.HTML {
	m := map[portal.Handling]template.HTML{}
	for _, h := range portal.Handlings {
		class, _, _ := strings.Cut(string(h), "+")
		m[h] = template.HTML(`<span class="tlp ` + class + `" dir="ltr">TLP:` + strings.ToUpper(string(h)) + `</span>`)
	}
	return m
}()

// Badge writes a handling label as the Traffic Light Protocol does, the word always with it.
func Badge(h portal.Handling) template.HTML { return badges[h] }
