package page

import (
	"bytes"
	"hash/maphash"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Levels at which pages are compressed while the reader waits: quick ones.
const (
	gzipLevel   = 4
	brotliLevel = 3
	minSqueezed = 1024 // bytes below which compression gains nothing
	windowBits  = 17
	window      = 1 << windowBits // bytes that are looked back over: more than a page has
)

// squeezers keeps compressors for the next page, and what the last pages were compressed to: a
// page that is opened again unchanged costs no second compression.
type squeezers struct {
	zstdOnce sync.Once
	zstd     *zstd.Encoder
	gzip     sync.Pool
	brotli   sync.Pool

	mu         sync.Mutex
	young, old map[squeezedKey][]byte
}

// squeezedKept is how many compressed pages each half of the cache holds.
const squeezedKept = 200

// squeezedKey tells pages apart: members' pages must not be taken for one another. The sum has 128
// bits under seeds that nobody outside the process knows.
type squeezedKey struct {
	coding string
	length int
	sum    [2]uint64
}

var sumSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// kept gives a page's compressed form, made by f where it is not known.
func (s *squeezers) kept(coding string, body []byte, f func() []byte) []byte {
	key := squeezedKey{coding, len(body), [2]uint64{maphash.Bytes(sumSeeds[0], body), maphash.Bytes(sumSeeds[1], body)}}
	s.mu.Lock()
	made, known := s.young[key]
	if !known {
		made, known = s.old[key]
	}
	s.mu.Unlock()
	if !known {
		made = f()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.young == nil || len(s.young) >= squeezedKept {
		s.young, s.old = map[squeezedKey][]byte{}, s.young
	}
	s.young[key] = made
	return made
}

// accepted picks the first of the codings, in our order, that an Accept-Encoding header allows.
func accepted(header string, codings ...string) string {
	for _, coding := range codings {
		for part := range strings.SplitSeq(header, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
			if strings.EqualFold(strings.TrimSpace(name), coding) && !refused(weight) {
				return coding
			}
		}
	}
	return ""
}

func refused(weight string) bool {
	value, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
	return ok && strings.Trim(value, "0.") == ""
}

// squeeze compresses a body as the reader accepts it; "" means that it stays as it is.
func (s *squeezers) squeeze(body []byte, acceptEncoding string) (coding string, squeezed []byte) {
	if len(body) < minSqueezed {
		return "", body
	}
	coding = accepted(acceptEncoding, "zstd", "br", "gzip")
	if coding == "" {
		return "", body
	}
	return coding, s.kept(coding, body, func() []byte { return s.compress(coding, body) })
}

func (s *squeezers) compress(coding string, body []byte) []byte {
	switch coding {
	case "zstd":
		s.zstdOnce.Do(func() {
			// Options that are constants of the program cannot fail.
			s.zstd, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(4), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
		})
		return s.zstd.EncodeAll(body, make([]byte, 0, len(body)/3))
	case "br":
		return pooled(&s.brotli, body, func() resetter {
			return brotli.NewWriterOptions(nil, brotli.WriterOptions{Quality: brotliLevel, LGWin: windowBits})
		})
	default:
		return pooled(&s.gzip, body, func() resetter {
			w, _ := gzip.NewWriterLevel(nil, gzipLevel) // a known level
			return w
		})
	}
}

type resetter interface {
	io.WriteCloser
	Reset(io.Writer)
}

func pooled(pool *sync.Pool, body []byte, fresh func() resetter) []byte {
	w, ok := pool.Get().(resetter)
	if !ok {
		w = fresh()
	}
	defer pool.Put(w)
	var b bytes.Buffer
	b.Grow(len(body) / 3)
	w.Reset(&b)
	// A write into memory cannot fail.
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}
