// Package page makes pages: it reads the templates, styles and scripts once at start, bundles and
// minifies them in-process, and renders a screen in the reader's language, whole or not at all,
// with a content policy that allows exactly what the page brings.
package page

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"praxis/internal/i18n"
	"praxis/internal/portal"
)

// Config is what pages are made of.
type Config struct {
	Files      fs.FS // the folder of assets: pages, shared, icons, map.json
	Catalogues *i18n.Catalogues
	Vocabulary *portal.Vocabulary
}

// Pages holds all screens, ready in every language. It doesn't change after New.
type Pages struct {
	screens map[string]*screen // "practice/practice"
	assets  map[string]*asset  // by the last part of the address
	icons   map[string]template.HTML
	mark    string            // address of the icon
	later   map[string]string // quoted addresses of the scripts that are fetched later
	tiles   tiles
	making  sync.Mutex // over assets, until New has ended
	worker  []byte
	squeeze squeezers
}

// screen is one template with its style and script, in every language.
type screen struct {
	byLang map[string]*template.Template
	style  template.HTML
	script template.HTML
	policy string
}

// New reads every screen (a file under pages/ that defines "main"), with the partials of its
// folder and the shared ones.
func New(cfg Config) (*Pages, error) {
	p := &Pages{screens: map[string]*screen{}, assets: map[string]*asset{}, later: map[string]string{}}
	var err error
	if p.icons, err = readIcons(cfg.Files); err != nil {
		return nil, err
	}
	if p.tiles, err = readTiles(cfg.Files); err != nil {
		return nil, err
	}
	if err := p.addFiles(cfg.Files); err != nil {
		return nil, err
	}
	if err := p.addLater(cfg); err != nil {
		return nil, err
	}
	names, err := fs.Glob(cfg.Files, "pages/*/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	sources := map[string]string{}
	for _, name := range names {
		if sources[name], err = readSource(cfg.Files, name); err != nil {
			return nil, err
		}
	}
	shared, err := p.shared(cfg)
	if err != nil {
		return nil, err
	}
	if err := p.makeScreens(cfg, shared, names, sources); err != nil {
		return nil, err
	}
	return p, nil
}

// makeScreens makes every screen, side by side: it is most of what a start takes.
func (p *Pages) makeScreens(cfg Config, shared *template.Template, names []string, sources map[string]string) error {
	var made errgroup.Group
	made.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	for _, name := range names {
		if !strings.Contains(sources[name], `{{define "main"}}`) {
			continue
		}
		made.Go(func() error {
			id := strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")
			s, err := p.screen(cfg, shared, bundler{files: cfg.Files, defined: p.later}, name, sources)
			if err != nil {
				return fmt.Errorf("page %s: %w", id, err)
			}
			mu.Lock()
			defer mu.Unlock()
			p.screens[id] = s
			return nil
		})
	}
	return made.Wait()
}

// Screens lists the names of all screens, in no order.
func (p *Pages) Screens() []string {
	names := make([]string, 0, len(p.screens))
	for name := range p.screens {
		names = append(names, name)
	}
	return names
}

// shared reads the templates that every screen has.
func (p *Pages) shared(cfg Config) (*template.Template, error) {
	base := template.New("layout").Funcs(p.funcs(cfg, cfg.Catalogues.Localizer(i18n.Base)))
	files, err := fs.Glob(cfg.Files, "shared/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the shared templates: %w", err)
	}
	for _, file := range files {
		text, err := readSource(cfg.Files, file)
		if err != nil {
			return nil, err
		}
		if _, err := base.Parse(text); err != nil {
			return nil, fmt.Errorf("read the template %s: %w", file, err)
		}
	}
	return base, nil
}

func (p *Pages) screen(cfg Config, shared *template.Template, b bundler, name string, sources map[string]string) (*screen, error) {
	s := &screen{byLang: map[string]*template.Template{}}
	base, err := shared.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the shared templates: %w", err)
	}
	var texts []string
	for file, text := range sources {
		if path.Dir(file) == path.Dir(name) && file != name && !strings.Contains(text, `{{define "main"}}`) {
			texts = append(texts, text)
		}
	}
	texts = append(texts, sources[name]) // last: its definitions win
	for _, text := range texts {
		if _, err := base.Parse(text); err != nil {
			return nil, fmt.Errorf("read a template: %w", err)
		}
	}
	for _, tag := range cfg.Catalogues.Tags() {
		clone, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy a template: %w", err)
		}
		funcs := p.funcs(cfg, cfg.Catalogues.Localizer(tag))
		if err := bake(clone, funcs); err != nil {
			return nil, err
		}
		s.byLang[tag.String()] = clone.Funcs(funcs)
	}
	return s, p.dress(s, b, strings.TrimSuffix(name, ".html"), strings.Join(texts, "\n"))
}

// dress bundles a screen's style and script and writes the policy that allows them.
func (p *Pages) dress(s *screen, b bundler, stem, templates string) error {
	css, err := b.style(stem, templates)
	if err != nil {
		return err
	}
	s.style = template.HTML("<style>" + css + "</style>")
	js, err := b.script(stem)
	if err != nil {
		return err
	}
	address := p.addAsset(path.Base(stem), ".js", []byte(js))
	s.script = template.HTML(`<script type="module" src="` + address + `"></script>`)
	s.policy = "default-src 'none'; script-src 'self'; style-src 'self' '" + hashSource(css) + "'; img-src 'self' data:; connect-src 'self'; " +
		"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types praxis"
	return nil
}

var indent = regexp.MustCompile(`\n\s*`)

// readSource reads a template without its indentation, which no reader needs.
func readSource(files fs.FS, name string) (string, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return "", fmt.Errorf("read a template: %w", err)
	}
	return indent.ReplaceAllString(string(text), "\n"), nil
}
