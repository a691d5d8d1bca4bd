package search_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

// thing is one item of the generated world as the model knows it.
type thing struct {
	ref       string
	audience  portal.Audience
	hidden    bool // a hidden post
	thread    portal.Audience
	country   string
	workspace int64
	sectors   []string
}

// sees is what the rule of access says.
func (x thing) sees(v portal.Viewer) bool {
	if x.hidden {
		return v.CanSee(x.thread) && v.ModeratorOf(x.thread.WorkspaceID)
	}
	return v.CanSee(x.audience)
}

// TestSearchSeesWhatTheRuleSees: hits, totals and counts for generated viewers and filters equal
// what the rule of access gives over everything that there is.
func TestSearchSeesWhatTheRuleSees(t *testing.T) {
	w := newWorld(t)
	all := populate(t, w)
	w.relay()
	visible, checks := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		v := drawViewer(r, w)
		q := search.Query{Text: rapid.SampledFrom([]string{"naloxone", "", "naloxone kit", `"naloxone kit"`}).Draw(r, "text"),
			Country: rapid.SampledFrom([]string{"", "", "EC", "TH"}).Draw(r, "country"),
			Sector:  rapid.SampledFrom([]string{"", "", "health"}).Draw(r, "sector"), Limit: 100,
			Sort: rapid.SampledFrom([]string{search.Relevance, search.Newest}).Draw(r, "sort")}
		if rapid.Bool().Draw(r, "in a room") {
			q.Workspace = rapid.SampledFrom(w.rooms).Draw(r, "room")
		}
		want, countries := expected(all, v, q)
		result, err := w.service.Find(ctx, v, q)
		if err != nil {
			r.Fatal(err)
		}
		if result.Partial {
			return // a machine too busy for the limit says so, and proves nothing
		}
		got := []string{}
		for _, h := range result.Hits {
			if h.Kind != portal.KindMember {
				got = append(got, ref(string(h.Kind), h.ID))
			}
		}
		members := len(result.Hits) - len(got)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || result.Total != len(want)+members {
			r.Fatalf("%+v asks %+v:\nfound %v (total %d)\nwant  %v", v, q, got, result.Total, want)
		}
		if q.Text != "" {
			for _, f := range result.Facets["country"] {
				if countries[f.Value] != f.Count {
					r.Fatalf("%+v asks %+v: %s counts %d, want %d", v, q, f.Value, f.Count, countries[f.Value])
				}
				delete(countries, f.Value)
			}
			if len(countries) > 0 {
				r.Fatalf("%+v asks %+v: countries %v are not counted", v, q, countries)
			}
		}
		visible += len(want)
		checks++
	})
	if checks < 50 || visible == 0 {
		t.Errorf("%d checks with %d visible things tell nothing", checks, visible)
	}
}

// expected lists what a query must find, and counts the countries without their own filter.
func expected(all []thing, v portal.Viewer, q search.Query) (want []string, countries map[string]int) {
	want, countries = []string{}, map[string]int{}
	for _, x := range all {
		if !x.sees(v) || q.Workspace != 0 && q.Workspace != x.workspace || q.Sector != "" && !slices.Contains(x.sectors, q.Sector) {
			continue
		}
		if x.country != "" {
			countries[x.country]++
		}
		if q.Country == "" || q.Country == x.country {
			want = append(want, x.ref)
		}
	}
	return want, countries
}

// populate makes practices, threads and posts of all audiences, below one page of hits together.
func populate(t *testing.T, w *world) []thing {
	var all []thing
	statuses := []portal.Status{portal.Draft, portal.Submitted, portal.Published, portal.Published, portal.Archived}
	for i := range 45 {
		status := statuses[i%5]
		a := portal.Audience{Handling: portal.Handlings[i/5%5], WorkspaceID: w.rooms[i%3], AuthorID: w.members[i%4]}
		if a.Handling == portal.Red {
			a.Named = []int64{w.members[(i+1)%5]}
		}
		p := portal.Practice{PracticeText: text(fmt.Sprintf("Naloxone kit %d", i), ""), Audience: a}
		if p.Country = []string{"", "EC", "TH"}[i%3]; i%2 == 0 {
			p.Sectors = []string{"health"}
		}
		id := w.practice(p, status)
		stored, err := w.db.PracticesByID(ctx, []int64{id})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, thing{ref: ref("practice", id), audience: stored[0].Audience, country: p.Country, workspace: a.WorkspaceID, sectors: p.Sectors})
	}
	for i := range 10 {
		all = append(all, w.conversation(i)...)
	}
	return all
}

// conversation makes a thread with two posts, some of them hidden.
func (w *world) conversation(i int) []thing {
	a := portal.Audience{Handling: portal.Handlings[i%5], WorkspaceID: w.rooms[i%2], AuthorID: w.members[i%3]}
	if a.Handling == portal.Red {
		a.Named = []int64{w.members[3]}
	}
	id := w.thread(portal.Thread{Title: "Naloxone kit?", Audience: a})
	var posts []int64
	for range 2 {
		posts = append(posts, w.post(id, a.AuthorID, "Naloxone kit."))
	}
	if i == 3 {
		w.hide(portal.Ref{Kind: portal.KindThread, ID: id}, portal.ThreadChanged, id)
	}
	if i%2 == 0 {
		w.hide(portal.Ref{Kind: portal.KindPost, ID: posts[1]}, portal.PostEdited, id)
	}
	stored, err := w.db.ThreadsByID(ctx, []int64{id})
	if err != nil {
		w.t.Fatal(err)
	}
	country := stored[0].Author.Country
	all := []thing{{ref: ref("thread", id), audience: stored[0].Audience, country: country, workspace: a.WorkspaceID}}
	for n, p := range posts {
		all = append(all, thing{ref: ref("post", p), audience: stored[0].Audience, hidden: n == 1 && i%2 == 0,
			thread: stored[0].Audience, country: country, workspace: a.WorkspaceID})
	}
	return all
}

func drawViewer(r *rapid.T, w *world) portal.Viewer {
	if rapid.IntRange(0, 7).Draw(r, "visitor") == 0 {
		return portal.Viewer{}
	}
	v := portal.Viewer{MemberID: rapid.SampledFrom(w.members).Draw(r, "member"), Country: rapid.SampledFrom([]string{"", "EC", "TH"}).Draw(r, "from"),
		Officer: rapid.IntRange(0, 5).Draw(r, "officer") == 0}
	for _, room := range w.rooms {
		switch rapid.IntRange(0, 3).Draw(r, "role") {
		case 0:
			v.Workspaces, v.Moderates = append(v.Workspaces, room), append(v.Moderates, room)
		case 1:
			v.Workspaces = append(v.Workspaces, room)
		}
	}
	return v
}

// TestStaleIndexShowsNothing: between a change and its event the index is behind, and the second
// check against the database holds.
func TestStaleIndexShowsNothing(t *testing.T) {
	w := newWorld(t)
	thread := w.thread(portal.Thread{Title: "Naloxone", Audience: portal.Audience{Handling: portal.Clear}})
	post := w.post(thread, w.members[1], "Naloxone")
	kept := w.practice(portal.Practice{PracticeText: text("Naloxone", "")}, portal.Published)
	w.relay()
	w.relabel(thread, portal.Red) // committed, not yet relayed
	if got := w.found(portal.Viewer{}, search.Query{Text: "naloxone"}); !slices.Equal(got, []string{ref("practice", kept)}) {
		t.Errorf("found %v", got)
	}
	if r := w.find(portal.Viewer{}, search.Query{Text: "naloxone"}); r.Total != 1 {
		t.Errorf("total %d, want 1", r.Total)
	}
	w.relabel(thread, portal.Clear)
	w.tx(func(tx *postgres.Tx) error { return tx.DeletePost(ctx, post, w.members[1]) })
	if got := w.found(portal.Viewer{}, search.Query{Text: "naloxone", Kind: "post"}); len(got) != 0 {
		t.Errorf("a deleted post is shown: %v", got)
	}
}
