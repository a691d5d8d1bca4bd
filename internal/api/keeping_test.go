package api

import (
	"testing"

	"praxis/internal/portal"
)

// No body that may be larger than any that is looked at is read whole because its call has a key.
func TestLargeBodiesAreStreamed(t *testing.T) {
	large := 0
	for _, r := range (&API{}).Routes() {
		if r.Limit() <= portal.MaxBody || r.Method != post {
			continue
		}
		large++
		if r.keeping() != streamed {
			t.Errorf("%s is read whole", r.Path)
		}
	}
	if large < 4 {
		t.Errorf("only %d calls take files", large)
	}
}
