package page

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bundler makes one style and one script of several files of the assets.
type bundler struct{ files fs.FS }

// sharedStyles come before a screen's own style, in this order.
var sharedStyles = []string{"shared/tokens.css", "shared/layout.css", "shared/components.css"}

// style bundles the shared styles and the screen's own, minified.
func (b bundler) style(stem string) (string, error) {
	var entry strings.Builder
	for _, name := range append(append([]string{}, sharedStyles...), stem+".css") {
		if b.has(name) {
			fmt.Fprintf(&entry, "@import \"/%s\";\n", name)
		}
	}
	return b.build(entry.String(), api.LoaderCSS)
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
