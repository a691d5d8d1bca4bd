package demo

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres/storetest"
	"praxis/sql"
)

// The demonstration is what a visitor meets first: these are the marks that it is held to.
func TestContentKeepsItsMarks(t *testing.T) {
	c, err := read(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	originals, languages, statuses, translated, countries := 0, map[string]int{}, map[portal.Status]int{}, map[string]bool{}, map[string]bool{}
	results := map[string]int{}
	for _, p := range c.practices {
		languages[p.Language]++
		statuses[p.Status]++
		if p.TranslationOf != "" {
			translated[p.TranslationOf] = true
		} else {
			originals++
		}
		for _, a := range p.Adoptions {
			if p.Status == portal.Published {
				countries[a.Country] = true
				results[a.Result]++
			}
		}
	}
	posts, tongues := 0, map[string]int{}
	for _, d := range c.threads {
		posts += len(d.Posts)
		tongues[d.Language]++
	}
	for _, mark := range []struct {
		what        string
		have, least int
	}{
		{"practices that are no translations", originals, 60}, {"workspaces", len(c.workspaces), 9}, {"countries of adoptions", len(countries), 40},
		{"practices with translations", len(translated), 3}, {"practices in Spanish", languages["es"], 10}, {"practices in French", languages["fr"], 6},
		{"practices in Arabic", languages["ar"], 6}, {"drafts", statuses[portal.Draft], 1}, {"submissions", statuses[portal.Submitted], 6},
		{"practices with changes requested", statuses[portal.ChangesRequested], 1}, {"published practices", statuses[portal.Published], 50},
		{"rejected practices", statuses[portal.Rejected], 1}, {"archived practices", statuses[portal.Archived], 1}, {"threads", len(c.threads), 24},
		{"posts", posts, 110}, {"threads in Spanish", tongues["es"], 3}, {"threads in French", tongues["fr"], 2}, {"threads in Arabic", tongues["ar"], 2},
		{"flags", len(c.flags), 3}, {"adoptions that worked", results["worked"], 20}, {"mixed adoptions", results["mixed"], 20}, {"failed adoptions", results["failed"], 10},
	} {
		if mark.have < mark.least {
			t.Errorf("%d %s, want %d at least", mark.have, mark.what, mark.least)
		}
	}
}

// Every practice rests on a record of facts, by its key, and on works to open.
func TestPracticesRestOnRecords(t *testing.T) {
	c, err := read(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	records, vocabulary := strings.Fields(string(raw)), storetest.Vocabulary(t)
	for _, p := range c.practices {
		// A second text on one record has the record's key with an ending of its own.
		if record, _, _ := strings.Cut(p.ExternalKey, "."); !slices.Contains(records, record) {
			t.Errorf("%s: there is no record of this key", p.ExternalKey)
		}
		if len(p.References) == 0 {
			t.Errorf("%s: no reference", p.ExternalKey)
		}
		if err := p.Check(vocabulary); err != nil {
			t.Errorf("%s: %v", p.ExternalKey, err)
		}
		made := portal.Practice{PracticeText: p.PracticeText}
		made.Handling, made.WorkspaceID = p.Handling, 1
		if missing := made.Missing(vocabulary); p.Status != portal.Draft && len(missing) > 0 {
			t.Errorf("%s: is %s and lacks %v", p.ExternalKey, p.Status, missing)
		}
		if p.Evidence == nil && p.Status == portal.Published {
			t.Errorf("%s: is published and nobody has rated its evidence", p.ExternalKey)
		}
		for _, a := range p.Adoptions {
			report := a.told()
			if err := report.Check(vocabulary); err != nil || a.Note == "" || a.Adapted == "" || a.Took == "" {
				t.Errorf("%s, adoption by %s: does not say what happened, what was done otherwise or what it took (%v)", p.ExternalKey, a.Author, err)
			}
		}
	}
}

// Whoever writes, reports, reacts or flags is a member who could: of the workspace or the country, and
// one of those who may see it.
func TestMembersCouldHaveWrittenIt(t *testing.T) {
	c, err := read(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	members, moderators := map[string]member{}, map[string]int{}
	for _, m := range c.members {
		members[m.Email] = m
		if !strings.HasSuffix(m.Email, "@demo.example") {
			t.Errorf("%s is not an address of the demonstration", m.Email)
		}
		for key, role := range m.Workspaces {
			if role == portal.RoleModerator {
				moderators[key]++
			}
		}
	}
	for _, w := range c.workspaces {
		least := 1
		if w.Kind == "theme" {
			least = 2
		}
		if moderators[w.Key] < least {
			t.Errorf("%s has %d moderators, want %d", w.Key, moderators[w.Key], least)
		}
	}
	r := readersOf(c)
	for _, p := range c.practices {
		if members[p.Author].Workspaces[p.Workspace] == "" {
			t.Errorf("%s: %s is not in %s", p.ExternalKey, p.Author, p.Workspace)
		}
		audience := r.audience(p.Handling, p.Workspace, p.Author, p.Named)
		for _, a := range p.Adoptions {
			if members[a.Author].Country != a.Country {
				t.Errorf("%s: %s reports from %s and is not of it", p.ExternalKey, a.Author, a.Country)
			}
			if a.Author == p.Author || !r.viewers[a.Author].CanSee(audience) {
				t.Errorf("%s: %s reports, who wrote it or cannot see it", p.ExternalKey, a.Author)
			}
		}
	}
	threads := map[string]portal.Audience{}
	for _, d := range c.threads {
		audience := r.audience(d.Handling, d.Workspace, d.Author, d.Named)
		audience.Shared = true
		threads[d.Title] = audience
		for _, p := range d.Posts {
			if members[p.Author].Workspaces[d.Workspace] == "" || !r.viewers[p.Author].CanSee(audience) {
				t.Errorf("%q: %s is not in %s, or cannot see it", d.Title, p.Author, d.Workspace)
			}
			for _, by := range slices.Concat(slices.Collect(maps.Values(p.Reactions))...) {
				if !r.viewers[by].CanSee(audience) {
					t.Errorf("%q: %s reacts and cannot see it", d.Title, by)
				}
			}
		}
	}
	for _, flag := range c.flags {
		if flag.Practice != "" {
			i := slices.IndexFunc(c.practices, func(p practice) bool { return p.ExternalKey == flag.Practice })
			if i < 0 || !r.viewers[flag.By].CanSee(r.audience(c.practices[i].Handling, c.practices[i].Workspace, c.practices[i].Author, c.practices[i].Named)) ||
				!slices.ContainsFunc(c.practices[i].Adoptions, func(a adoption) bool { return a.Author == flag.ReportBy && a.Author != flag.By }) {
				t.Errorf("%s flags what %s told of %s, which is not there or not for her", flag.By, flag.ReportBy, flag.Practice)
			}
			continue
		}
		if audience, known := threads[flag.ThreadTitle]; !known || !r.viewers[flag.By].CanSee(audience) {
			t.Errorf("%q: %s flags and cannot see it", flag.ThreadTitle, flag.By)
		}
	}
}

// readers are the demonstration's members as the rule of access knows them.
type readers struct {
	content    content
	viewers    map[string]portal.Viewer
	workspaces map[string]int64
}

func readersOf(c content) readers {
	r := readers{content: c, viewers: map[string]portal.Viewer{}, workspaces: map[string]int64{}}
	for i, w := range c.workspaces {
		r.workspaces[w.Key] = int64(i + 1)
	}
	for i, m := range c.members {
		v := portal.Viewer{MemberID: int64(i + 1), Country: m.Country, Organization: m.Organization, Officer: m.Officer}
		for key, role := range m.Workspaces {
			v.Workspaces = append(v.Workspaces, r.workspaces[key])
			if role == portal.RoleModerator {
				v.Moderates = append(v.Moderates, r.workspaces[key])
			}
		}
		r.viewers[m.Email] = v
	}
	return r
}

func (r readers) audience(handling portal.Handling, workspace, author string, named []string) portal.Audience {
	a := portal.Audience{Stage: portal.StageOpen, Handling: handling, WorkspaceID: r.workspaces[workspace],
		AuthorID: r.viewers[author].MemberID, AuthorCountry: r.viewers[author].Country, AuthorOrganization: r.viewers[author].Organization}
	for _, email := range named {
		a.Named = append(a.Named, r.viewers[email].MemberID)
	}
	return a
}
