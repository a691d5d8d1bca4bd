package storytest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/postgres"
)

// TestTypingReachesTheOtherNode has two whole portals on one database: who types at the one is told
// at the other.
func TestTypingReachesTheOtherNode(t *testing.T) {
	database := Database(t)
	one, two := StartOn(t, database, nil), StartOn(t, database, nil)
	ana, somchai := one.As(t, "ana"), two.As(t, "somchai")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Two nodes", "body": "x"}).Want(201).Thing()
	topic := "thread:" + itoa(thread.ID)
	hers, his := Dial(ana), Dial(somchai)
	hers.subscribe(topic, 0)
	his.subscribe(topic, 0)
	over := make(chan struct{})
	typed := make(chan struct{})
	go func() { // she types on: the nodes may still be getting to know each other
		defer close(typed)
		for tick := time.NewTicker(1100 * time.Millisecond); ; {
			select {
			case <-over:
				tick.Stop()
				return
			case <-tick.C:
				_ = hers.conn.WriteJSON(map[string]any{"op": "typing", "topic": topic}) // he waits for it
			}
		}
	}()
	his.until("typing", topic)
	close(over)
	<-typed
}

// A test's portal leads on the index that its template has; to build one takes longer than all else.
func TestPortalsLeadOnTheKeptIndex(t *testing.T) {
	p := Start(t, nil)
	names := func(dir string) (list []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() {
				list = append(list, e.Name())
			}
		}
		return list
	}
	kept, own := names(filepath.Join(pgtest.Folder(), "index")), names(p.Settings.Sub("index"))
	if len(kept) == 0 || !slices.Equal(kept, own) {
		t.Errorf("the portal's index is %v, the kept one %v", own, kept)
	}
}

// Times are UTC whatever the server's own clock shows, and whatever the address asks for.
func TestTimesAreUTCOnAnyServer(t *testing.T) {
	database := Database(t)
	db, err := postgres.Open(database, postgres.Options{Owner: true, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Raw().Exec(`do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Asia/Kathmandu'); end $$`)
	db.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{database, database + " TimeZone=Asia/Tehran"} {
		ana := StartOn(t, address, nil).As(t, "ana")
		ana.Do("POST", "/tokens", map[string]any{"name": "script", "scopes": []string{"read"}, "expires_in_days": 7}).Want(201)
		ana.Do("POST", "/searches", map[string]any{"name": "Saved", "query": "q=naloxone"}).Want(201)
		for _, path := range []string{"/tokens", "/searches", "/me"} {
			if body := string(ana.Do("GET", path, nil).Want(200).Body); strings.Contains(body, "+05:45") || strings.Contains(body, "+03:30") {
				t.Errorf("%s tells local times: %s", path, body)
			}
		}
	}
}
