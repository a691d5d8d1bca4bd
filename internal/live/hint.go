package live

import (
	"encoding/json"
	"unicode/utf8"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Bounds of what one node hints to the others. It comes from outside this process, so each is
// checked when it is heard too.
const (
	maxNodeName = 64 // bytes
	maxPiece    = 4  // members in one piece: with the longest names it fits beside others into a hint
)

// hint is what a node says to the others: at least that it is there.
type hint struct {
	Node    string        `json:"node"`
	Ask     bool          `json:"ask,omitempty"`   // it has missed something: everybody should tell all
	Bye     bool          `json:"bye,omitempty"`   // it stops
	Whole   bool          `json:"whole,omitempty"` // what it told before is void: all of it follows
	Typing  []typingHint  `json:"typing,omitempty"`
	Present []presentHint `json:"present,omitempty"`
}

// presentHint lists who reads a thread on the node, in pieces where they are many.
type presentHint struct {
	Thread  int64    `json:"thread"`
	From    int      `json:"from,omitempty"` // members in the pieces before
	More    bool     `json:"more,omitempty"` // another piece comes; until then it means nothing
	Members []person `json:"members,omitempty"`
}

type typingHint struct {
	Thread int64  `json:"thread"`
	Member person `json:"member"`
}

// parseHint reads what a node says; ok is false for what no node would say, and nothing of that is
// believed.
func parseHint(payload string) (said hint, ok bool) {
	if len(payload) > postgres.MaxHint || !utf8.ValidString(payload) || json.Unmarshal([]byte(payload), &said) != nil {
		return hint{}, false
	}
	ok = said.Node != "" && len(said.Node) <= maxNodeName
	for _, t := range said.Typing {
		ok = ok && isID(t.Thread) && t.Member.valid()
	}
	for _, p := range said.Present {
		ok = ok && isID(p.Thread) && p.From >= 0 && p.From <= maxPresent && p.From+len(p.Members) <= maxPresent
		for _, member := range p.Members {
			ok = ok && member.valid()
		}
	}
	if !ok {
		return hint{}, false
	}
	return said, true
}

func isID(id int64) bool { return id > 0 && id <= maxPosition }

func (p person) valid() bool {
	return isID(p.ID) && p.Name != "" && utf8.RuneCountInString(p.Name) <= portal.MaxName
}

// pieces cuts the list of a thread's readers so that each piece fits into a hint.
func pieces(thread int64, members []person) []presentHint {
	if len(members) == 0 {
		return []presentHint{{Thread: thread}}
	}
	var cut []presentHint
	for from := 0; from < len(members); from += maxPiece {
		until := min(from+maxPiece, len(members))
		cut = append(cut, presentHint{Thread: thread, From: from, More: until < len(members), Members: members[from:until]})
	}
	return cut
}

// filler counts how much fits into a hint.
type filler struct{ room int }

// newFiller begins with what the hint has already.
func newFiller(said hint) filler {
	return filler{room: postgres.MaxHint - len(mustJSON(said)) - len(`,"typing":[],"present":[]`)}
}

// take tells whether v still fits, and if so takes its room.
func (f *filler) take(v any) bool {
	need := len(mustJSON(v)) + 1
	if need > f.room {
		return false
	}
	f.room -= need
	return true
}
