// Package demo fills a database with the demonstration: a coalition of invented people, with
// practices written from published facts, threads between colleagues, and a queue to decide.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"praxis/internal/admin"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// Password is that of every account of the demonstration.
const Password = "praxis-demo"

// Account is one of the accounts that the demonstration tells of when it starts.
type Account struct{ Email, Role string }

// Accounts lists whom to sign in as.
var Accounts = []Account{
	{"officer@demo.example", "programme officer (administers everything)"},
	{"moderator@demo.example", "moderator of the three cohort workspaces"},
	{"ana@demo.example", "alumna, Ecuador, Spanish"},
	{"somchai@demo.example", "alumnus, Thailand, English"},
	{"lena@demo.example", "alumna, Austria, English"},
	{"karim@demo.example", "alumnus, Morocco, no workspace yet, Arabic"},
}

// Opens tells which account of the demonstration, if any, is in the database and lets everybody in who
// has read what its password is. "": none.
func Opens(ctx context.Context, db *postgres.DB) (email string, err error) {
	var emails []string
	for _, a := range Accounts {
		emails = append(emails, a.Email)
	}
	there, err := db.MembersByEmail(ctx, emails)
	if err != nil {
		return "", err
	}
	for _, a := range Accounts {
		id, ok := there[a.Email]
		if !ok {
			continue
		}
		phc, err := db.Password(ctx, id)
		if err != nil {
			return "", err
		}
		if phc == "" {
			continue
		}
		if opens, _, err := secret.VerifyPassword(ctx, phc, Password); err != nil || opens {
			return a.Email, err
		}
	}
	return "", nil
}

// Fill adds the demonstration in one transaction, unless it is there already. The roster of
// countries and organizations must have been seeded before.
func Fill(ctx context.Context, db *postgres.DB, sqlFiles fs.FS) (filled bool, err error) {
	if _, err := db.MemberByEmail(ctx, Accounts[0].Email); err == nil {
		return false, nil
	} else if portal.KindOf(err) != portal.NotFound {
		return false, err
	}
	content, err := read(sqlFiles)
	if err != nil {
		return false, err
	}
	phc, err := secret.HashPassword(ctx, Password)
	if err != nil {
		return false, fmt.Errorf("hash the demonstration's password: %w", err)
	}
	err = db.InTx(ctx, func(tx *postgres.Tx) error {
		f := &filler{tx: tx, content: content, now: portal.Now(), members: map[string]portal.Person{}, workspaces: map[string]int64{},
			practices: map[string]int64{}, threads: map[string][]int64{}}
		return f.fill(ctx, phc)
	})
	return err == nil, err
}

type filler struct {
	tx         *postgres.Tx
	content    content
	now        time.Time
	members    map[string]portal.Person // by address
	workspaces map[string]int64
	practices  map[string]int64
	threads    map[string][]int64 // by title: the thread and its posts
	changes    []postgres.Change
}

func (f *filler) fill(ctx context.Context, phc string) error {
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"workspaces", f.fillWorkspaces},
		{"members", func(ctx context.Context) error { return f.fillMembers(ctx, phc) }},
		{"practices", f.fillPractices},
		{"what is kept beside practices", f.fillKept},
		{"threads", f.fillThreads},
		{"flags", f.fillFlags},
	}
	for _, s := range steps {
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("fill the demonstration's %s: %w", s.what, err)
		}
	}
	// The log comes last, as always.
	var topics []portal.Topic
	for _, c := range f.changes {
		for _, e := range c.Events {
			topics = append(topics, e.Topic)
		}
	}
	return f.tx.RecordAll(ctx, topics, slices.Values(f.changes))
}

type content struct {
	members    []member
	workspaces []portal.Workspace
	practices  []practice
	threads    []thread
	flags      []flag
}

type member struct {
	Email            string
	Name             string
	Country          string
	Organization     string            `json:"organization_code"`
	OrganizationText string            `json:"organization_text"`
	Sector           string            `json:"sector"`
	Expertise        string            `json:"expertise"`
	Bio              string            `json:"bio"`
	Locale           string            `json:"locale"`
	Programme        string            `json:"programme"`
	Year             int               `json:"year"`
	Officer          bool              `json:"officer"`
	Workspaces       map[string]string `json:"workspaces"`
}

type practice struct {
	portal.PracticeText
	ExternalKey   string          `json:"external_key"`
	Handling      portal.Handling `json:"handling"`
	Named         []string        `json:"named"`
	Workspace     string          `json:"workspace"`
	Evidence      *portal.Evidence
	Author        string `json:"author"`
	Status        portal.Status
	ReviewNote    string  `json:"review_note"`
	TranslationOf string  `json:"translation_of"`
	DaysAgo       float64 `json:"days_ago"` // it was published
	Adoptions     []adoption
	Revision      *revision // made after the translations, so that theirs lag behind
}

type revision struct {
	Why      string
	Sections map[string]string // those that changed
}

type adoption struct {
	Author       string
	Country      string
	Organization string
	Level        string
	Result       string
	Year         int
	Month        int
	Note         string
	Adapted      string
	Took         string
	Links        []string
}

// told is what was reported, without who did.
func (a adoption) told() portal.Adoption {
	return portal.Adoption{Country: a.Country, Organization: a.Organization, Level: a.Level, Year: a.Year, Month: a.Month, Result: a.Result,
		Note: a.Note, Adapted: a.Adapted, Took: a.Took, Links: a.Links}
}

type thread struct {
	Workspace string
	Practice  string
	Handling  portal.Handling
	Named     []string
	Author    string
	Language  string
	Title     string
	Kind      portal.Purpose
	Sectors   []string
	Answer    int // which of the posts, from 0, answers a question; 0: none does yet
	Posts     []post
}

type post struct {
	Author    string
	Body      string
	Language  string
	ReplyTo   *int                `json:"reply_to"`
	HoursAgo  float64             `json:"hours_ago"`
	Reactions map[string][]string `json:"reactions"`
}

// flag is on a post of a thread, or on a member's report on a practice.
type flag struct {
	By          string
	ThreadTitle string `json:"thread_title"`
	PostIndex   int    `json:"post_index"`
	Practice    string
	ReportBy    string `json:"report_by"`
	Reason      string
	Note        string
}

func read(files fs.FS) (c content, err error) {
	if c.workspaces, err = admin.Cohorts(files); err != nil {
		return c, err
	}
	themes, err := admin.Workspaces(files, "seed/demo/workspaces.json")
	if err != nil {
		return c, err
	}
	c.workspaces = append(c.workspaces, themes...)
	if c.members, err = lines[member](files, "members"); err != nil {
		return c, err
	}
	if c.practices, err = lines[practice](files, "practices"); err != nil {
		return c, err
	}
	if c.threads, err = lines[thread](files, "threads"); err != nil {
		return c, err
	}
	c.flags, err = lines[flag](files, "flags")
	return c, err
}

func lines[T any](files fs.FS, name string) ([]T, error) {
	raw, err := fs.ReadFile(files, "seed/demo/"+name+".jsonl")
	if err != nil {
		return nil, fmt.Errorf("read the demonstration: %w", err)
	}
	var items []T
	for n, line := range bytes.Split(bytes.TrimSpace(raw), []byte("\n")) {
		var item T
		if err := json.Unmarshal(line, &item); err != nil {
			return nil, fmt.Errorf("read the demonstration's %s, line %d: %w", name, n+1, err)
		}
		items = append(items, item)
	}
	return items, nil
}
