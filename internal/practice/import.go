package practice

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// MaxImport is how many practices one import brings.
const MaxImport = 5000

// Import is one line of an import: a practice with where it belongs. Key names it for good: a line
// with a known key updates that practice, where its text is another.
type Import struct {
	Line      int
	Key       string          // external key, needed
	Workspace string          // number, key or name of the workspace, needed
	Author    string          // mail address of a member; "" is the importer
	Handling  portal.Handling // "" is amber
	Publish   bool            // published at once, by the officer who imports; else a draft
	Text      portal.PracticeText
}

// LineProblem is what is wrong with one line of an import.
type LineProblem struct {
	Line int
	Key  string
	Err  error
}

// Imported sums up an import.
type Imported struct {
	Made, Updated, Same int
	IDs                 map[string]int64 // by external key
}

// errDry ends a trial, whose transaction is rolled back.
var errDry = errors.New("nothing is written in a trial")

// Import writes practices, all of them or (with problems, or dry) none. It is for officers, who
// answer for what they import; it publishes only what it is told to. The same import again changes
// nothing.
func (s *Service) Import(ctx context.Context, who portal.Identity, lines []Import, dry bool) (Imported, []LineProblem, error) {
	done := Imported{IDs: map[string]int64{}}
	if !who.Can(portal.ActAdminister, portal.Audience{}) {
		return done, nil, portal.ErrOfficersOnly()
	}
	if len(lines) > MaxImport {
		return done, nil, portal.Fail(portal.TooLarge, "error.too_many", "Max", MaxImport)
	}
	var problems []LineProblem
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		done, problems = Imported{IDs: map[string]int64{}}, nil // a transaction may be tried again
		places, err := s.places(ctx, tx, who, lines)
		if err != nil {
			return err
		}
		for _, line := range lines {
			p, err := s.importable(line, places)
			if err != nil {
				problems = append(problems, LineProblem{line.Line, line.Key, err})
				continue
			}
			if known := places.known[p.AuthorID][line.Key]; known.ID != 0 && !who.CanSee(known.Audience) && (!known.Imported || len(known.Edits) > 0) {
				problems = append(problems, LineProblem{line.Line, line.Key, portal.Fail(portal.Invalid, "import.key_taken")})
				continue
			}
			if _, twice := done.IDs[line.Key]; twice {
				problems = append(problems, LineProblem{line.Line, line.Key, portal.Fail(portal.Invalid, "import.twice")})
				continue
			}
			if done.IDs[line.Key], err = s.importOne(ctx, tx, who, p, line.Publish, places.known[p.AuthorID][line.Key], &done); err != nil {
				return fmt.Errorf("import line %d (%s): %w", line.Line, line.Key, err)
			}
		}
		if dry || len(problems) > 0 {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return done, problems, err
}

// places is what the lines of an import name, found in a few statements.
type places struct {
	importer   int64
	workspaces map[string]int64
	members    map[string]int64
	known      map[int64]map[string]portal.Practice // by author and external key
}

func (s *Service) places(ctx context.Context, tx *postgres.Tx, who portal.Identity, lines []Import) (places, error) {
	at := places{importer: who.MemberID, workspaces: map[string]int64{}, members: map[string]int64{}, known: map[int64]map[string]portal.Practice{}}
	var keys, emails []string
	for _, line := range lines {
		keys = append(keys, line.Key)
		if line.Author != "" {
			emails = append(emails, portal.NormalEmail(line.Author))
		}
	}
	var err error
	if at.workspaces, err = tx.WorkspaceNames(ctx); err != nil {
		return at, err
	}
	if at.members, err = tx.MembersByEmail(ctx, slices.Compact(slices.Sorted(slices.Values(emails)))); err != nil {
		return at, err
	}
	known, err := tx.PracticesByKey(ctx, keys)
	for _, p := range known {
		if at.known[p.AuthorID] == nil {
			at.known[p.AuthorID] = map[string]portal.Practice{}
		}
		at.known[p.AuthorID][p.ExternalKey] = p
	}
	return at, err
}

// importable makes the practice of a line, or says what is wrong with it.
func (s *Service) importable(line Import, at places) (portal.Practice, error) {
	p := portal.Practice{ExternalKey: strings.TrimSpace(line.Key), PracticeText: line.Text, Status: portal.Draft, Version: 1, Imported: true}
	p.Handling, p.AuthorID = line.Handling, at.importer
	if p.Handling == "" {
		p.Handling = portal.Amber
	}
	var c portal.Checks
	c.Text("key", p.ExternalKey, portal.MaxName, false)
	c.Add(p.Handling.Valid() && p.Handling != portal.Red, "handling", "import.handling") // red needs names, which are not for files
	if p.WorkspaceID = at.workspaces[strings.ToLower(strings.TrimSpace(line.Workspace))]; p.WorkspaceID == 0 {
		c.Add(false, "workspace", "error.unknown_value")
	}
	if line.Author != "" {
		if p.AuthorID = at.members[portal.NormalEmail(line.Author)]; p.AuthorID == 0 {
			c.Add(false, "author", "error.unknown_member")
		}
	}
	if line.Publish {
		for _, field := range p.Missing(s.vocab) {
			c.Add(false, field, "error.needed_to_submit")
		}
	}
	err := p.Check(s.vocab)
	var of *portal.Error
	if errors.As(err, &of) {
		for _, f := range of.Fields {
			c.Add(false, f.Field, f.Message, f.Args...)
		}
	}
	return p, c.Err()
}

// importOne writes one practice: a new one, or the known one where its text has changed.
func (s *Service) importOne(ctx context.Context, tx *postgres.Tx, who portal.Identity, p portal.Practice, publish bool, known portal.Practice, done *Imported) (int64, error) {
	action, step := "practice.import", "import"
	switch {
	case known.ID != 0 && sameText(known.PracticeText, p.PracticeText):
		done.Same++
		return known.ID, nil
	case known.ID != 0:
		p.ID, p.Status, p.Edits = known.ID, known.Status, known.Edits
		p.Handling, p.Named, p.WorkspaceID, p.TranslationOf = known.Handling, known.Named, known.WorkspaceID, known.TranslationOf // a file does not relabel
		var err error
		if p.Version, err = tx.UpdatePractice(ctx, p, postgres.Save{Editor: who.MemberID}); err != nil {
			return 0, err
		}
		done.Updated++
	default:
		var err error
		if p.ID, err = tx.InsertPractice(ctx, p); err != nil {
			return 0, err
		}
		if publish {
			p.Status = portal.Published
			if err := tx.MovePractice(ctx, p.ID, portal.Submitted, p.AuthorID, nil); err != nil {
				return 0, err
			}
			if err := tx.MovePractice(ctx, p.ID, portal.Published, who.MemberID, nil); err != nil {
				return 0, err
			}
		}
		done.Made++
	}
	change := Changed(who.MemberID, action, p, step)
	if known.ID == 0 {
		// Nobody follows what was not there: one topic for all of an import is enough, and one lock.
		change.Events = change.Events[:1]
		change.Events[0].Topic = portal.WorkspaceTopic(p.WorkspaceID)
	}
	return p.ID, tx.Record(ctx, change)
}

// sameText tells whether two texts say the same.
func sameText(a, b portal.PracticeText) bool {
	if a.Title != b.Title || a.Summary != b.Summary || a.Language != b.Language || a.Country != b.Country || a.Organization != b.Organization ||
		a.Year != b.Year || a.Type != b.Type || a.Level != b.Level || !maps.Equal(a.Sections, b.Sections) {
		return false
	}
	return slices.Equal(a.Sectors, b.Sectors) && slices.Equal(a.Topics, b.Topics) && slices.Equal(a.Substances, b.Substances) &&
		slices.Equal(a.References, b.References)
}
