package search

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"

	"praxis/internal/portal"
)

const maxCursor = 512 // characters

// cursor tells where a list goes on: after the hit with these sort keys. Relevance carries the
// score itself, so another node, whose scores differ a little, goes on near the same place.
type cursor struct {
	Sort string   `json:"s"`
	Keys []string `json:"k"`
}

func (c cursor) encode() string {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// decodeCursor reads a cursor; "" is the beginning.
func decodeCursor(s string) (c cursor, err error) {
	if s == "" {
		return c, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(firstRunes(s, maxCursor))
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil || c.Sort != Relevance && c.Sort != Newest || len(c.Keys) != 2 || c.Keys[1] == "" {
		return cursor{}, portal.Fail(portal.Malformed, "error.malformed")
	}
	if key, err := strconv.ParseFloat(c.Keys[0], 64); err != nil || math.IsNaN(key) || math.IsInf(key, 0) {
		return cursor{}, portal.Fail(portal.Malformed, "error.malformed")
	}
	return c, nil
}
