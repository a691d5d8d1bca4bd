package search

import (
	"context"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"praxis/internal/index"
	"praxis/internal/markup"
	"praxis/internal/portal"
)

// everybody is the audience of what stands on the countries' and organizations' pages.
var everybody = portal.Audience{Stage: portal.StageOpen, Handling: portal.Clear}.Terms()

// Place is a country or an organization that was found.
type Place struct {
	Code   string
	Member bool
	names  map[string]string // by language
	beside string            // the name that stands in no language
}

// placeID is the number under which the index knows a country or an organization, which have a code alone.
func placeID(code string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(code)) // a hash takes everything
	return int64(h.Sum64() >> 1)
}

// places reads the countries or the organizations by the numbers under which the index knows them.
func (s source) places(ctx context.Context, kind portal.Kind) (map[int64]Place, error) {
	found := map[int64]Place{}
	if kind == portal.KindCountry {
		countries, err := s.db.Countries(ctx)
		for _, c := range countries {
			found[placeID(c.Code)] = Place{Code: c.Code, Member: c.Member, names: c.Names}
		}
		return found, err
	}
	organizations, err := s.db.Organizations(ctx)
	for _, o := range organizations {
		found[placeID(o.Code)] = Place{Code: o.Code, Member: o.Member, names: o.Names, beside: o.NameEN}
	}
	return found, err
}

// called lists the names of a place: in all languages, and an organization's letters by which it goes. A
// country's code is none: too many are small words.
func (p Place) called(kind portal.Kind) []index.Text {
	var texts []index.Text
	var before []string
	add := func(language, name string) {
		if name != "" && !slices.Contains(before, name) {
			before = append(before, name)
			texts = append(texts, index.Text{Field: index.Title, Language: language, Value: name})
		}
	}
	if kind == portal.KindOrg {
		add(unstemmed, p.Code)
	}
	for _, language := range languagesOf(p.names) {
		add(language, p.names[language])
	}
	add("en", p.beside)
	return texts
}

// name is what the place is called in a language.
func (p Place) name(kind portal.Kind, locale string) string {
	if kind == portal.KindCountry {
		return portal.Country{Code: p.Code, Names: p.names}.Name(locale)
	}
	return portal.Organization{Code: p.Code, NameEN: p.beside, Names: p.names}.Name(locale)
}

// writePlaces writes all countries or all organizations: there are as many as the world has, and whoever
// changes one changes it seldom.
func (s source) writePlaces(ctx context.Context, kind portal.Kind, write func(index.Batch) error) error {
	found, err := s.places(ctx, kind)
	if err != nil {
		return err
	}
	var b index.Batch
	for id, p := range found {
		d := index.Document{Kind: kind, ID: id, Access: everybody, Texts: p.called(kind), Created: time.Unix(0, 0)}
		if kind == portal.KindCountry {
			d.Country = p.Code
		}
		b.Put = append(b.Put, d)
	}
	slices.SortFunc(b.Put, func(a, b index.Document) int { return strings.Compare(a.Texts[0].Value, b.Texts[0].Value) })
	return write(b)
}

// eachPlace writes the reading lists that changed, and the countries or organizations where one did.
func (s source) eachPlace(ctx context.Context, c changed, write func(index.Batch) error) error {
	for chunk := range slices.Chunk(ids(c.collections), pageSize) {
		found, err := s.db.CollectionsByID(ctx, chunk)
		if err == nil {
			err = s.collections(found, chunk, write)
		}
		if err != nil {
			return err
		}
	}
	for kind := range c.places {
		if err := s.writePlaces(ctx, kind, write); err != nil {
			return err
		}
	}
	return nil
}

// allPlaces writes every country, organization and reading list.
func (s source) allPlaces(ctx context.Context, write func(index.Batch) error, done func(n int)) error {
	for _, kind := range []portal.Kind{portal.KindCountry, portal.KindOrg} {
		if err := s.writePlaces(ctx, kind, write); err != nil {
			return err
		}
	}
	return pages(ctx, pageSize, done, s.db.CollectionsAfter, func(k portal.Collection) int64 { return k.ID },
		func(found []portal.Collection) error { return s.collections(found, nil, write) })
}

// places makes hits of the countries or organizations that were found. The name in which what was typed
// occurs is shown beside the one in the reader's language.
func (h hydrator) places(ctx context.Context, kind portal.Kind, ids []int64) error {
	found, err := h.source().places(ctx, kind)
	if err != nil {
		return err
	}
	prefix := map[portal.Kind]string{portal.KindCountry: "/countries/", portal.KindOrg: "/organizations/"}[kind]
	for _, id := range ids {
		p, ok := found[id]
		if !ok {
			continue
		}
		hit := Hit{Kind: kind, URL: prefix + p.Code, Title: p.name(kind, h.locale), Place: &p}
		if kind == portal.KindCountry {
			hit.Country = p.Code
		}
		for _, text := range p.called(kind) {
			if len(h.edges) > 0 && index.HasEdges(text.Value, h.edges) {
				hit.Title = text.Value
				break
			}
			if len(h.match.matches(hit.Title, h.locale)) == 0 && len(h.match.matches(text.Value, text.Language)) > 0 {
				hit.Snippet, hit.Language = h.match.mark(text.Value, text.Language), text.Language
				break
			}
		}
		hit.Marked = h.match.mark(hit.Title, h.locale)
		h.hits[portal.Ref{Kind: kind, ID: id}] = hit
	}
	return nil
}

// collections writes reading lists that were found and removes those that were asked for in vain.
func (s source) collections(found []portal.Collection, asked []int64, write func(index.Batch) error) error {
	b := missing(portal.KindCollection, asked, len(found), func(i int) int64 { return found[i].ID })
	for _, k := range found {
		d := index.Document{Kind: portal.KindCollection, ID: k.ID, Access: k.Audience().Terms(), Language: baseLanguage(k.Language),
			Workspace: k.WorkspaceID, Authors: k.Makers(), Created: k.CreatedAt,
			Texts: []index.Text{{Field: index.Title, Language: k.Language, Value: k.Title}}}
		if k.Introduction != "" {
			d.Texts = append(d.Texts, index.Text{Field: index.Body, Language: k.Language, Value: markup.Text(k.Introduction)})
		}
		b.Put = append(b.Put, d)
	}
	return write(b)
}

// collections makes hits of reading lists.
func (h hydrator) collections(ctx context.Context, ids []int64) error {
	found, err := h.db.VisibleCollections(ctx, h.viewer, ids)
	for _, k := range found {
		text := markup.Text(k.Introduction)
		hit := Hit{Kind: portal.KindCollection, ID: k.ID, URL: path("/c/", k.ID, k.Title), Title: k.Title, Language: k.Language,
			Workspace: k.WorkspaceID, Handling: k.Handling, CreatedAt: k.CreatedAt, Collection: &k}
		n := 0
		if hit.Snippet, n = h.match.snippet(text, k.Language); n == 0 {
			hit.Snippet = opening(text)
		}
		h.put(hit, k.Language)
	}
	return err
}
