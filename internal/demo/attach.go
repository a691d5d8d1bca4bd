package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/attachment"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// attached are the files of the demonstration: each is made of the demonstration's own words about the
// practice, or of the report of one who tried it, and put there by whoever wrote those.
var attached = []struct{ practice, reporter, name string }{
	{"ee-thn", "", "take-home-kits-in-steps.pdf"},
	{"ee-thn", "", "who-tried-it.csv"},
	{"za-cosup", "", "results-of-reports.png"},
	{"co-echele-cabeza", "", "pasos.docx"},
	{"ma-methadone", "", "خطوات.docx"},
	{"us-ri-prison-moud", "", "medication-in-prison-in-steps.pdf"},
	{"ar-sat", "", "quien-lo-probo.csv"},
	{"ee-thn", "fiona@demo.example", "what-we-did-in-glasgow.pdf"},
	{"za-sacendu", "neema@demo.example", "our-first-year.docx"},
	{"us-hidta-ors", "kwame@demo.example", "in-figures.csv"},
}

// Attach puts the demonstration's files on its practices and reports, as their authors would. It stands
// beside Fill because a database can be filled where no files are kept.
func Attach(ctx context.Context, db *postgres.DB, files *attachment.Service, sqlFiles fs.FS) error {
	c, err := read(sqlFiles)
	if err != nil {
		return err
	}
	ids, err := practicesByKey(ctx, db)
	if err != nil {
		return err
	}
	for _, a := range attached {
		i := slices.IndexFunc(c.practices, func(p practice) bool { return p.ExternalKey == a.practice })
		if i < 0 {
			return fmt.Errorf("attach %s: there is no practice %s", a.name, a.practice)
		}
		if err := attach(ctx, db, files, ids[a.practice], c.practices[i], a.reporter, a.name); err != nil {
			return fmt.Errorf("attach %s to %s: %w", a.name, a.practice, err)
		}
	}
	return nil
}

func attach(ctx context.Context, db *postgres.DB, files *attachment.Service, id int64, p practice, reporter, name string) error {
	by := p.Author
	if reporter != "" {
		by = reporter
	}
	member, err := db.MemberByEmail(ctx, by)
	if err != nil {
		return err
	}
	viewer, err := db.Viewer(ctx, member.ID)
	if err != nil {
		return err
	}
	who := portal.Identity{Viewer: viewer, Name: member.Name}
	told := p.Adoptions
	if reporter != "" {
		told = slices.DeleteFunc(slices.Clone(told), func(a adoption) bool { return a.Author != reporter })
	}
	content, err := fileOf(name, p, reporter != "", told)
	if err != nil {
		return err
	}
	if reporter == "" {
		_, err = files.Add(ctx, who, id, name, bytes.NewReader(content))
		return err
	}
	report, err := reportBy(ctx, db.Conn, id, member.ID)
	if err == nil {
		_, err = files.AddEvidence(ctx, who, report.ID, name, bytes.NewReader(content))
	}
	return err
}

func practicesByKey(ctx context.Context, db *postgres.DB) (map[string]int64, error) {
	all, err := db.PracticesAfter(ctx, 0, 1000)
	ids := map[string]int64{}
	for _, p := range all {
		ids[p.ExternalKey] = p.ID
	}
	return ids, err
}

// fileOf makes a file of the type that its name says: of a practice its steps, of a report what was told.
func fileOf(name string, p practice, report bool, told []adoption) ([]byte, error) {
	lines := []string{p.Title, "", p.Summary, ""}
	if report {
		lines = lines[:2]
		for _, a := range told {
			lines = append(lines, a.Note, "", a.Adapted, "", a.Took)
		}
	} else {
		for _, section := range []string{"steps", "resources"} {
			lines = append(append(lines, strings.Split(p.Sections[section], "\n")...), "")
		}
	}
	switch name[strings.LastIndex(name, ".")+1:] {
	case "pdf":
		return pdfOf(lines), nil
	case "docx":
		return docxOf(lines, p.Language == "ar")
	case "png":
		return chartOf(told)
	}
	return tableOf(told)
}

// tableOf lists what was told as CSV.
func tableOf(told []adoption) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"country", "organization", "year", "result", "adapted", "took"}}
	for _, a := range told {
		rows = append(rows, []string{a.Country, a.Organization, strconv.Itoa(a.Year), a.Result, a.Adapted, a.Took})
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}
