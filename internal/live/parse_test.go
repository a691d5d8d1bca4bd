package live

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"praxis/internal/portal"
)

// FuzzParse holds that whatever a client sends is either refused or within bounds, and means the
// same when it is written again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"op":"subscribe","topic":"thread:12","after":1795532464807}`, `{"op":"unsubscribe","topic":"me"}`,
		`{"op":"typing","topic":"thread:1"}`, `{"op":"ping"}`, `[{"op":"ping"},{"op":"ping"}]`, `[]`, `{}`, `null`, ``, ` [ null ] `,
		`{"op":"subscribe","topic":"thread:1","after":1e3}`, `{"op":"subscribe","after":9007199254740992}`,
		`{"op":"subscribe","topic":"workspace:0"}`, `{"OP":"ping"}`, "{\"op\":\"\xff\"}", `[[[[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		requests, err := parse(frame)
		if err != nil {
			if len(requests) > 0 {
				t.Fatalf("%q is refused (%v) and gives %d requests", frame, err, len(requests))
			}
			return
		}
		if !utf8.Valid(frame) || len(requests) > maxRequests {
			t.Fatalf("%q gives %d requests", frame, len(requests))
		}
		for _, r := range requests {
			if r.Op == "" || r.After != nil && (*r.After < 0 || *r.After > maxPosition) {
				t.Fatalf("%q gives %+v", frame, r)
			}
			if at, ok := targetOf(r.Topic, portal.Viewer{MemberID: 7}); ok {
				if at.name != r.Topic || at.kind == memberKind && at.id != 7 || at.kind != moderationKind && at.id <= 0 {
					t.Fatalf("the topic %q is read as %+v", r.Topic, at)
				}
			}
		}
		again, err := json.Marshal(requests)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := parse(again); err != nil || len(second) != len(requests) {
			t.Fatalf("%q is written again as %q, which is read as %v (%v)", frame, again, second, err)
		}
	})
}

func TestPackKeepsOrderAndBounds(t *testing.T) {
	var objects []line
	for i := range 2000 {
		objects = append(objects, line{at: int64(i), text: mustJSON(map[string]any{"n": i, "text": string(make([]byte, i%700))})})
	}
	n := 0
	for _, m := range pack(objects, true) {
		if len(m.body) > maxFrame {
			t.Errorf("a message of %d bytes", len(m.body))
		}
		frame := appendFrame(nil, []*message{m})
		var many []struct{ N int }
		if m.count == 1 {
			frame = append(append([]byte{'['}, frame...), ']')
		}
		if err := json.Unmarshal(frame, &many); err != nil || len(many) != m.count {
			t.Fatalf("a message of %d is read as %d: %v", m.count, len(many), err)
		}
		for _, one := range many {
			if one.N != n {
				t.Fatalf("number %d comes where %d should", one.N, n)
			}
			n++
		}
	}
	if n != len(objects) {
		t.Errorf("%d of %d objects are packed", n, len(objects))
	}
}
