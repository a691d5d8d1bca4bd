package search

import (
	"context"
	"strconv"
	"strings"
	"time"

	"praxis/internal/index"
	"praxis/internal/markup"
	"praxis/internal/portal"
)

// Hit is one thing that was found, as the viewer may see it now.
type Hit struct {
	Kind      portal.Kind
	ID        int64
	URL       string // path of its page
	Title     string // a post's is its thread's
	Marked    []Piece
	Snippet   []Piece
	Language  string
	Country   string
	Workspace int64
	Handling  portal.Handling // "" for members
	CreatedAt time.Time       // a practice's is when it was published

	// The one of the hit's kind is set, a post's thread beside it.
	Practice *portal.Practice
	Thread   *portal.Thread
	Post     *portal.Post
	Member   *portal.Member

	Collection *portal.Collection
	Place      *Place // a country or an organization, whose ID is 0

	// Where the snippet is from an attachment.
	AttachmentID   int64
	AttachmentName string
	AttachmentPage int
}

// hydrator makes hits of what the index found.
type hydrator struct {
	*Service
	viewer portal.Viewer
	match  matcher
	hits   map[portal.Ref]Hit
	locale string   // language of the names that have one in several
	edges  []string // what was typed, where names are completed
}

func (h hydrator) source() source { return source{db: h.db.Conn, vocab: h.vocab} }

// hydrate reads what was found from the database, where access is checked once more: the index
// may be a moment behind. What the viewer may not see any more is left out.
func (s *Service) hydrate(ctx context.Context, v portal.Viewer, found []index.Hit, asked parsed) ([]Hit, error) {
	h := hydrator{s, v, newMatcher(asked), map[portal.Ref]Hit{}, asked.locale, asked.edges}
	ids := map[portal.Kind][]int64{}
	for _, f := range found {
		ids[f.Ref.Kind] = append(ids[f.Ref.Kind], f.Ref.ID)
	}
	for kind, read := range map[portal.Kind]func(context.Context, []int64) error{
		portal.KindPractice: h.practices, portal.KindThread: h.threads, portal.KindPost: h.posts, portal.KindMember: h.members, portal.KindCollection: h.collections,
		portal.KindCountry: func(ctx context.Context, ids []int64) error { return h.places(ctx, portal.KindCountry, ids) },
		portal.KindOrg:     func(ctx context.Context, ids []int64) error { return h.places(ctx, portal.KindOrg, ids) }} {
		if len(ids[kind]) == 0 {
			continue
		}
		if err := read(ctx, ids[kind]); err != nil {
			return nil, err
		}
	}
	hits := make([]Hit, 0, len(found))
	for _, f := range found {
		if hit, ok := h.hits[f.Ref]; ok {
			hits = append(hits, hit)
		}
	}
	return hits, nil
}

func (h hydrator) put(hit Hit, language string) {
	hit.Marked = h.match.mark(hit.Title, language)
	h.hits[portal.Ref{Kind: hit.Kind, ID: hit.ID}] = hit
}

func (h hydrator) practices(ctx context.Context, ids []int64) error {
	found, err := h.db.VisiblePractices(ctx, h.viewer, ids)
	if err != nil {
		return err
	}
	var unmatched []int64
	for _, p := range found {
		if err := ctx.Err(); err != nil {
			return err
		}
		hit := Hit{Kind: portal.KindPractice, ID: p.ID, URL: path("/p/", p.ID, p.Title), Title: p.Title, Language: p.Language,
			Country: p.Country, Workspace: p.WorkspaceID, Handling: p.Handling, CreatedAt: practiceDate(p), Practice: &p}
		most := 0
		for _, part := range practiceParts(p, h.vocab) {
			if s, n := h.match.snippet(part, p.Language); n > most {
				hit.Snippet, most = s, n
			}
		}
		if most == 0 {
			hit.Snippet = opening(p.Summary)
			if len(h.match.matches(p.Title, p.Language)) == 0 {
				unmatched = append(unmatched, p.ID)
			}
		}
		h.put(hit, p.Language)
	}
	return h.attachments(ctx, unmatched)
}

// attachments looks for the words in the attachments of practices whose own text has none.
func (h hydrator) attachments(ctx context.Context, practices []int64) error {
	needles := h.match.needles()
	if len(practices) == 0 || len(needles) == 0 {
		return nil
	}
	// A passage is worth only so long a wait: without it the hit shows its summary.
	hurry, done := context.WithTimeout(ctx, TimeLimit)
	defer done()
	pages, err := h.db.PagesWith(hurry, practices, needles)
	if err != nil && hurry.Err() == nil {
		return err
	}
	best := map[int64]int{}
	for _, g := range pages {
		ref := portal.Ref{Kind: portal.KindPractice, ID: g.PracticeID}
		hit := h.hits[ref]
		if s, n := h.match.snippet(g.Text, hit.Language); n > best[g.PracticeID] {
			hit.Snippet, hit.AttachmentID, hit.AttachmentName, hit.AttachmentPage = s, g.AttachmentID, g.Name, g.Page
			best[g.PracticeID] = n
			h.hits[ref] = hit
		}
	}
	return nil
}

func (h hydrator) threads(ctx context.Context, ids []int64) error {
	found, err := h.db.VisibleThreads(ctx, h.viewer, ids)
	for _, t := range found {
		h.put(Hit{Kind: portal.KindThread, ID: t.ID, URL: path("/t/", t.ID, t.Title), Title: t.Title, Language: t.Language,
			Country: t.Author.Country, Workspace: t.WorkspaceID, Handling: t.Handling, CreatedAt: t.CreatedAt, Thread: &t}, t.Language)
	}
	return err
}

func (h hydrator) posts(ctx context.Context, ids []int64) error {
	found, err := h.db.PostsByID(ctx, ids)
	if err != nil {
		return err
	}
	var of []int64
	for _, p := range found {
		of = append(of, p.ThreadID)
	}
	visible, err := h.db.VisibleThreads(ctx, h.viewer, of)
	if err != nil {
		return err
	}
	threads := map[int64]portal.Thread{}
	for _, t := range visible {
		threads[t.ID] = t
	}
	for _, p := range found {
		if err := ctx.Err(); err != nil {
			return err
		}
		t, ok := threads[p.ThreadID]
		if !ok || !p.DeletedAt.IsZero() {
			continue
		}
		if p = p.Shown(h.viewer, t.Audience); p.Body == "" {
			continue
		}
		text := markup.Text(p.Body)
		snippet, n := h.match.snippet(text, p.Language)
		if n == 0 {
			snippet = opening(text)
		}
		h.put(Hit{Kind: portal.KindPost, ID: p.ID, URL: path("/t/", t.ID, t.Title) + "#post-" + strconv.FormatInt(p.ID, 10),
			Title: t.Title, Snippet: snippet, Language: p.Language, Country: p.Author.Country, Workspace: t.WorkspaceID,
			Handling: t.Handling, CreatedAt: p.CreatedAt, Post: &p, Thread: &t}, t.Language)
	}
	return nil
}

func (h hydrator) members(ctx context.Context, ids []int64) error {
	if !h.viewer.SignedIn() {
		return nil
	}
	found, err := h.db.MembersByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, m := range found {
		if m.Suspended || !m.HasPassword {
			continue
		}
		m = m.Shown(plainMember)
		hit := Hit{Kind: portal.KindMember, ID: m.ID, URL: "/m/" + strconv.FormatInt(m.ID, 10), Title: m.Name,
			Country: m.Country, CreatedAt: m.CreatedAt, Member: &m}
		text := strings.Join(memberParts(m), " · ")
		n := 0
		if hit.Snippet, n = h.match.snippet(text, ""); n == 0 {
			hit.Snippet = opening(text)
		}
		h.put(hit, unstemmed)
	}
	return nil
}

// opening is the snippet of a text in which nothing was found.
func opening(text string) []Piece {
	text = markup.Excerpt(clipBytes(text, lookBack*4), snippetRunes)
	if text == "" {
		return nil
	}
	return []Piece{{Text: text}}
}

const maxSlug = 60 // bytes of a title in an address

// path is the address of a thing with its title for people's eyes; only the number counts.
func path(prefix string, id int64, title string) string {
	slug := ""
	for _, word := range index.Slugs(title) {
		if len(slug)+1+len(word) > maxSlug {
			break
		}
		slug += "-" + word
	}
	return prefix + strconv.FormatInt(id, 10) + slug
}
