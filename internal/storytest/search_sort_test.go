package storytest

import "testing"

// What many countries report having tried comes first in the order by adoptions, which goes through the
// whole list once; what is found is counted by programme, too.
func TestMostAdoptedOverTheAPI(t *testing.T) {
	p := Start(t, nil)
	somchai := p.As(t, "somchai")
	type answer struct {
		Items  []struct{ ID int64 }
		Total  int
		Next   *string
		Facets map[string][]struct {
			Value, Label string
			Count        int
		}
	}
	walk := func() (ids []int64, first answer) {
		for after := ""; ; {
			var page answer
			somchai.Do("GET", "/search?kind=practice&sort=adopted&limit=25&after="+after, nil).Want(200).Into(&page)
			if ids == nil {
				first = page
			}
			for _, hit := range page.Items {
				ids = append(ids, hit.ID)
			}
			if page.Next == nil {
				return ids, first
			}
			after = *page.Next
		}
	}
	before, page := walk()
	once := map[int64]bool{}
	for _, id := range before {
		once[id] = true
	}
	if len(once) != page.Total || len(before) != page.Total || page.Total < 26 {
		t.Errorf("%d hits, %d different, %d in all", len(before), len(once), page.Total)
	}
	if programmes := page.Facets["programme"]; len(programmes) == 0 || programmes[0].Count == 0 || programmes[0].Label == "" {
		t.Errorf("counted by programme: %v", programmes)
	} else {
		var narrowed answer
		somchai.Do("GET", "/search?kind=practice&programme="+programmes[0].Value, nil).Want(200).Into(&narrowed)
		if narrowed.Total != programmes[0].Count {
			t.Errorf("%d of the programme %s are found, %d were counted", narrowed.Total, programmes[0].Value, narrowed.Total)
		}
	}
	last := before[len(before)-1]
	for _, country := range []string{"TH", "EC", "PE", "EE", "DE", "AT", "MX", "LK"} {
		somchai.Do("POST", "/practices/"+itoa(last)+"/adoptions", map[string]any{"result": "worked", "country": country}).Want(201)
	}
	Eventually(t, "the practice comes first", func() bool {
		ids, _ := walk()
		return ids[0] == last
	})
	somchai.Do("GET", "/search?q=naloxone&sort=odd", nil).Want(422)
}
