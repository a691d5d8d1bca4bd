package search

import (
	"context"
	"encoding/json"
	"math"
	"strconv"

	"praxis/internal/portal"
	"praxis/internal/secret"
)

const maxCursor = 512 // characters

// cursor tells where a list goes on: after the hit with these sort keys. Relevance carries the
// score itself, so another node, whose scores differ a little, goes on near the same place.
type cursor struct {
	Sort string   `json:"s"`
	Keys []string `json:"k"`
}

// cursorKind and cursorKey name what is sealed and with what: the score in it would tell how often
// words stand in what its holder may not see.
const cursorKind, cursorKey = "search", "search cursors"

func (c cursor) encode(seal *secret.Sealer) string {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // strings always marshal
	}
	return seal.Seal(cursorKind, raw)
}

// decodeCursor reads a cursor; "" is the beginning.
func decodeCursor(seal *secret.Sealer, s string) (c cursor, err error) {
	if s == "" {
		return c, nil
	}
	raw, err := seal.Open(cursorKind, firstRunes(s, maxCursor))
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil || c.Sort != Relevance && c.Sort != Newest && c.Sort != Adopted || len(c.Keys) != 2 || c.Keys[1] == "" {
		return cursor{}, portal.Fail(portal.Malformed, "error.malformed")
	}
	if key, err := strconv.ParseFloat(c.Keys[0], 64); err != nil || math.IsNaN(key) || math.IsInf(key, 0) {
		return cursor{}, portal.Fail(portal.Malformed, "error.malformed")
	}
	return c, nil
}

// sealer gives what cursors are sealed with; all nodes of a portal share it.
func (s *Service) sealer(ctx context.Context) (*secret.Sealer, error) {
	if made := s.seal.Load(); made != nil {
		return made, nil
	}
	key, err := s.db.Key(ctx, cursorKey)
	if err != nil {
		return nil, err
	}
	made, err := secret.NewSealer(key)
	if err != nil {
		return nil, err
	}
	s.seal.Store(made)
	return made, nil
}
