package practice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	// MaxImport is how many practices one import brings.
	MaxImport = 100_000
	// importBatch and importBytes are how many practices, of how many bytes of text, are in memory at once.
	importBatch = 500
	importBytes = 8 << 20
	// maxProblems is how many problems are told; whoever has so many begins with the first.
	maxProblems = 500
	// maxTold is how many known practices an import changes of which those who look at them hear at once:
	// each takes an advisory lock, of which the server has some thousands for all.
	maxTold = 1000
	// maxPaths is how many files all lines together may name, and maxPath how many bytes a name may have.
	maxPaths = 100_000
	maxPath  = 300
)

// ImportFile is what an import reads: a file of practices, more than once, and maybe files beside it.
type ImportFile struct {
	Practices   io.ReadSeeker
	CSV         bool          // else JSON lines
	Attachments ImportArchive // nil: none
}

// ImportArchive is the files that practices of an import name.
type ImportArchive interface {
	// Take brings the file of a path into the store, or in a trial only says what it would be. What is
	// wrong with that file alone is a portal.Error of another kind than Unavailable.
	Take(ctx context.Context, who portal.Identity, path string, trial bool) (postgres.Attachment, error)
}

// Imported sums up an import.
type Imported struct {
	Made, Updated, Same int
	Files               int              // attachments that were added
	IDs                 map[string]int64 // by external key
	Problems            []LineProblem    // the first of them
	More                int              // problems beyond these
}

func (d *Imported) problem(p LineProblem) {
	if len(d.Problems) < maxProblems {
		d.Problems = append(d.Problems, p)
	} else {
		d.More++
	}
}

// errDry ends a trial, whose transaction is rolled back.
var errDry = errors.New("nothing is written in a trial")

// Import writes practices, all of them or (with problems, or in a trial) none. It is for officers, who
// answer for what they import; it publishes only what it is told to. The same import again changes
// nothing. Of a known practice the text becomes the file's, as a new version, and its label, workspace,
// author and status stay. A file that a line names is added to its practice, in the place of one of the
// same name that an import brought before; what a person put there stays, and so does what a line does
// not name. The bytes of files are stored before the one transaction, under their sums: where nothing
// comes of it they are swept as others that nothing needs.
func (s *Service) Import(ctx context.Context, who portal.Identity, file ImportFile, trial bool) (Imported, error) {
	if !who.Can(portal.ActAdminister, portal.Audience{}) {
		return Imported{}, portal.ErrOfficersOnly()
	}
	release, err := s.db.HoldImport(ctx) // before the first file: each may be unpacked, drawn anew and scanned
	if err != nil {
		return Imported{}, err
	}
	defer release()
	taken, err := s.takeFiles(ctx, who, file, trial)
	if err != nil {
		return Imported{}, err
	}
	var in *importing
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		in = &importing{s: s, tx: tx, who: who, taken: taken, archive: file.Attachments != nil, trial: trial, done: Imported{IDs: map[string]int64{}}}
		return in.run(ctx, file) // from the start: a transaction may be tried again
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	if in == nil {
		return Imported{}, err
	}
	return in.done, err
}

// eachBatch reads a file from its start and hands its lines on in bounded batches, the last of which is
// empty or short. Each line that cannot be read is told to problem.
func eachBatch(file ImportFile, problem func(LineProblem), do func([]Import) error) error {
	if _, err := file.Practices.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the practices: %w", err)
	}
	lines, err := readImport(file.Practices, file.CSV)
	if err != nil {
		return err
	}
	var batch []Import
	n, size := 0, 0
	for {
		line, bad, err := lines.next()
		if errors.Is(err, io.EOF) {
			return do(batch)
		}
		if err != nil {
			return err
		}
		if n++; n > MaxImport {
			return portal.Fail(portal.TooLarge, "error.too_many", "Max", MaxImport)
		}
		if bad != nil {
			problem(*bad)
			continue
		}
		batch, size = append(batch, line), size+lineSize(line)
		if len(batch) == importBatch || size > importBytes {
			if err := do(batch); err != nil {
				return err
			}
			batch, size = batch[:0], 0
		}
	}
}

// lineSize is about how much memory a line takes.
func lineSize(line Import) int {
	t := line.Text
	n := len(line.Key) + len(t.Title) + len(t.Summary)
	for _, list := range [][]string{line.Attachments, t.Sectors, t.Topics, t.Substances} {
		for _, s := range list {
			n += len(s) + 16 // and its place in the list
		}
	}
	for _, section := range t.Sections {
		n += len(section)
	}
	for _, r := range t.References {
		n += len(r.Title) + len(r.URL)
	}
	return n
}

// takenFile is what a path of the archive was found to be.
type takenFile struct {
	file postgres.Attachment
	err  error
}

// errEnough ends the taking in of files of which more are wrong than will be told.
var errEnough = errors.New("many files are wrong")

// takeFiles takes in the files that the lines name. From the first that is wrong on nothing more is
// stored, for nothing will be imported.
func (s *Service) takeFiles(ctx context.Context, who portal.Identity, file ImportFile, trial bool) (map[string]takenFile, error) {
	taken := map[string]takenFile{}
	if file.Attachments == nil {
		return taken, nil
	}
	wrong := 0
	ignored := func(LineProblem) { trial = true }
	err := eachBatch(file, ignored, func(batch []Import) error {
		for _, line := range batch {
			if !namesFiles(line) {
				trial = true
				continue
			}
			for _, path := range line.Attachments {
				if _, known := taken[path]; known {
					continue
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if len(taken) == maxPaths {
					return portal.Fail(portal.TooLarge, "error.too_many", "Max", maxPaths)
				}
				a, err := file.Attachments.Take(ctx, who, path, trial)
				if kind := portal.KindOf(err); err != nil && (kind == "" || kind == portal.Unavailable) {
					return err
				}
				taken[path] = takenFile{a, err}
				if err == nil {
					continue
				}
				trial = true
				if wrong++; wrong == maxProblems {
					return errEnough
				}
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return taken, err
}

// namesFiles tells whether the files that a line names are no more than a practice has, nor longer than
// a path is.
func namesFiles(line Import) bool {
	long := func(path string) bool { return len(path) > maxPath }
	return len(line.Attachments) <= portal.MaxAttachments && !slices.ContainsFunc(line.Attachments, long)
}

// importing is an import under way in its transaction.
type importing struct {
	s          *Service
	tx         *postgres.Tx
	who        portal.Identity
	taken      map[string]takenFile
	archive    bool // there is one
	trial      bool
	done       Imported
	steps      []importStep
	workspaces map[string]int64
}

func (in *importing) run(ctx context.Context, file ImportFile) (err error) {
	if err := in.tx.LockImport(ctx); err != nil {
		return err
	}
	if in.workspaces, err = in.tx.WorkspaceNames(ctx); err != nil {
		return err
	}
	if err := eachBatch(file, in.done.problem, func(batch []Import) error { return in.batch(ctx, batch) }); err != nil {
		return err
	}
	if in.trial || len(in.done.Problems) > 0 {
		slices.SortStableFunc(in.done.Problems, func(a, b LineProblem) int { return a.Line - b.Line })
		return errDry
	}
	return in.record(ctx)
}

// batch judges some lines and writes them, unless something is wrong already.
func (in *importing) batch(ctx context.Context, lines []Import) error {
	if len(lines) == 0 {
		return nil
	}
	at, err := in.places(ctx, lines)
	if err != nil {
		return err
	}
	var drafts []draft
	for _, line := range lines {
		d, err := in.judge(line, at)
		if err != nil {
			in.done.problem(LineProblem{line.Line, line.Key, err})
			continue
		}
		in.done.IDs[line.Key] = d.known.ID
		drafts = append(drafts, d)
	}
	if len(in.done.Problems) > 0 {
		return nil
	}
	err = in.write(ctx, drafts)
	if kind := portal.KindOf(err); kind == portal.Malformed || kind == portal.Invalid {
		// What the checks let by and the schema does not: it stands in one of these lines.
		refused := portal.Fail(kind, "import.batch", "From", lines[0].Line, "To", lines[len(lines)-1].Line)
		refused.Cause = err
		return refused
	}
	return err
}
