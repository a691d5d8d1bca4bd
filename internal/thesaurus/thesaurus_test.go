package thesaurus_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
	"praxis/internal/thesaurus"
	"praxis/sql"
)

var ctx = context.Background()

var (
	moderator = portal.Identity{Viewer: portal.Viewer{MemberID: 1, Moderates: []int64{1}}}
	officer   = portal.Identity{Viewer: portal.Viewer{MemberID: 2, Officer: true}}
	member    = portal.Identity{Viewer: portal.Viewer{MemberID: 3, Workspaces: []int64{1}}}
)

func concept(t *testing.T, s *thesaurus.Service, key string) (portal.Concept, bool) {
	t.Helper()
	all, err := s.List(ctx, member)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(k portal.Concept) bool { return k.Key == key })
	if i < 0 {
		return portal.Concept{}, false
	}
	return all[i], true
}

func named(names ...string) map[string][]portal.ConceptName {
	list := []portal.ConceptName{}
	for _, n := range names {
		list = append(list, portal.ConceptName{Name: n})
	}
	return map[string][]portal.ConceptName{"en": list}
}

func text(s string) *string { return &s }

// Every portal begins with the whole thesaurus, once, whatever nodes start at once; what people changed or
// removed stays so at every later start. Nobody has done anything by it: a restore is not refused.
func TestSeed(t *testing.T) {
	db := storetest.Open(t)
	s := thesaurus.New(db)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := s.Seed(ctx, sql.Files); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := s.List(ctx, member)
	if err != nil || len(list) != 307 {
		t.Fatalf("the thesaurus has %d concepts (%v)", len(list), err)
	}
	k, _ := concept(t, s, "methamphetamine")
	if k.Broader == "" || k.NameIn("es").Name != "metanfetamina" || !slices.Contains(k.Names, portal.ConceptName{Language: "en", Name: "ice", Ordinary: true}) {
		t.Errorf("methamphetamine is %+v", k)
	}
	tramadol, _ := concept(t, s, "tramadol")
	if other, _ := concept(t, s, tramadol.Related[0]); !slices.Contains(other.Related, "tramadol") {
		t.Errorf("tramadol is related to %v, and that to %v", tramadol.Related, other.Related)
	}
	held, err := db.Holds(ctx, sql.Files)
	if err != nil || held.Used() || len(held.Others) != 0 {
		t.Errorf("the seed alone counts as use: %+v (%v)", held, err)
	}
	if err := s.Update(ctx, moderator, "methamphetamine", k.Version, thesaurus.Fields{Names: named("meth")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, officer, "tramadol", 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Seed(ctx, sql.Files); err != nil {
		t.Fatal(err)
	}
	if k, _ := concept(t, s, "methamphetamine"); len(k.In("en")) != 1 || k.NameIn("es").Name != "metanfetamina" {
		t.Errorf("after the next start it is called %v", k.Names)
	}
	if _, there := concept(t, s, "tramadol"); there {
		t.Error("what was removed came back")
	}
	if err := db.InTx(ctx, func(tx *postgres.Tx) error {
		return thesaurus.SeedTx(ctx, tx, []portal.Concept{{Key: "newer", Broader: "opioids", Related: []string{"heroin"}, Names: []portal.ConceptName{{Language: "en", Name: "newer"}}}})
	}); err != nil {
		t.Fatal(err)
	}
	if k, there := concept(t, s, "newer"); !there || k.Broader != "opioids" || !slices.Equal(k.Related, []string{"heroin"}) {
		t.Errorf("what a later version brings is %+v", k)
	}
}

// Moderators of any workspace and officers edit; members read; a visitor does neither.
func TestWhoEdits(t *testing.T) {
	s := thesaurus.New(storetest.Open(t))
	for who, want := range map[*portal.Identity]portal.ErrorKind{{}: portal.Unauthorized, &member: portal.Forbidden, &moderator: "", &officer: ""} {
		_, err := s.Create(ctx, *who, thesaurus.Fields{Names: named("x" + string(rune('a'+who.MemberID)))})
		if got := portal.KindOf(err); got != want || err != nil && want == "" {
			t.Errorf("member %d: %v", who.MemberID, err)
		}
		if want != "" {
			if err := s.Update(ctx, *who, "xb", 0, thesaurus.Fields{}); portal.KindOf(err) != want {
				t.Errorf("member %d changes: %v", who.MemberID, err)
			}
			if err := s.Remove(ctx, *who, "xb", 0); portal.KindOf(err) != want {
				t.Errorf("member %d removes: %v", who.MemberID, err)
			}
		}
	}
	if _, err := s.List(ctx, portal.Identity{}); portal.KindOf(err) != portal.Unauthorized {
		t.Errorf("a visitor reads: %v", err)
	}
}

// A concept stays in its place: no circle, nothing that is not there; who is late is told; the kinds of what
// is removed move up.
func TestPlaces(t *testing.T) {
	s := thesaurus.New(storetest.Open(t))
	for _, c := range [][2]string{{"a", ""}, {"b", "a"}, {"c", "b"}} {
		if _, err := s.Create(ctx, moderator, thesaurus.Fields{Names: named("concept " + c[0]), Broader: broader(c[1])}); err != nil {
			t.Fatal(err)
		}
	}
	for what, f := range map[string]thesaurus.Fields{"itself": {Broader: text("concept_a")}, "its kind": {Broader: text("concept_c")}, "nothing": {Broader: text("none")},
		"unknown": {Related: &[]string{"none"}}, "no name": {Names: named()}, "two names": {Names: named("one", "one")}} {
		if err := s.Update(ctx, moderator, "concept_a", 0, f); portal.KindOf(err) != portal.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.Update(ctx, moderator, "concept_b", 1, thesaurus.Fields{Note: text("first")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(ctx, moderator, "concept_b", 1, thesaurus.Fields{Note: text("second")}); portal.KindOf(err) != portal.Stale {
		t.Errorf("who is late: %v", err)
	}
	if err := s.Remove(ctx, moderator, "concept_b", 2); err != nil {
		t.Fatal(err)
	}
	if c, _ := concept(t, s, "concept_c"); c.Broader != "concept_a" {
		t.Errorf("the kind is now below %q", c.Broader)
	}
	if key, err := s.Create(ctx, moderator, thesaurus.Fields{Names: named("new")}); err != nil || key == "new" {
		t.Errorf("a concept is at /thesaurus/%s: %v", key, err)
	}
}

func broader(of string) *string {
	if of == "" {
		return nil
	}
	return text("concept_" + of)
}
