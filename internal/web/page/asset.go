package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// AssetPrefix stands before the name of every asset.
const AssetPrefix = "/assets/"

// asset is one file with a name that changes with its content. It is compressed when the first reader
// asks for it so: to compress them all was a quarter of a start.
type asset struct {
	kind    string
	content []byte
	smaller map[string]func() []byte // by content coding; the content where that makes it no smaller
}

var compressors = map[string]func([]byte) ([]byte, error){"br": bestBrotli, "zstd": bestZstd, "gzip": bestGzip}

func newAsset(kind string, content []byte) *asset {
	a := &asset{kind: kind, content: content, smaller: map[string]func() []byte{}}
	for coding, compress := range compressors {
		a.smaller[coding] = sync.OnceValue(func() []byte {
			if small, err := compress(content); err == nil && len(small) < len(content) {
				return small
			}
			return content
		})
	}
	return a
}

var assetKinds = map[string]string{".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".css": "text/css; charset=utf-8",
	".webmanifest": "application/manifest+json", ".png": "image/png"}

// addAsset keeps a file under a name made of its content and gives its address.
func (p *Pages) addAsset(stem, ext string, content []byte) string {
	sum := sha256.Sum256(content)
	name := hex.EncodeToString(sum[:6]) + ext
	if ext != ".js" {
		name = stem + "-" + name // scripts that are alike share an address, whatever the screen
	}
	address := AssetPrefix + name
	p.making.Lock()
	defer p.making.Unlock()
	if p.assets[name] == nil {
		p.assets[name] = newAsset(assetKinds[ext], content)
	}
	return address
}

// WorkerPath is where the browser's helper for lost networks stands: it may answer only for what
// is below it.
const WorkerPath = "/worker.js"

// ServeWorker answers WorkerPath. Browsers ask for it anew, so it has no name made of its content.
func (p *Pages) ServeWorker(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", assetKinds[".js"])
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(p.worker)
	return err
}

// addFiles keeps the icon of the portal itself and the worker.
func (p *Pages) addFiles(files fs.FS) error {
	worker, err := (bundler{files: files}).build("import \"/shared/worker.js\";", api.LoaderJS)
	if err != nil {
		return err
	}
	p.worker = []byte(worker)
	mark, err := fs.ReadFile(files, "icons/favicon.svg")
	if err != nil {
		return fmt.Errorf("read the portal's icon: %w", err)
	}
	p.mark = p.addAsset("praxis", ".svg", mark)
	return nil
}

// ServeAsset answers an address under AssetPrefix; found is false when there is no such asset.
func (p *Pages) ServeAsset(w http.ResponseWriter, r *http.Request) (found bool) {
	a := p.assets[path.Base(r.URL.Path)]
	if a == nil || !strings.HasPrefix(r.URL.Path, AssetPrefix) {
		return false
	}
	coding, body := accepted(r.Header.Get("Accept-Encoding"), "br", "zstd", "gzip"), a.content
	if small := a.smaller[coding]; small != nil {
		body = small()
	}
	if len(body) == len(a.content) {
		coding = ""
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has gone: nobody is left to tell
	}
	return true
}

func bestBrotli(content []byte) ([]byte, error) {
	var b bytes.Buffer
	// A window of 64 KB is more than any asset; preparing the usual 4 MB one took most of the time.
	w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 16})
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

var slowZstd = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
})

func bestZstd(content []byte) ([]byte, error) {
	w, err := slowZstd()
	if err != nil {
		return nil, err
	}
	return w.EncodeAll(content, nil), nil
}

func bestGzip(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// laterScript is a script that screens fetch only when somebody comes to what it serves: most readers never
// do. Others know its address under a name that the bundler puts there; its few words travel in it, in every
// language, and not in each page.
type laterScript struct {
	name  string
	file  string
	words []string // identifiers of the catalogues
}

var laterScripts = []laterScript{
	{"SUGGEST", "shared/suggest.js", []string{"search.forget_recent"}},
	{"BLOCKED", "shared/blocked.js", nil},
	{"WRITING", "pages/thread/writing.js", []string{"compose.file_remove", "compose.file_sending", "compose.file_again", "compose.mentions"}},
}

// addLater keeps the scripts that are fetched later; those that the assets don't have are left out.
func (p *Pages) addLater(cfg Config) error {
	for _, later := range laterScripts {
		p.later[later.name] = strconv.Quote("")
		if !(bundler{files: cfg.Files}).has(later.file) {
			continue
		}
		words := map[string]map[string]string{}
		for _, tag := range cfg.Catalogues.Tags() {
			in := map[string]string{}
			for _, id := range later.words {
				in[id] = cfg.Catalogues.Localizer(tag).T(id)
			}
			words[tag.String()] = in
		}
		said, err := json.Marshal(words)
		if err != nil {
			return fmt.Errorf("write the words of a script: %w", err)
		}
		b := bundler{files: cfg.Files, defined: map[string]string{"WORDS": string(said)}}
		script, err := b.build("export * from \"/"+later.file+"\";", api.LoaderJS)
		if err != nil {
			return err
		}
		p.later[later.name] = strconv.Quote(p.addAsset(strings.ToLower(later.name), ".js", []byte(script)))
	}
	return nil
}
