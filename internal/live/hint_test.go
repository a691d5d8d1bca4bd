package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// deaf is a hub without sockets, goroutines or a store.
func deaf(threads ...int64) *Hub {
	h := &Hub{opt: Options{Beat: beatEvery}, peers: newPeers(), topics: map[portal.Topic]*topic{}}
	for _, id := range threads {
		h.topics[portal.ThreadTopic(id)] = &topic{}
	}
	return h
}

// FuzzHear holds that whatever is heard is ignored or kept within bounds, and that what is told
// next fits.
func FuzzHear(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `[]`, `{"node":"b"}`, `{"node":"b","ask":true}`, `{"node":"b","bye":true}`,
		`{"node":"b","whole":true,"present":[{"thread":1,"members":[{"id":1,"name":"ana"}]},{"thread":2}]}`,
		`{"node":"b","present":[{"thread":1,"more":true,"members":[{"id":1,"name":"ana"}]},{"thread":1,"from":1,"members":[{"id":2,"name":"b"}]}]}`,
		`{"node":"b","present":[{"thread":1,"from":9223372036854775807,"members":[{"id":1,"name":"ana"}]}]}`,
		`{"node":"b","present":[{"thread":-1,"members":[{"id":0,"name":""}]}]}`, `{"node":"b","typing":[{"thread":1,"member":{"id":3,"name":"x"}}]}`,
		`{"node":"` + strings.Repeat("n", 65) + `"}`, "{\"node\":\"\xff\"}", `{"node":"b","present":{}}`, `{"node":7}`,
	} {
		f.Add([]byte(seed), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		h := deaf(1)
		h.topics[portal.ThreadTopic(1)].own = []person{{ID: 5, Name: "own"}}
		h.Hear(string(first))
		h.Hear(string(second))
		if said, ok := parseHint(string(first)); !ok && said.Node != "" {
			t.Fatalf("%q is refused and means %+v", first, said)
		}
		for name, p := range h.peers.known {
			if name == "" || len(name) > maxNodeName || len(p.present) > maxHeard || len(p.coming.Members) > maxPresent {
				t.Fatalf("of %q and %q is kept: %q, %+v", first, second, name, p)
			}
			for id, members := range p.present {
				if !isID(id) || len(members) == 0 || len(members) > maxPresent || slices.ContainsFunc(members, func(p person) bool { return !p.valid() }) {
					t.Fatalf("of %q and %q is kept: %d, %v", first, second, id, members)
				}
			}
		}
		if all := h.everywhere(1, h.topics[portal.ThreadTopic(1)].own); len(all) == 0 || len(all) > maxPresent {
			t.Fatalf("%d are there", len(all))
		}
		if said := h.nextHint(time.Now()); said != nil {
			if _, ok := parseHint(string(mustJSON(said))); !ok {
				t.Fatalf("another node would not understand %s", mustJSON(said))
			}
		}
	})
}

// TestAllIsToldInPieces has a node with more to tell than fits into one hint, in long names, and
// another that must know all of it afterwards, and nothing that was meanwhile taken back.
func TestAllIsToldInPieces(t *testing.T) {
	const threads = 40
	from, to := deaf(), deaf()
	for id := range int64(threads) {
		made := &topic{}
		for m := range id * 2 % (maxPresent + 1) {
			made.own = append(made.own, person{ID: m + 1, Name: strings.Repeat("<", portal.MaxName-3) + fmt.Sprint(100+m)})
		}
		from.topics[portal.ThreadTopic(id+1)] = made
	}
	to.Hear(string(mustJSON(hint{Node: from.peers.name, Present: []presentHint{{Thread: 999, Members: []person{{ID: 1, Name: "gone"}}}}})))
	from.Hear(string(mustJSON(hint{Node: to.peers.name, Ask: true})))
	for n := 0; ; n++ {
		for range maxTypings / 2 {
			from.peers.tellTyping(1, person{ID: 1, Name: strings.Repeat("<", portal.MaxName)})
		}
		waiting := from.peers.whole || len(from.peers.pieces)+len(from.peers.changed) > 0
		said := from.nextHint(time.Now())
		text := mustJSON(said)
		if len(text) > postgres.MaxHint {
			t.Fatalf("a hint of %d bytes", len(text))
		}
		to.Hear(string(text))
		if !waiting {
			t.Logf("told in %d hints", n)
			break
		}
		if n > 1000 {
			t.Fatal("there is no end of it")
		}
	}
	heard := to.peers.known[from.peers.name].present
	for id := range int64(threads + 1) {
		own := from.ownReaders(id)
		if got := heard[id]; !slices.Equal(got, own) {
			t.Errorf("of thread %d %d members are known, not %d", id, len(got), len(own))
		}
	}
	if _, still := heard[999]; still {
		t.Error("what was told before all was told is still believed")
	}
}

func TestALostPieceMeansNothing(t *testing.T) {
	h := deaf(7)
	var many []person
	for id := range int64(3 * maxPiece) {
		many = append(many, person{ID: id + 1, Name: "a"})
	}
	cut := pieces(7, many)
	hear := func(of ...presentHint) { h.Hear(string(mustJSON(hint{Node: "b", Present: of}))) }
	hear(cut[0], cut[2])
	if got := h.peers.known["b"].present[7]; got != nil {
		t.Errorf("without the second piece %d members are known", len(got))
	}
	hear(cut[0])
	hear(cut[1], cut[2])
	if got := h.peers.known["b"].present[7]; len(got) != len(many) {
		t.Errorf("of %d members %d are known", len(many), len(got))
	}
	for n := range 2 * maxPeers {
		h.Hear(string(mustJSON(hint{Node: fmt.Sprint("n", n), Present: cut[:1]})))
	}
	if len(h.peers.known) > maxPeers {
		t.Errorf("%d nodes are believed", len(h.peers.known))
	}
	if h.nextHint(time.Now().Add(41 * time.Second)); len(h.peers.known) != 0 {
		t.Errorf("%d nodes are still believed after 41 s of silence", len(h.peers.known))
	}
}
