package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"

	"praxis/internal/account"
	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/portal"
)

type adminCreateCmd struct {
	config.Settings
	Email   string `required:"" help:"Her address."`
	Name    string `required:"" help:"Her name."`
	Country string `required:"" help:"Code of her country, like EE."`
}

func (c adminCreateCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	accounts, origin, err := n.Accounts()
	if err != nil {
		return err
	}
	made, err := accounts.CreateOfficer(e.ctx, account.Invitation{Email: c.Email, Name: c.Name, Country: strings.ToUpper(c.Country)})
	if err != nil {
		return n.InWords(err)
	}
	_, err = fmt.Fprintf(e.out, "%s/invitation/%s\n", origin, made.Token)
	return err
}

type memberImportCmd struct {
	config.Settings
	File         string `arg:"" type:"existingfile" help:"CSV with a header line: email,name,country,programme,year,locale."`
	AllOrNothing bool   `help:"Import nothing when any line is bad."`
}

const maxImport = 20_000 // lines of one file

func (c memberImportCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the list: %w", err)
	}
	defer f.Close()
	rows, bad, err := readInvitations(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{Existing: true}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	accounts, origin, err := n.Accounts()
	if err != nil {
		return err
	}
	var list []account.Invitation
	for _, r := range rows {
		list = append(list, r.Invitation)
	}
	results, err := accounts.Import(e.ctx, list, c.AllOrNothing, len(bad) > 0)
	if err != nil {
		return n.InWords(err)
	}
	imported := 0
	for i, r := range results {
		switch {
		case r.Err != nil:
			bad = append(bad, badLine{rows[i].line, n.InWords(r.Err)})
		case r.Made.Token != "":
			imported++
			fmt.Fprintf(e.out, "%s %s/invitation/%s\n", r.Made.Email, origin, r.Made.Token)
		case r.Made.ID != 0:
			imported++
		}
	}
	sort.SliceStable(bad, func(i, j int) bool { return bad[i].line < bad[j].line })
	for _, b := range bad {
		fmt.Fprintf(e.out, "line %d: %v\n", b.line, b.err)
	}
	fmt.Fprintf(e.out, "%d invited, %s bad\n", imported, app.Counted(len(bad), "line"))
	if len(bad) > 0 {
		return errors.New("some lines were bad")
	}
	return nil
}

type badLine struct {
	line int
	err  error
}

type invitationLine struct {
	line int
	account.Invitation
}

// readInvitations reads the list; a line that cannot be read at all is told by its number, the
// others go on.
func readInvitations(r io.Reader) (rows []invitationLine, bad []badLine, err error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	head, err := in.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("read the header line: %w", err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, needed := range []string{"email", "name", "country"} {
		if _, ok := column[needed]; !ok {
			return nil, nil, fmt.Errorf("the header line lacks %q; it should say email,name,country,programme,year,locale", needed)
		}
	}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, bad, nil
		}
		if err != nil {
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				bad = append(bad, badLine{parse.StartLine, parse.Err})
				continue
			}
			return nil, nil, err
		}
		line, _ := in.FieldPos(0)
		if len(rows) >= maxImport {
			return nil, nil, fmt.Errorf("more than %d lines: cut the list into several", maxImport)
		}
		row, err := readInvitation(record, column)
		if err != nil {
			bad = append(bad, badLine{line, err})
			continue
		}
		rows = append(rows, invitationLine{line, row})
	}
}

func readInvitation(record []string, column map[string]int) (account.Invitation, error) {
	field := func(name string) string {
		i, ok := column[name]
		if !ok || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	row := account.Invitation{Email: portal.NormalEmail(field("email")), Name: field("name"), Country: strings.ToUpper(field("country")),
		Programme: field("programme"), Locale: field("locale")}
	if year := field("year"); year != "" {
		var err error
		if row.Year, err = strconv.Atoi(year); err != nil {
			return row, fmt.Errorf("year %q is no number", year)
		}
	}
	return row, nil
}
