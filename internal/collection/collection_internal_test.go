package collection

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"praxis/internal/portal"
)

func ids(items []portal.CollectionItem) []int64 {
	list := make([]int64, len(items))
	for i, item := range items {
		list[i] = item.PracticeID
	}
	return list
}

func items(list ...int64) []portal.CollectionItem {
	made := make([]portal.CollectionItem, len(list))
	for i, id := range list {
		made[i].PracticeID = id
	}
	return made
}

// What a moderator may not see stays behind what it stood behind, whatever she does with the rest.
func TestMerge(t *testing.T) {
	even := func(id int64) bool { return id%2 == 0 } // she sees the even ones
	for _, c := range []struct{ old, wanted, want []int64 }{
		{[]int64{2, 4}, []int64{4, 2}, []int64{4, 2}},
		{[]int64{1, 2, 3, 4}, []int64{4, 2}, []int64{1, 4, 2, 3}},
		{[]int64{2, 3, 4, 5}, []int64{2}, []int64{2, 3, 5}},
		{[]int64{2, 3}, nil, []int64{3}},
		{[]int64{1}, []int64{6}, []int64{1, 6}},
	} {
		if got := ids(merge(items(c.old...), items(c.wanted...), even)); !slices.Equal(got, c.want) {
			t.Errorf("%v to %v gives %v, not %v", c.old, c.wanted, got, c.want)
		}
	}
}

// Nothing is lost and nothing doubled; what is seen comes in the order that is wanted.
func TestMergeLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		distinct := rapid.SliceOfNDistinct(rapid.Int64Range(1, 30), 0, 15, rapid.ID[int64])
		old := distinct.Draw(t, "old")
		odd := func(id int64) bool { return id%2 == 1 }
		wanted := slices.DeleteFunc(distinct.Draw(t, "wanted"), func(id int64) bool { return id%2 == 0 })
		got := ids(merge(items(old...), items(wanted...), odd))
		seen := slices.DeleteFunc(slices.Clone(got), func(id int64) bool { return id%2 == 0 })
		hidden := slices.DeleteFunc(slices.Clone(got), odd)
		before := slices.DeleteFunc(slices.Clone(old), odd)
		slices.Sort(hidden)
		slices.Sort(before)
		if !slices.Equal(seen, wanted) || !slices.Equal(hidden, before) {
			t.Fatalf("%v to %v gives %v", old, wanted, got)
		}
	})
}
