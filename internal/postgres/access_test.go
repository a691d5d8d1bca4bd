package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// The one rule of access has three forms. Generated viewers and audiences from a small world, so
// that they meet often, must be judged alike by all three: tens of thousands of cases.
func TestAccessFormsAgree(t *testing.T) {
	db := open(t)
	const rows = 400
	cases, seen := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		viewer := drawViewer(r)
		audiences := rapid.SliceOfN(rapid.Custom(drawAudience), rows, rows).Draw(r, "audiences")
		sql := judgeInSQL(r, db, viewer, audiences)
		terms := viewer.Terms()
		for i, a := range audiences {
			want := viewer.CanSee(a)
			index := slices.ContainsFunc(a.Terms(), func(term string) bool { return slices.Contains(terms, term) })
			if sql[i].sees != want || index != want {
				r.Fatalf("viewer %+v, audience %+v: Go says %v, SQL %v, index %v", viewer, a, want, sql[i].sees, index)
			}
			if want := viewer.Can(portal.ActReply, a); a.Shared && sql[i].replies != want {
				r.Fatalf("viewer %+v, audience %+v: may reply: Go says %v, SQL %v", viewer, a, want, sql[i].replies)
			}
			cases++
			if want {
				seen++
			}
		}
	})
	if cases < 20_000 || seen < cases/20 || seen > cases*19/20 {
		t.Errorf("%d cases with %d seen: too few, or too one-sided, to tell anything", cases, seen)
	}
	t.Logf("%d cases, %d seen", cases, seen)
}

func drawViewer(r *rapid.T) portal.Viewer {
	if rapid.IntRange(0, 9).Draw(r, "visitor") == 0 {
		return portal.Viewer{}
	}
	v := portal.Viewer{
		MemberID:     rapid.Int64Range(1, 4).Draw(r, "member"),
		Country:      rapid.SampledFrom([]string{"", "EC", "TH"}).Draw(r, "country"),
		Organization: rapid.SampledFrom([]string{"", "WHO", "WCO"}).Draw(r, "organization"),
		Officer:      rapid.IntRange(0, 5).Draw(r, "officer") == 0,
	}
	for w := int64(1); w <= 3; w++ {
		switch rapid.IntRange(0, 3).Draw(r, "role") {
		case 0:
			v.Workspaces, v.Moderates = append(v.Workspaces, w), append(v.Moderates, w)
		case 1:
			v.Workspaces = append(v.Workspaces, w)
		}
	}
	return v
}

func drawAudience(r *rapid.T) portal.Audience {
	a := portal.Audience{
		Stage:              rapid.SampledFrom([]portal.Stage{portal.StagePrivate, portal.StageReview, portal.StageOpen, portal.StageOpen}).Draw(r, "stage"),
		Handling:           rapid.SampledFrom(portal.Handlings).Draw(r, "handling"),
		WorkspaceID:        rapid.Int64Range(0, 3).Draw(r, "workspace"),
		AuthorID:           rapid.Int64Range(1, 5).Draw(r, "author"),
		AuthorCountry:      rapid.SampledFrom([]string{"", "EC", "TH"}).Draw(r, "country"),
		AuthorOrganization: rapid.SampledFrom([]string{"", "WHO", "WCO"}).Draw(r, "organization"),
		Shared:             rapid.Bool().Draw(r, "shared"),
	}
	if !a.Shared {
		a.CoAuthors = rapid.SliceOfNDistinct(rapid.Int64Range(1, 5), 0, 2, rapid.ID).Draw(r, "coauthors")
	}
	if a.Handling == portal.Red {
		a.Named = rapid.SliceOfNDistinct(rapid.Int64Range(1, 5), 0, 3, rapid.ID).Draw(r, "named")
	}
	return a
}

// arrayText writes a list as PostgreSQL's array.
func arrayText(r *rapid.T, ids []int64) string {
	list, err := pq.Array(append([]int64{}, ids...)).Value()
	if err != nil {
		r.Fatal(err)
	}
	return fmt.Sprint(list)
}

// judgeInSQL asks the predicate over rows with the audience's columns; workspace 0 is null, as in
// the tables.
// judgement is what the database says of a viewer and an item.
type judgement struct{ sees, replies bool }

func judgeInSQL(r *rapid.T, db *postgres.DB, v portal.Viewer, audiences []portal.Audience) []judgement {
	var stage, handling, country, organization, named, coauthors []string
	var workspace, author []int64
	var shared []bool
	for _, a := range audiences {
		stage, handling = append(stage, string(a.Stage)), append(handling, string(a.Handling))
		workspace, author = append(workspace, a.WorkspaceID), append(author, a.AuthorID)
		shared = append(shared, a.Shared)
		country, organization = append(country, a.AuthorCountry), append(organization, a.AuthorOrganization)
		named, coauthors = append(named, arrayText(r, a.Named)), append(coauthors, arrayText(r, a.CoAuthors))
	}
	rows, err := db.Raw().QueryContext(context.Background(), `
		with i as (
		    select n, stage, handling, nullif(workspace, 0) as workspace_id, author as author_id, country as author_country,
		        organization as author_organization, named::bigint[] as named, shared, coauthors::bigint[] as coauthors
		    from unnest($7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::boolean[], $15::text[])
		        with ordinality as u (stage, handling, workspace, author, country, organization, named, shared, coauthors, n))
		select case when shared then `+postgres.CanSeeThread("i", 1)+` else `+postgres.CanSee("i", 1)+` end, `+postgres.CanReply("i", 1)+` from i order by n`,
		v.MemberID, v.Country, v.Organization, v.Officer, pq.Array(append([]int64{}, v.Workspaces...)), pq.Array(append([]int64{}, v.Moderates...)),
		pq.Array(stage), pq.Array(handling), pq.Array(workspace), pq.Array(author), pq.Array(country), pq.Array(organization), pq.Array(named), pq.Array(shared), pq.Array(coauthors))
	if err != nil {
		r.Fatal(err)
	}
	defer rows.Close()
	var judged []judgement
	for rows.Next() {
		var j judgement
		if err := rows.Scan(&j.sees, &j.replies); err != nil { // nor may it be null
			r.Fatal(err)
		}
		judged = append(judged, j)
	}
	return judged
}
