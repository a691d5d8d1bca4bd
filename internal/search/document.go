package search

import (
	"slices"
	"strings"
	"time"

	"praxis/internal/index"
	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	unstemmed    = "und"     // the language of names: words are folded, never cut
	attachedText = 1_000_000 // characters of attachments that are indexed with one practice
)

// plainMember is a member who is nobody in particular: what others share with her, they share
// with every member.
var plainMember = portal.Viewer{MemberID: -1}

// practiceDocument is what the index knows of a practice.
func practiceDocument(p portal.Practice, pages []postgres.AttachmentPage, programme string, v *portal.Vocabulary) index.Document {
	d := index.Document{Kind: portal.KindPractice, ID: p.ID, Access: p.Audience.Terms(), Language: baseLanguage(p.Language),
		Country: p.Country, Workspace: p.WorkspaceID, Sectors: p.Sectors, Tags: slices.Concat(p.Topics, p.Substances),
		Level: p.Level, Programme: programme, Authors: append([]int64{p.AuthorID}, p.CoAuthors...), Created: practiceDate(p), Due: p.ReviewDueAt}
	if p.Evidence != nil {
		d.Evidence = p.Evidence.Rating
	}
	add := func(field index.Field, language, text string) {
		if text != "" {
			d.Texts = append(d.Texts, index.Text{Field: field, Language: language, Value: text})
		}
	}
	add(index.Title, p.Language, p.Title)
	add(index.Summary, p.Language, p.Summary)
	for _, part := range practiceParts(p, v)[1:] {
		add(index.Body, p.Language, part)
	}
	add(index.Body, unstemmed, p.Organization)
	for language, names := range tagNames(p, v) {
		add(index.Tagged, language, names)
	}
	for _, g := range pages {
		add(index.Attached, p.Language, g.Text)
	}
	return d
}

// practiceParts gives the plain texts of a practice in the order in which they are read; the first is its
// summary.
func practiceParts(p portal.Practice, v *portal.Vocabulary) []string {
	parts := []string{p.Summary}
	for _, s := range v.Sections() {
		if text := p.Sections[s.Key]; text != "" {
			parts = append(parts, markup.Text(text))
		}
	}
	for _, r := range p.References {
		parts = append(parts, strings.TrimSpace(r.Title+" "+r.Publisher))
	}
	return parts
}

// practiceDate is when the practice came to its readers.
func practiceDate(p portal.Practice) time.Time {
	if !p.PublishedAt.IsZero() {
		return p.PublishedAt
	}
	return p.CreatedAt
}

// tagNames gives the names of a practice's tags in every language of the vocabulary.
func tagNames(p portal.Practice, v *portal.Vocabulary) map[string]string {
	names := map[string]string{}
	for list, keys := range map[string][]string{"topics": p.Topics, "substances": p.Substances, "sectors": p.Sectors, "types": {p.Type}} {
		for _, t := range v.List(list) {
			if !slices.Contains(keys, t.Key) {
				continue
			}
			for language, name := range t.Names {
				names[language] += name + "\n"
			}
		}
	}
	return names
}

func threadDocument(t portal.Thread, programme string) index.Document {
	return index.Document{Kind: portal.KindThread, ID: t.ID, Access: t.Audience.Terms(), Language: baseLanguage(t.Language),
		Country: t.Author.Country, Workspace: t.WorkspaceID, Programme: programme, Authors: []int64{t.AuthorID}, Created: t.CreatedAt,
		Texts: []index.Text{{Field: index.Title, Language: t.Language, Value: t.Title}}}
}

// postDocument is what the index knows of a post; ok is false for one that is not indexed.
func postDocument(p portal.Post, t portal.Thread, programme string) (d index.Document, ok bool) {
	if !p.DeletedAt.IsZero() {
		return d, false
	}
	return index.Document{Kind: portal.KindPost, ID: p.ID, Access: postAudience(p, t.Audience).Terms(), Language: baseLanguage(p.Language),
		Country: p.Author.Country, Workspace: t.WorkspaceID, Programme: programme, Authors: []int64{p.Author.ID}, Created: p.CreatedAt,
		Texts: []index.Text{{Field: index.Body, Language: p.Language, Value: markup.Text(p.Body)}}}, true
}

// postAudience is the thread's; a hidden post is found by the moderators who read the thread alone.
func postAudience(p portal.Post, thread portal.Audience) portal.Audience {
	if p.HiddenAt.IsZero() {
		return thread
	}
	hidden := thread
	hidden.Stage = portal.StageReview
	hidden.Named = append(slices.Clone(thread.Named), thread.AuthorID)
	hidden.AuthorID = 0
	return hidden
}

// memberDocument is what the index knows of a member: what she shares with all others.
func memberDocument(m portal.Member, v *portal.Vocabulary) (d index.Document, ok bool) {
	if m.Suspended || !m.HasPassword {
		return d, false
	}
	m = m.Shown(plainMember)
	d = index.Document{Kind: portal.KindMember, ID: m.ID, Access: []string{"members"}, Country: m.Country,
		Programme: m.Programme, Created: m.CreatedAt, Texts: []index.Text{{Field: index.Title, Language: unstemmed, Value: m.Name}}}
	d.Names = index.NameTerms(m.Name)
	if m.Sector != "" {
		d.Sectors = []string{m.Sector}
	}
	for _, text := range memberParts(m) {
		d.Texts = append(d.Texts, index.Text{Field: index.Body, Value: text})
	}
	if m.Sector != "" {
		d.Texts = append(d.Texts, index.Text{Field: index.Body, Language: "en", Value: v.Name("sectors", m.Sector, "en")})
	}
	return d, true
}

func memberParts(m portal.Member) []string {
	parts := []string{m.Expertise, m.Bio, m.OrganizationText, m.Organization, m.Email}
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

func baseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}
