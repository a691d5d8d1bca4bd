package storytest

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// foundWithin is how long it may take from a commit until every node finds what was written. A machine that is
// busy elsewhere gets more for a single one, never for the half of them.
const (
	foundWithin = time.Second
	foundAtLast = 5 * time.Second
)

// TestEachNodeFindsAtOnce: what one node commits is found at both, within a second.
func TestEachNodeFindsAtOnce(t *testing.T) {
	database := Database(t)
	one, two := StartOn(t, database, nil), StartOn(t, database, nil)
	ana := one.As(t, "ana")
	nodes := []*Client{ana, two.As(t, "ana")}
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Two nodes", "body": "x"}).Want(201).Thing()
	var took []time.Duration
	for n := range 20 {
		word := fmt.Sprintf("zqxnode%c%c", 'a'+n, 'a'+n)
		ana.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": "Found as " + word}).Want(201)
		committed := time.Now()
		for i := 0; i < len(nodes); {
			if nodes[i].finds("exact=true&q="+word).Total == 1 {
				i++
				continue
			}
			if time.Since(committed) > foundAtLast {
				t.Fatalf("post %d is not found at node %d after %s", n, i+1, time.Since(committed))
			}
			time.Sleep(5 * time.Millisecond)
		}
		took = append(took, time.Since(committed))
	}
	slices.Sort(took)
	t.Logf("found at both nodes after %s (half of them), %s (the latest)", took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	if took[len(took)/2] > foundWithin {
		t.Errorf("half of them took longer than %s: %v", foundWithin, took)
	}
}
