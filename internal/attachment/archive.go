package attachment

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"

	"praxis/internal/blob"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Bounds of an archive. A file that unpacks to many times what it takes is no document.
const (
	maxEntries  = 100_000
	maxListing  = 8 << 20   // bytes that its list of entries takes
	maxEnd      = 130 << 10 // that are read to find the list: a comment's length and more, from behind
	maxUnpacked = 8 << 30   // of all that is taken out of one
	maxRatio    = 200
	ratioFrom   = 1 << 20 // smaller files may be as thin as they like
	encrypted   = 1       // flag of an entry
)

// Archive is a ZIP of files beside an import, of which each is taken in as an upload would be.
type Archive struct {
	s        *Service
	files    map[string]*zip.File // by cleaned path; nil: there are two
	unpacked int64
}

// Archive opens a ZIP of size bytes, which must stay open as long as it is read.
func (s *Service) Archive(r io.ReaderAt, size int64) (*Archive, error) {
	listed := &listing{ReaderAt: r, left: maxListing + maxEnd}
	z, err := zip.NewReader(listed, size)
	if errors.Is(err, errListing) || err == nil && len(z.File) > maxEntries {
		return nil, portal.Fail(portal.TooLarge, "error.too_many", "Max", maxEntries)
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // paths are judged where they are asked for
		bad := portal.Fail(portal.Unsupported, "import.not_zip")
		bad.Cause = err
		return nil, bad
	}
	listed.open = true
	a := &Archive{s: s, files: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name, ok := cleanPath(f.Name)
		if !ok || f.FileInfo().IsDir() {
			continue
		}
		if _, twice := a.files[name]; twice {
			f = nil
		}
		a.files[name] = f
	}
	return a, nil
}

// listing bounds what is read of an archive while its list of entries is: the reader keeps each, as many
// as there are, and what the end of an archive says of their number and size may be a lie.
type listing struct {
	io.ReaderAt
	left int64
	open bool // the list is read
}

var errListing = errors.New("the list of entries is too long")

// ReadAt implements io.ReaderAt.
func (l *listing) ReadAt(p []byte, at int64) (int, error) {
	if !l.open {
		if l.left -= int64(len(p)); l.left < 0 {
			return 0, errListing
		}
	}
	return l.ReaderAt.ReadAt(p, at)
}

// cleanPath gives the one form of a path inside an archive; ok is false for one that leads out of it.
// Letters with accents may be written in two ways, and folders be parted as in Windows.
func cleanPath(name string) (clean string, ok bool) {
	name = norm.NFC.String(strings.ReplaceAll(name, `\`, "/"))
	drive := len(name) > 1 && name[1] == ':'
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return "", false
		}
	}
	clean = path.Clean(name)
	return clean, name != "" && clean != "." && !drive && !strings.HasPrefix(name, "/") && !strings.ContainsRune(name, 0)
}

// Take takes the file of a path in, as Add does an upload that is on no practice yet; in a trial it does
// all of that but to store it and to note what the scanner found.
func (a *Archive) Take(ctx context.Context, who portal.Identity, name string, trial bool) (postgres.Attachment, error) {
	f, err := a.find(name)
	if err != nil {
		return postgres.Attachment{}, err
	}
	open, err := f.Open()
	if err != nil {
		return postgres.Attachment{}, damaged(err)
	}
	defer open.Close()
	entry := &entryReader{Reader: open}
	head := bufio.NewReaderSize(entry, sniffed)
	start, err := head.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return postgres.Attachment{}, damaged(err)
	}
	taken := postgres.Attachment{UploadedBy: who.MemberID, Name: cleanName(f.Name), TextState: "waiting"}
	if taken.MediaType, err = detect(start, taken.Name); err != nil {
		return taken, err
	}
	err = a.s.take(ctx, &taken, head, trial)
	a.unpacked += entry.n
	switch {
	case entry.failed != nil:
		return taken, damaged(entry.failed)
	case err != nil:
		return taken, broken(err)
	}
	return taken, nil
}

// find finds an entry, and refuses what should not even be opened.
func (a *Archive) find(name string) (*zip.File, error) {
	clean, ok := cleanPath(name)
	if !ok {
		return nil, portal.Fail(portal.Invalid, "import.file_path")
	}
	f, known := a.files[clean]
	switch {
	case !known:
		return nil, portal.Fail(portal.Invalid, "import.file_missing")
	case f == nil:
		return nil, portal.Fail(portal.Invalid, "import.file_twice")
	case f.Flags&encrypted != 0:
		return nil, portal.Fail(portal.Unsupported, "import.file_encrypted")
	case !f.Mode().IsRegular():
		return nil, portal.Fail(portal.Unsupported, "error.file_type")
	case f.UncompressedSize64 > portal.MaxAttachment:
		return nil, portal.Fail(portal.TooLarge, "error.file_too_large", "Max", portal.MaxAttachment>>20)
	case f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64:
		return nil, portal.Fail(portal.Unsupported, "import.file_bomb")
	case a.unpacked > maxUnpacked:
		return nil, portal.Fail(portal.TooLarge, "import.unpacked", "Max", maxUnpacked>>30)
	}
	return f, nil
}

// entryReader counts what an entry unpacks to, and keeps what was wrong with it: that is the archive's
// fault, and not that of where its bytes go.
type entryReader struct {
	io.Reader
	n      int64
	failed error
}

// Read implements io.Reader.
func (e *entryReader) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	e.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		e.failed = err
	}
	return n, err
}

// damaged says that an entry cannot be unpacked.
func damaged(err error) error {
	bad := portal.Fail(portal.Unsupported, "import.file_damaged")
	bad.Cause = err
	return bad
}

// weigh sums bytes as a store would, and keeps none.
func weigh(r io.Reader, limit int64) (sum []byte, size int64, err error) {
	h := sha256.New()
	if size, err = io.Copy(h, io.LimitReader(r, limit+1)); err == nil && size > limit {
		err = blob.ErrTooLarge
	}
	return h.Sum(nil), size, err
}
