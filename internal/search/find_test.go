package search_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

func text(title, body string) portal.PracticeText {
	return portal.PracticeText{Title: title, Summary: body}
}

// TestFiltersAndFacets asks with each filter; a facet is counted without its own filter.
func TestFiltersAndFacets(t *testing.T) {
	w := newWorld(t)
	a := w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Naloxone at home", Language: "en", Country: "EC", Level: "local",
		Sectors: []string{"health"}, Topics: []string{"wg1"}, Substances: []string{"fentanyls"}},
		Evidence: &portal.Evidence{Rating: "monitored", Basis: "its own count"}}, portal.Published)
	b := w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Naloxone in prisons", Language: "pt-BR", Country: "TH", Level: "state",
		Sectors: []string{"health", "government"}}, Audience: portal.Audience{WorkspaceID: w.rooms[1]}}, portal.Published)
	thread := w.thread(portal.Thread{Title: "Who pays for naloxone?", Audience: portal.Audience{Handling: portal.Clear}})
	post := w.post(thread, w.members[2], "The ministry pays for **naloxone**.")
	w.relay()
	A, B, T, P := ref("practice", a), ref("practice", b), ref("thread", thread), ref("post", post)
	for name, c := range map[string]struct {
		q    search.Query
		want []string
	}{
		"no filter": {search.Query{}, []string{A, B, T, P}}, "kind": {search.Query{Kind: "post"}, []string{P}},
		"country": {search.Query{Country: "EC"}, []string{A}}, "workspace": {search.Query{Workspace: w.rooms[1]}, []string{B}},
		"language": {search.Query{Language: "pt"}, []string{B}}, "regional": {search.Query{Language: "pt-PT"}, []string{B}},
		"topic": {search.Query{Tag: "wg1"}, []string{A}}, "substance": {search.Query{Tag: "fentanyls"}, []string{A}},
		"sector": {search.Query{Sector: "government"}, []string{B}}, "level": {search.Query{Level: "local"}, []string{A}},
		"evidence": {search.Query{Evidence: "monitored"}, []string{A}}, "unknown": {search.Query{Kind: "nothing"}, []string{}},
		"from": {search.Query{From: time.Now().Add(-time.Hour)}, []string{A, B, T, P}}, "future": {search.Query{From: time.Now().Add(time.Hour)}, []string{}},
		"to": {search.Query{To: time.Now().Add(-time.Hour)}, []string{}}, "two": {search.Query{Sector: "health", Country: "TH"}, []string{B}},
	} {
		c.q.Text = "naloxone"
		got := w.found(portal.Viewer{}, c.q)
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: found %v, want %v", name, got, c.want)
		}
	}
	r := w.find(portal.Viewer{}, search.Query{Text: "naloxone", Country: "EC", Locale: "es"})
	if got := counts(r.Facets["sector"]); got != "health=1" {
		t.Errorf("sectors within EC: %s, want health=1", got)
	}
	if got := counts(r.Facets["country"]); got != "TH=2 AT=1 EC=1" {
		t.Errorf("countries without their own filter: %s, want TH=2 AT=1 EC=1", got)
	}
	for _, f := range r.Facets["sector"] {
		if f.Label != "Salud" {
			t.Errorf("label %q, want Salud", f.Label)
		}
	}
}

func counts(facets []search.Facet) string {
	var parts []string
	for _, f := range facets {
		parts = append(parts, f.Value+"="+strconv.Itoa(f.Count))
	}
	return strings.Join(parts, " ")
}

// TestHandling walks each label with those who may and may not see it.
func TestHandling(t *testing.T) {
	w := newWorld(t)
	author := w.members[1] // of TH
	byLabel := map[portal.Handling]int64{}
	for _, label := range portal.Handlings {
		p := portal.Practice{PracticeText: text("Zirconium "+string(label), ""), Audience: portal.Audience{Handling: label, AuthorID: author}}
		if label == portal.Red {
			p.Named = []int64{w.members[3]}
		}
		byLabel[label] = w.practice(p, portal.Published)
	}
	draft := w.practice(portal.Practice{PracticeText: text("Zirconium draft", "")}, portal.Draft)
	review := w.practice(portal.Practice{PracticeText: text("Zirconium review", "")}, portal.Submitted)
	w.relay()
	all := []int64{byLabel[portal.Clear], byLabel[portal.Green], byLabel[portal.Amber], byLabel[portal.AmberStrict], byLabel[portal.Red], draft, review}
	for name, c := range map[string]struct {
		v    portal.Viewer
		want []int64
	}{
		"visitor":        {portal.Viewer{}, all[:1]},
		"member":         {w.viewer(2), all[:2]},
		"of the room":    {w.viewer(2, w.rooms[0]), all[:3]},
		"compatriot":     {w.viewer(4, w.rooms[0]), all[:4]},
		"named":          {w.viewer(3), []int64{all[0], all[1], all[4]}},
		"author":         {w.viewer(1), all},
		"officer":        {w.viewer(0), []int64{all[0], all[1], all[2], all[3], review}},
		"a moderator":    {portal.Viewer{MemberID: w.members[2], Moderates: w.rooms[:1], Workspaces: w.rooms[:1]}, []int64{all[0], all[1], all[2], all[3], review}},
		"another room's": {portal.Viewer{MemberID: w.members[2], Moderates: w.rooms[1:], Workspaces: w.rooms[1:]}, all[:2]},
	} {
		for _, q := range []search.Query{{Text: "zirconium"}, {Kind: "practice"}, {Text: "zirconium", Sort: search.Newest}, {Text: `"zirconium"`}} {
			r := w.find(c.v, q)
			var got []int64
			for _, h := range r.Hits {
				got = append(got, h.ID)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) || r.Total != len(c.want) {
				t.Errorf("%s, %+v: found %v (total %d), want %v", name, q, got, r.Total, c.want)
			}
			if sum := sumOf(r.Facets["workspace"]); sum != len(c.want) {
				t.Errorf("%s: the facets count %d of %d", name, sum, len(c.want))
			}
		}
	}
}

func sumOf(facets []search.Facet) int {
	n := 0
	for _, f := range facets {
		n += f.Count
	}
	return n
}

func TestMembersAreFoundByWhatTheyShare(t *testing.T) {
	w := newWorld(t)
	w.tx(func(tx *postgres.Tx) error {
		m, err := tx.Member(ctx, w.members[2])
		if err != nil {
			return err
		}
		m.Sharing, m.Expertise = portal.Sharing{}, "cryptozoology"
		if err := tx.UpdateMember(ctx, m); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.MemberTopic(m.ID), portal.MemberChanged, portal.Ref{Kind: portal.KindMember, ID: m.ID}, 0, 0))
	})
	w.relay()
	for name, c := range map[string]struct {
		v    portal.Viewer
		text string
		want int
	}{
		"name, without accents": {w.viewer(2), "nunez", 1}, "shared by four": {w.viewer(2), "forensics", 4},
		"kept to herself": {w.viewer(0), "cryptozoology", 0}, "a visitor": {portal.Viewer{}, "forensics", 0},
		"her name stays": {w.viewer(1), "Somchai", 1}, "address": {w.viewer(0), "m1@example.org", 0},
	} {
		if got := w.find(c.v, search.Query{Text: c.text, Kind: "member"}); len(got.Hits) != c.want || got.Total != c.want {
			t.Errorf("%s: %d hits, total %d, want %d", name, len(got.Hits), got.Total, c.want)
		}
	}
	w.tx(func(tx *postgres.Tx) error {
		m, err := tx.Member(ctx, w.members[1])
		if err != nil {
			return err
		}
		m.Suspended = true
		if err := tx.UpdateMember(ctx, m); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.MemberTopic(m.ID), portal.MemberChanged, portal.Ref{Kind: portal.KindMember, ID: m.ID}, 0, 0))
	})
	w.relay()
	if got := w.find(w.viewer(2), search.Query{Text: "nunez"}); got.Total != 0 {
		t.Errorf("a suspended member is found: %+v", got.Hits)
	}
}

func TestHitsCarryWhatACardNeeds(t *testing.T) {
	w := newWorld(t)
	id := w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Kits für Gefängnisse", Language: "de", Summary: "Kurz.",
		Sections: map[string]string{"problem": "Nobody knew. **Overdoses** went unnoticed in the cells, and the guards had no training at all."}}}, portal.Published)
	thread := w.thread(portal.Thread{Title: "Guards", Audience: portal.Audience{Handling: portal.Clear}})
	post := w.post(thread, w.members[1], "Our guards carry *kits* now.")
	w.relay()
	r := w.find(portal.Viewer{}, search.Query{Text: "overdoses"})
	if len(r.Hits) != 1 || r.Hits[0].Practice == nil || r.Hits[0].URL != "/p/"+strconv.FormatInt(id, 10)+"-kits-fur-gefangnisse" || r.Hits[0].Handling != portal.Clear {
		t.Fatalf("%+v", r.Hits)
	}
	if got := render(r.Hits[0].Snippet); !strings.Contains(got, "[Overdoses] went unnoticed") {
		t.Errorf("snippet %q", got)
	}
	r = w.find(portal.Viewer{}, search.Query{Text: "guard kit", Kind: "post"})
	if len(r.Hits) != 1 || r.Hits[0].Thread == nil || !strings.HasSuffix(r.Hits[0].URL, "-guards#post-"+strconv.FormatInt(post, 10)) {
		t.Fatalf("%+v", r.Hits)
	}
	if got := render(r.Hits[0].Snippet); got != "Our [guards] carry [kits] now." {
		t.Errorf("snippet %q", got)
	}
}

func render(pieces []search.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Match {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestAttachmentsAreSearched(t *testing.T) {
	w := newWorld(t)
	id := w.practice(portal.Practice{PracticeText: text("Wastewater", "Sampling.")}, portal.Published)
	w.tx(func(tx *postgres.Tx) error {
		a, err := tx.InsertAttachment(ctx, postgres.Attachment{PracticeID: id, UploadedBy: w.members[1], Name: "protocol.pdf",
			MediaType: "application/pdf", Size: 9, SHA256: make([]byte, 32)})
		if err != nil {
			return err
		}
		if err := tx.SetAttachmentText(ctx, a, "read", "", []int64{1, 2}, []string{"A cover.", "Use the chromatograph for nitazenes."}); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.PracticeTopic(id), portal.AttachmentChanged, portal.Ref{Kind: portal.KindAttachment, ID: a}, 0, id))
	})
	w.relay()
	r := w.find(portal.Viewer{}, search.Query{Text: "chromatographs"})
	if len(r.Hits) != 1 || r.Hits[0].AttachmentName != "protocol.pdf" || r.Hits[0].AttachmentPage != 2 || r.Hits[0].AttachmentID == 0 {
		t.Fatalf("%+v", r.Hits)
	}
	if got := render(r.Hits[0].Snippet); got != "Use the [chromatograph] for nitazenes." {
		t.Errorf("snippet %q", got)
	}
}

func TestPagesOfAList(t *testing.T) {
	w := newWorld(t)
	for range 23 {
		w.practice(portal.Practice{PracticeText: text("Naloxone", "")}, portal.Published)
	}
	w.relay()
	for _, order := range []string{search.Relevance, search.Newest} {
		seen, q := map[int64]bool{}, search.Query{Text: "naloxone", Sort: order, Limit: 5}
		for range 6 {
			r := w.find(portal.Viewer{}, q)
			if r.Total != 23 {
				t.Errorf("%s: total %d", order, r.Total)
			}
			for _, h := range r.Hits {
				seen[h.ID] = true
			}
			if q.After = r.Next; r.Next == "" {
				break
			}
		}
		if len(seen) != 23 {
			t.Errorf("%s: %d of 23 came", order, len(seen))
		}
	}
	for _, bad := range []string{"x", "!!", "eyJzIjoibmV3ZXN0IiwiayI6WyJ4IiwieSJdfQ"} {
		if _, err := w.service.Find(ctx, portal.Viewer{}, search.Query{After: bad}); portal.KindOf(err) != portal.Malformed {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
}
