package index_test

import (
	"cmp"
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// shelf is what ought to be in an index.
type shelf map[portal.Ref]index.Document

// draw makes a document of a few values, so that they meet.
func draw(r *rand.Rand, id int64) index.Document {
	some := func(values ...string) string { return values[r.IntN(len(values))] }
	var several []string
	for _, v := range []string{"t1", "t2", "t3", "t4"} {
		if r.IntN(3) == 0 {
			several = append(several, v)
		}
	}
	d := index.Document{Kind: portal.Kind(some("practice", "post", "post", "thread")), ID: id, Language: some("", "en", "es", "ar"),
		Country: some("", "EC", "TH", "PE"), Workspace: int64(r.IntN(3)), Created: time.UnixMilli(1_700_000_000_000 + r.Int64N(50)),
		Programme: some("", "p1", "p2"), Access: []string{some("all", "members", "w:1", "w:2", "m:7")},
		Texts: []index.Text{{Field: index.Body, Language: "en", Value: some("drill", "drill and valve", "valve", "nothing")}}}
	if d.Kind == "practice" {
		d.Sectors, d.Tags = several[:min(1, len(several))], several
		d.Level, d.Evidence = some("", "national", "local"), some("", "evaluated", "recommended")
		d.Adoptions = max(0, r.IntN(9)-5)
		if r.IntN(3) == 0 {
			d.Due = time.UnixMilli(1_600_000_000_000 + r.Int64N(9))
		}
	}
	return d
}

func drawRequest(r *rand.Rand) index.Request {
	q := index.Request{Access: [][]string{{"all"}, {"all", "members", "w:1"}, {"all", "members", "w:2", "m:7"}, {"all", "members", "w:1", "w:2"}, nil}[r.IntN(5)],
		Limit: 1000, Newest: r.IntN(2) == 0, Facets: everyFacet}
	switch r.IntN(6) {
	case 0:
		q.Words = index.QueryWords("drill")
	case 1:
		q.Words = index.QueryWords("drill valve")
	case 2:
		q.Must, q.Words = index.QueryWords("valve"), index.QueryWords("drill")
	case 3:
		q.Words, q.MustNot = index.QueryWords("drill"), index.QueryWords("valve")
	case 4:
		q.MustNot = index.QueryWords("valve")
	}
	for field, values := range map[index.Field][]string{index.Country: {"EC", "TH"}, index.Kind: {"practice", "post"}, index.Tag: {"t1", "t2"},
		index.Sector: {"", "t1"}, index.Evidence: {"evaluated"}, index.Language: {"en", ""}, index.Workspace: {"1"}, index.Programme: {"p1"}} {
		if r.IntN(6) == 0 {
			q.Filters = append(q.Filters, index.Filter{Field: field, Values: values[:1+r.IntN(len(values))]})
		}
	}
	if r.IntN(6) == 0 { // chosen on the page and typed into the question
		q.Filters = append(q.Filters, index.Filter{Field: index.Country, Values: []string{"TH"}})
	}
	if r.IntN(5) == 0 {
		q.From = time.UnixMilli(1_700_000_000_010)
	}
	if r.IntN(5) == 0 {
		q.To = time.UnixMilli(1_700_000_000_040)
	}
	return q
}

var everyFacet = []index.Field{index.Kind, index.Language, index.Country, index.Workspace, index.Programme, index.Level, index.Evidence, index.Sector, index.Tag}

func valuesOf(d index.Document, f index.Field) []string {
	one := map[index.Field]string{index.Kind: string(d.Kind), index.Language: d.Language, index.Country: d.Country, index.Programme: d.Programme,
		index.Level: d.Level, index.Evidence: d.Evidence}[f]
	switch {
	case f == index.Sector:
		return d.Sectors
	case f == index.Tag:
		return d.Tags
	case f == index.Workspace && d.Workspace != 0:
		return []string{strconv.FormatInt(d.Workspace, 10)}
	case one != "":
		return []string{one}
	}
	return nil
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
}

// worded tells whether a document's words answer a request.
func worded(d index.Document, q index.Request) bool {
	has := func(words []index.Word) (all, any bool) {
		all = true
		for _, w := range words {
			in := strings.Contains(d.Texts[0].Value, w.Typed)
			all, any = all && in, any || in
		}
		return all, any
	}
	needed, _ := has(q.Must)
	_, unwanted := has(q.MustNot)
	_, found := has(slices.Concat(q.Words, q.Must))
	return needed && !unwanted && (found || len(q.Words)+len(q.Must) == 0)
}

// answer is what a request must bring, reckoned from the documents one by one.
func (s shelf) answer(q index.Request) (hits []string, facets map[index.Field]map[string]int) {
	facets = map[index.Field]map[string]int{}
	for _, f := range everyFacet {
		facets[f] = map[string]int{}
	}
	hits = []string{}
	for ref, d := range s {
		if !meet(d.Access, q.Access) || !worded(d, q) || !q.From.IsZero() && d.Created.Before(q.From) || !q.To.IsZero() && !d.Created.Before(q.To) {
			continue
		}
		missed := map[index.Field]bool{}
		for _, f := range q.Filters {
			values := valuesOf(d, f.Field)
			if !meet(values, f.Values) && !(len(values) == 0 && slices.Contains(f.Values, "")) {
				missed[f.Field] = true
			}
		}
		if len(missed) == 0 {
			hits = append(hits, name(ref))
		}
		for _, f := range everyFacet {
			if len(missed) == 0 || len(missed) == 1 && missed[f] {
				for _, v := range valuesOf(d, f) {
					facets[f][v]++
				}
			}
		}
	}
	slices.Sort(hits)
	return hits, facets
}

func name(r portal.Ref) string { return string(r.Kind) + "/" + strconv.FormatInt(r.ID, 10) }

// TestColumnsAnswerAsTheDocumentsDo: hits, totals and every facet of generated requests equal what the
// documents say one by one, while they are written, written again, taken away and merged; and they are
// the same before columns are there.
func TestColumnsAnswerAsTheDocumentsDo(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 8))
		x, there := live(t), shelf{}
		found := 0
		for round := range 12 {
			var b index.Batch
			for range 1 + r.IntN(40) {
				d := draw(r, r.Int64N(150))
				ref := portal.Ref{Kind: d.Kind, ID: d.ID}
				if r.IntN(4) == 0 {
					b.Delete = append(b.Delete, ref)
					delete(there, ref)
				} else if !slices.ContainsFunc(b.Put, func(o index.Document) bool { return o.ID == d.ID }) && !slices.Contains(b.Delete, ref) {
					b.Put = append(b.Put, d)
					there[ref] = d
				}
			}
			b.Delete = slices.DeleteFunc(b.Delete, func(ref portal.Ref) bool { _, ok := there[ref]; return ok })
			if err := x.Apply(b); err != nil {
				t.Fatal(err)
			}
			if round%4 == 3 {
				if err := x.Merge(); err != nil {
					t.Fatal(err)
				}
			}
			for range 30 {
				q := drawRequest(r)
				q.Languages = []string{"es"}
				x.WithoutColumns(false)
				with := compare(t, x, there, q)
				x.WithoutColumns(true)
				if without := compare(t, x, there, q); !reflect.DeepEqual(with, without) {
					t.Errorf("%+v: with columns %v, without %v", q, with, without)
				}
				found += len(with)
			}
			if t.Failed() {
				t.Fatalf("seed %d, round %d", seed, round)
			}
		}
		if found == 0 {
			t.Error("nothing was ever found, which proves nothing")
		}
	}
}

func compare(t *testing.T, x *index.Index, there shelf, q index.Request) []index.Hit {
	t.Helper()
	answer, err := x.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	want, facets := there.answer(q)
	got := []string{}
	for i, h := range answer.Hits {
		got = append(got, name(h.Ref))
		if i > 0 && q.Newest && order(there, answer.Hits[i-1].Ref, h.Ref) >= 0 {
			t.Errorf("%+v: %v comes before %v", q, answer.Hits[i-1].Ref, h.Ref)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || answer.Total != len(want) {
		t.Errorf("%+v:\nfound %v (total %d)\nwant  %v", q, got, answer.Total, want)
	}
	for _, f := range everyFacet {
		for _, c := range answer.Facets[f] {
			if facets[f][c.Value] != c.Count {
				t.Errorf("%+v: %s %s counts %d, want %d", q, f, c.Value, c.Count, facets[f][c.Value])
			}
			delete(facets[f], c.Value)
		}
		if len(facets[f]) > 0 {
			t.Errorf("%+v: %s: not counted: %v", q, f, facets[f])
		}
	}
	return answer.Hits
}

// order is how two documents lie in a list by date.
func order(s shelf, a, b portal.Ref) int {
	return cmp.Or(s[b].Created.Compare(s[a].Created), cmp.Compare(name(a), name(b)))
}

// TestColumnsOfGoneSegmentsAreForgotten: after a merge only the columns of what is there are kept, whose
// documents take few bytes each.
func TestColumnsOfGoneSegmentsAreForgotten(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 8))
	x := live(t)
	for part := range int64(5) {
		var b index.Batch
		for i := range int64(600) {
			d := draw(r, part*600+i)
			if i%6 != 0 { // as many posts for each practice as a portal has
				d.Kind, d.Sectors, d.Tags, d.Level, d.Evidence, d.Due, d.Adoptions = portal.KindPost, nil, nil, "", "", time.Time{}, 0
			}
			b.Put = append(b.Put, d)
		}
		if err := x.Apply(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Merge(); err != nil {
		t.Fatal(err)
	}
	bytes, documents, err := x.ColumnBytes()
	if err != nil || documents != 3000 || bytes > 25*documents {
		t.Errorf("%d bytes of columns for %d documents, %v", bytes, documents, err)
	}
	if kept, there, err := x.Loaded(); kept != there || err != nil {
		t.Errorf("columns of %d segments are kept, %d are there, %v", kept, there, err)
	}
}
