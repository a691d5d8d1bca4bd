package search_test

import (
	"fmt"
	"slices"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

// told hands the log from a position on to the alerts, and gives whom they would tell of what.
func (w *world) told(a *search.Alerts, from *int64) []string {
	w.t.Helper()
	w.relay()
	hits := []string{}
	w.tx(func(tx *postgres.Tx) error {
		hits = hits[:0]
		events, err := tx.ReadLog(ctx, *from, postgres.MaxRead)
		if err != nil || len(events) == 0 {
			return err
		}
		found, err := a.Found(ctx, tx, events, 100)
		for _, h := range found {
			hits = append(hits, fmt.Sprintf("%s tells of %s/%d", h.Search.Name, h.Thing.Kind, h.Thing.ID))
		}
		*from = events[len(events)-1].Position
		return err
	})
	slices.Sort(hits)
	return hits
}

func (w *world) save(member int, name, query string) int64 {
	w.t.Helper()
	saved, err := w.service.Save(ctx, portal.Identity{Viewer: w.viewer(member)}, name, query)
	if err != nil {
		w.t.Fatal(err)
	}
	return saved.ID
}

func wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("told:\n%q, want\n%q", got, want)
	}
}

// Each new thing is told once to whoever saved a search that asks for it, in her own sight.
func TestSavedSearchesAlert(t *testing.T) {
	w := newWorld(t)
	w.speaks()
	alerts, position := search.NewAlerts(w.service), int64(0)
	w.says("en", "Fentanyl in the mail of last year", "Older than any search")
	w.save(2, "meaning", "q=fentanilo")
	w.save(2, "both words", "q=fentanyl+prisons")
	w.save(2, "without", "q=fentanyl+-mail")
	w.save(3, "by country", "country=TH&kind=practice")
	w.save(3, "in Spanish", "q=fentanyl&languages=es")
	w.save(3, "posts", "q=parcels&kind=post")
	w.save(1, "her own", "q=fentanyl")
	forgotten := w.save(3, "forgotten", "q=fentanyl")
	wants(t, w.told(alerts, &position))
	if err := w.service.Forget(ctx, portal.Identity{Viewer: w.viewer(3)}, forgotten); err != nil {
		t.Fatal(err)
	}
	first := w.says("en", "Fentanyl in parcels by mail", "Seen at the sorting office")
	wants(t, w.told(alerts, &position), "meaning tells of "+first)

	// An edition is not news, unless it is what somebody asks for only now.
	second := w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Test strips", Language: "en", Country: "TH"}}, portal.Published)
	wants(t, w.told(alerts, &position), "by country tells of "+ref("practice", second))
	again := func(title string) {
		w.tx(func(tx *postgres.Tx) error {
			p, err := tx.LockPractice(ctx, second)
			if err != nil {
				return err
			}
			p.Title = title
			if _, err := tx.UpdatePractice(ctx, p, postgres.Save{Editor: w.members[1], Why: "More is known"}); err != nil {
				return err
			}
			return tx.Record(ctx, event(portal.PracticeTopic(second), portal.PracticeChanged, portal.Ref{Kind: portal.KindPractice, ID: second}, 0, second))
		})
	}
	again("Test strips for fentanyl in prisons")
	wants(t, w.told(alerts, &position), "both words tells of "+ref("practice", second), "meaning tells of "+ref("practice", second), "without tells of "+ref("practice", second))
	again("Test strips for fentanyl in all prisons")
	wants(t, w.told(alerts, &position))

	// A thread that she may not see does not exist for her; a post is told of to
	// whoever asks for posts.
	w.thread(portal.Thread{Title: "Fentanyl by mail", Audience: portal.Audience{Handling: portal.Red, Named: []int64{w.members[4]}}})
	wants(t, w.told(alerts, &position))
	open := w.thread(portal.Thread{Title: "Fentanilo en el correo", Language: "es", Audience: portal.Audience{Handling: portal.Green}})
	post := w.post(open, w.members[1], "Parcels, and fentanyl in them")
	wants(t, w.told(alerts, &position), "meaning tells of "+ref("thread", open), "without tells of "+ref("thread", open), "in Spanish tells of "+ref("thread", open), "posts tells of "+ref("post", post))

	// Another node goes on where this one was, and knows what was saved meanwhile.
	other := search.NewAlerts(w.service)
	w.save(4, "later", "q=carfentanil")
	wants(t, w.told(other, &position))
	w.save(4, "latest", "q=xylazine")
	third := w.says("en", "Xylazine and carfentanil", "In one sample")
	wants(t, w.told(other, &position), "later tells of "+third, "latest tells of "+third)
	fourth := w.says("en", "Xylazine again", "In another sample")
	wants(t, w.told(alerts, &position), "latest tells of "+fourth)
}
