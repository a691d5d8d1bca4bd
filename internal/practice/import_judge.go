package practice

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// draft is a line that may be imported.
type draft struct {
	line  int
	p     portal.Practice
	known portal.Practice // under its key; no ID: none
	files []postgres.Attachment
	gone  []int64 // files of the known one that these replace
}

// places is what some lines name, found in a few statements.
type places struct {
	members map[string]int64
	known   map[string][]portal.Practice    // by external key
	files   map[int64][]postgres.Attachment // of the known
	hidden  map[int64][]postgres.Attachment // on the known, and on reports of their use
	brought map[int64]bool                  // those of them that an import brought
}

func (in *importing) places(ctx context.Context, lines []Import) (places, error) {
	at := places{known: map[string][]portal.Practice{}, files: map[int64][]postgres.Attachment{}, hidden: map[int64][]postgres.Attachment{}, brought: map[int64]bool{}}
	var keys, emails []string
	withFiles := map[string]bool{}
	for _, line := range lines {
		// PostgreSQL keeps no NUL; nothing is found under it.
		if !strings.Contains(line.Key, "\x00") {
			keys = append(keys, line.Key)
		}
		if line.Author != "" && !strings.Contains(line.Author, "\x00") {
			emails = append(emails, portal.NormalEmail(line.Author))
		}
		withFiles[line.Key] = withFiles[line.Key] || len(line.Attachments) > 0
	}
	var err error
	if at.members, err = in.tx.MembersByEmail(ctx, slices.Compact(slices.Sorted(slices.Values(emails)))); err != nil {
		return at, err
	}
	known, err := in.tx.PracticesByKey(ctx, keys)
	if err != nil {
		return at, err
	}
	var ids []int64
	for _, p := range known {
		at.known[p.ExternalKey] = append(at.known[p.ExternalKey], p)
		if withFiles[p.ExternalKey] {
			ids = append(ids, p.ID)
		}
	}
	return at, in.filesOf(ctx, ids, at)
}

// filesOf reads the files of known practices, and which of them imports brought.
func (in *importing) filesOf(ctx context.Context, practices []int64, at places) error {
	var ids []int64
	for some := range slices.Chunk(practices, 100) { // of twenty files each
		files, err := in.tx.Attachments(ctx, some)
		if err != nil {
			return err
		}
		for _, a := range files {
			at.files[a.PracticeID] = append(at.files[a.PracticeID], a)
			ids = append(ids, a.ID)
		}
		hidden, err := in.tx.HiddenAttachments(ctx, some)
		if err != nil {
			return err
		}
		for _, a := range hidden {
			at.hidden[a.PracticeID] = append(at.hidden[a.PracticeID], a)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	brought, err := in.tx.ImportedAttachments(ctx, ids)
	for _, id := range brought {
		at.brought[id] = true
	}
	return err
}

// judge makes the practice of a line, or says what is wrong with it.
func (in *importing) judge(line Import, at places) (draft, error) {
	p, err := in.importable(line, at)
	if err != nil {
		return draft{}, err
	}
	d := draft{line: line.Line, p: p}
	if _, twice := in.done.IDs[line.Key]; twice {
		return d, portal.Fail(portal.Invalid, "import.twice")
	}
	if d.known, err = knownAs(line, p.AuthorID, at.known[line.Key]); err != nil {
		return d, err
	}
	if known := d.known; known.ID != 0 && !in.who.CanSee(known.Audience) && (!known.Imported || len(known.Edits) > 0) {
		return d, portal.Fail(portal.Invalid, "import.key_taken")
	}
	return d, in.withFiles(&d, line, at)
}

// knownAs finds the practice that a line's key names: the author's, or where the line names no author
// and she has none, the one that an import brought for another.
func knownAs(line Import, author int64, known []portal.Practice) (portal.Practice, error) {
	var found portal.Practice
	for _, p := range known {
		switch {
		case p.AuthorID == author:
			return p, nil
		case line.Author != "" || !p.Imported:
		case found.ID != 0:
			return found, portal.Fail(portal.Invalid, "import.key_of_many")
		default:
			found = p
		}
	}
	return found, nil
}

// importable makes the practice of a line as if it were new.
func (in *importing) importable(line Import, at places) (portal.Practice, error) {
	p := portal.Practice{ExternalKey: line.Key, PracticeText: line.Text, Status: portal.Draft, Version: 1, Imported: true}
	p.Handling, p.AuthorID = line.Handling, in.who.MemberID
	if p.Handling == "" {
		p.Handling = portal.Amber
	}
	var c portal.Checks
	c.Text("key", p.ExternalKey, portal.MaxName, false)
	c.Add(p.Handling.Valid() && p.Handling != portal.Red, "handling", "import.handling") // red needs names, which are not for files
	if p.WorkspaceID = in.workspaces[strings.ToLower(strings.TrimSpace(line.Workspace))]; p.WorkspaceID == 0 {
		c.Add(false, "workspace", "error.unknown_value")
	}
	if line.Author != "" {
		if p.AuthorID = at.members[portal.NormalEmail(line.Author)]; p.AuthorID == 0 {
			c.Add(false, "author", "error.unknown_member")
		}
	}
	if line.Publish {
		p.Status = portal.Published
		for _, field := range p.Missing(in.s.vocab) {
			c.Add(false, field, "error.needed_to_submit")
		}
	}
	in.filesAre(&c, line)
	err := p.Check(in.s.vocab)
	var of *portal.Error
	if errors.As(err, &of) {
		for _, f := range of.Fields {
			c.Add(false, shown(f.Field), f.Message, f.Args...)
		}
	}
	return p, c.Err()
}

// filesAre checks that the files of a line can be had.
func (in *importing) filesAre(c *portal.Checks, line Import) {
	c.Add(len(line.Attachments) <= portal.MaxAttachments, "attachments", "error.too_many", "Max", portal.MaxAttachments)
	if len(line.Attachments) > 0 && !in.archive {
		c.Add(false, "attachments", "import.no_archive")
		return
	}
	if len(line.Attachments) <= portal.MaxAttachments && !namesFiles(line) {
		c.Add(false, "attachments", "error.too_long", "Max", maxPath)
	}
	for _, path := range line.Attachments {
		var wrong *portal.Error
		if errors.As(in.taken[path].err, &wrong) {
			c.Add(false, shown(path), wrong.Message, wrong.Args...)
		}
	}
}

// withFiles finds which files of a line its practice does not have yet, and which these replace.
func (in *importing) withFiles(d *draft, line Import, at places) error {
	have := slices.Clone(at.files[d.known.ID])
	before := len(have)
	var named []postgres.Attachment
	for _, path := range line.Attachments {
		a := in.taken[path].file
		alike := func(b postgres.Attachment) bool { return a.Name == b.Name && bytes.Equal(a.SHA256, b.SHA256) }
		same := func(b postgres.Attachment) bool { return bytes.Equal(a.SHA256, b.SHA256) }
		if !slices.ContainsFunc(have, alike) && slices.ContainsFunc(at.hidden[d.known.ID], same) { // as with an upload
			return portal.Fail(portal.Invalid, "error.hidden_file")
		}
		if !slices.ContainsFunc(have, alike) && !slices.ContainsFunc(d.files, alike) {
			d.files = append(d.files, a)
		}
		named = append(named, a)
	}
	// What the line names again is not what its other files replace.
	have = slices.DeleteFunc(have, func(b postgres.Attachment) bool {
		return slices.ContainsFunc(named, func(a postgres.Attachment) bool { return a.Name == b.Name && bytes.Equal(a.SHA256, b.SHA256) })
	})
	for _, a := range d.files {
		if i := slices.IndexFunc(have, func(b postgres.Attachment) bool { return a.Name == b.Name && at.brought[b.ID] }); i >= 0 {
			d.gone = append(d.gone, have[i].ID)
			have = slices.Delete(have, i, i+1)
		}
	}
	if before+len(d.files)-len(d.gone) > portal.MaxAttachments {
		return portal.Fail(portal.Invalid, "error.too_many_files", "Max", portal.MaxAttachments)
	}
	return nil
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
