package page

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bundler makes one style and one script of several files of the assets.
type bundler struct {
	files   fs.FS
	defined map[string]string // what stands for a name in scripts
}

// sharedStyles come before a screen's own style, in this order.
var sharedStyles = []string{"shared/tokens.css", "shared/layout.css", "shared/components.css"}

// someStyles come only into screens whose templates have one of the marks: the style travels in the
// page, so a screen carries what it shows and no more.
var someStyles = []struct {
	name  string
	marks []string
}{
	{"shared/form.css", []string{`"input"`, `"textarea"`, `"select"`, `"checks"`, `"radios"`, `"tick"`, "field", "pick"}},
	{"shared/prose.css", []string{"prose", "table", "<blockquote", "<ins", "scroll", `"note"`}},
	{"shared/figure.css", []string{".Map", "{{bar", "{{meter", `"coalition"`}},
}

// style bundles the shared styles and the screen's own, minified; templates is the text of the
// screen's templates.
func (b bundler) style(stem, templates string) (string, error) {
	names := append([]string{}, sharedStyles...)
	for _, some := range someStyles {
		if slices.ContainsFunc(some.marks, func(mark string) bool { return strings.Contains(templates, mark) }) {
			names = append(names, some.name)
		}
	}
	var entry strings.Builder
	for _, name := range append(names, stem+".css") {
		if b.has(name) {
			fmt.Fprintf(&entry, "@import \"/%s\";\n", name)
		}
	}
	css, err := b.build(entry.String(), api.LoaderCSS)
	return shorten(css), err
}

var customProperty = regexp.MustCompile(`--[a-z][a-z-]*(: )?`)

// shorten gives the custom properties of a bundled style names of one or two letters: nobody else
// speaks of them, and each stands in the page dozens of times.
func shorten(css string) string {
	names := map[string]string{}
	return customProperty.ReplaceAllStringFunc(css, func(found string) string {
		name, declared := strings.CutSuffix(found, ": ")
		if names[name] == "" {
			n := len(names)
			names[name] = "--" + string(rune('a'+n%26)) + strings.Repeat("x", n/26)
		}
		if declared {
			return names[name] + ":"
		}
		return names[name]
	})
}

// script bundles the shared script and the screen's own, minified, as one module.
func (b bundler) script(stem string) (string, error) {
	entry := "import \"/shared/shared.js\";\n"
	if b.has(stem + ".js") {
		entry += fmt.Sprintf("import \"/%s.js\";\n", stem)
	}
	return b.build(entry, api.LoaderJS)
}

func (b bundler) has(name string) bool {
	info, err := fs.Stat(b.files, name)
	return err == nil && !info.IsDir()
}

func (b bundler) build(entry string, loader api.Loader) (string, error) {
	result := api.Build(api.BuildOptions{
		Stdin:             &api.StdinOptions{Contents: entry, Loader: loader},
		Bundle:            true,
		Write:             false,
		Format:            api.FormatESModule,
		Engines:           []api.Engine{{Name: api.EngineChrome, Version: "105"}, {Name: api.EngineFirefox, Version: "105"}, {Name: api.EngineSafari, Version: "15.4"}},
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
		Define:            b.defined,
		Plugins:           []api.Plugin{{Name: "assets", Setup: b.resolve}},
	})
	if len(result.Errors) > 0 {
		var all []error
		for _, m := range result.Errors {
			at := ""
			if m.Location != nil {
				at = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
			}
			all = append(all, errors.New(at+m.Text))
		}
		return "", fmt.Errorf("bundle: %w", errors.Join(all...))
	}
	if len(result.OutputFiles) != 1 {
		return "", fmt.Errorf("bundle: %d files came out, not one", len(result.OutputFiles))
	}
	return strings.TrimSpace(string(result.OutputFiles[0].Contents)), nil
}

// resolve lets the bundler read from the assets alone, never from a disk.
func (b bundler) resolve(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name := a.Path
		if !path.IsAbs(name) {
			name = path.Join(path.Dir(a.Importer), name)
		}
		return api.OnResolveResult{Path: name, Namespace: "assets"}, nil
	})
	build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "assets"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		text, err := fs.ReadFile(b.files, strings.TrimPrefix(a.Path, "/"))
		if err != nil {
			return api.OnLoadResult{}, fmt.Errorf("read an asset: %w", err)
		}
		contents, loader := string(text), api.LoaderJS
		if path.Ext(a.Path) == ".css" {
			loader = api.LoaderCSS
		}
		return api.OnLoadResult{Contents: &contents, Loader: loader}, nil
	})
}

// hashSource is how a content policy names a text that it allows.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
