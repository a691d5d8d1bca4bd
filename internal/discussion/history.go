package discussion

import (
	"context"
	"time"

	"praxis/internal/portal"
)

// Text is what a post said in one of its versions.
type Text struct {
	Version int64
	Body    string
	By      portal.Person // who wrote it
	At      time.Time     // when she did
}

// History lists all texts of a post that the viewer may read, the first one first and the present one last;
// the latest hundred and one where there are more. A deleted post has none, and a hidden one only for those
// who may read it.
func (s *Service) History(ctx context.Context, who portal.Identity, id int64) (portal.Post, portal.Thread, []Text, error) {
	p, t, err := s.db.Post(ctx, who.Viewer, id)
	if err != nil || p.Body == "" {
		return p, t, nil, err
	}
	before, err := s.db.PostVersions(ctx, id)
	if err != nil {
		return p, t, nil, err
	}
	editors := []int64{}
	for _, v := range before {
		editors = append(editors, v.EditorID)
	}
	people, err := s.db.Persons(ctx, editors)
	if err != nil {
		return p, t, nil, err
	}
	// What replaced a text tells who wrote the next one, and when.
	texts, by, at := make([]Text, 0, len(before)+1), p.Author, p.CreatedAt
	for _, v := range before {
		texts = append(texts, Text{Version: v.Version, Body: v.Body, By: by, At: at})
		by, at = people[v.EditorID], v.At.UTC()
	}
	return p, t, append(texts, Text{Version: p.Version, Body: p.Body, By: by, At: at}), nil
}
