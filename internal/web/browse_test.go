package web_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

var facetLink = regexp.MustCompile(`<li><a href="(/library\?[^"]+)"(?: aria-current="true")?><bdi>[^<]*</bdi> <span>([0-9]+)</span>`)

// Every facet of the library leads to as many practices as it says, whoever asks.
func TestFacetsLeadToWhatTheySay(t *testing.T) {
	w := newWorld(t)
	for _, who := range []string{visitor, karim, ana, officer} {
		body := w.page(t, who, "/library")
		links, kinds := facetLink.FindAllStringSubmatch(body, -1), map[string]bool{}
		for _, m := range links {
			address := html.UnescapeString(m[1])
			name, value, _ := strings.Cut(strings.TrimPrefix(address, "/library?"), "=")
			kinds[name] = true
			if got := w.listed(t, who, name, value); fmt.Sprint(got) != m[2] {
				t.Errorf("%q: %s says %s and leads to %d", who, address, m[2], got)
			}
		}
		for _, kind := range []string{"tag", "sector", "level", "country", "programme", "evidence", "language"} {
			if !kinds[kind] && who != visitor {
				t.Errorf("%q cannot browse by %s", who, kind)
			}
		}
	}
}

// listed counts what the store lists for one filter.
func (w *world) listed(t *testing.T, who, name, value string) int {
	t.Helper()
	f := postgres.PracticeFilter{Page: portal.Page{Limit: 1000}}
	switch name {
	case "tag":
		f.Tag = value
	case "sector":
		f.Sector = value
	case "level":
		f.Level = value
	case "country":
		f.Country = value
	case "programme":
		f.Programme = value
	case "evidence":
		f.Evidence = value
	case "language":
		f.Language = value
	case "workspace":
		_, err := fmt.Sscan(value, &f.Workspace)
		must(t, err)
	default:
		t.Fatalf("an unknown filter %q", name)
	}
	list, err := w.f.Practices.List(ctx, w.who(t, who), f)
	must(t, err)
	return len(list)
}

// A property is counted without its own filter and with all others.
func TestFacetsIgnoreTheirOwnFilter(t *testing.T) {
	w := newWorld(t)
	who := w.who(t, officer)
	free, err := w.f.Practices.CountLibrary(ctx, who, postgres.PracticeFilter{})
	must(t, err)
	sector, level := free["sector"][0], free["level"][0]
	one, err := w.f.Practices.CountLibrary(ctx, who, postgres.PracticeFilter{Sector: sector.Value})
	must(t, err)
	if fmt.Sprint(one["sector"]) != fmt.Sprint(free["sector"]) || one.Total() != sector.N {
		t.Errorf("in %s there are %d, and the sectors are %v, not %v", sector.Value, one.Total(), one["sector"], free["sector"])
	}
	both, err := w.f.Practices.CountLibrary(ctx, who, postgres.PracticeFilter{Sector: sector.Value, Level: level.Value})
	must(t, err)
	if fmt.Sprint(both["level"]) != fmt.Sprint(one["level"]) {
		t.Errorf("with a level chosen the levels are %v, not %v", both["level"], one["level"])
	}
	for _, c := range both["sector"] {
		list, err := w.f.Practices.List(ctx, who, postgres.PracticeFilter{Sector: c.Value, Level: level.Value, Page: portal.Page{Limit: 1000}})
		must(t, err)
		if len(list) != c.N {
			t.Errorf("with a level chosen %s says %d and has %d", c.Value, c.N, len(list))
		}
	}
}

func TestPlacesHaveTheirPages(t *testing.T) {
	w := newWorld(t)
	for _, v := range []visit{
		{visitor, "/countries", 200, []string{"Ecuador", "World Customs Organization", `class="map"`, `href="/countries/EC"`, `href="/organizations/WCO"`}, []string{"<td class=\"num\">0"}},
		{visitor, "/countries/EC", 200, []string{"Ecuador", "Member of the coalition."}, []string{"TLP:GREEN", "TLP:AMBER", "Ana Molina</bdi></a>", `href="/directory`}},
		{visitor, "/countries/ec", 301, nil, nil},
		{visitor, "/countries/XX", 404, nil, nil},
		{visitor, "/organizations/NONE", 404, nil, nil},
		{lena, "/countries/EC", 200, []string{"Ana Molina", `href="/directory?country=EC"`}, nil},
		{officer, "/countries/EE", 200, []string{"Estonia", `href="/library?country=EE"`, "TLP:CLEAR"}, nil},
		{visitor, "/countries/AF", 200, []string{"Not a member of the coalition."}, nil},
		{visitor, "/organizations/WCO", 200, []string{"World Customs Organization"}, []string{`href="/m/`}},
		{karim, "/countries/EC", 200, nil, []string{"TLP:AMBER"}},
		{ana, "/organizations/UNODC", 200, nil, nil},
	} {
		t.Run(v.who+v.path, func(t *testing.T) {
			rec := w.get(t, v.who, v.path)
			if rec.Code != v.status {
				t.Fatalf("status %d, not %d", rec.Code, v.status)
			}
			if rec.Code < 300 {
				lang := map[string][2]string{ana: {"es", "ltr"}, karim: {"ar", "rtl"}}[v.who]
				if lang[0] == "" {
					lang = [2]string{"en", "ltr"}
				}
				w.sound(t, rec, lang[0], lang[1])
			}
			w.wants(t, rec.Body.String(), v.contains, v.lacks)
		})
	}
}

// What was published since a member was here is marked for her, and for nobody who may not see it.
func TestNewSinceTheLastVisit(t *testing.T) {
	w := newWorld(t)
	ago := func(who, column string, minutes int) {
		_, err := w.db.Raw().Exec(`update members set `+column+` = now() - make_interval(mins => $2) where id = $1`, w.who(t, who).MemberID, minutes)
		must(t, err)
	}
	stood := func(who, column string) time.Time {
		var at *time.Time
		must(t, w.db.Raw().QueryRow(`select `+column+` from members where id = $1`, w.who(t, who).MemberID).Scan(&at))
		if at == nil {
			return time.Time{}
		}
		return *at
	}
	const mark = "<mark>New</mark>"
	for _, path := range []string{"/", "/library"} {
		w.wants(t, w.page(t, lena, path), nil, []string{mark, "since your last visit"}) // a first visit
	}
	first := stood(lena, "visited_at")
	w.page(t, lena, "/library")
	if got := stood(lena, "visited_at"); first.IsZero() || !got.Equal(first) {
		t.Errorf("two pages in a moment: seen at %v and at %v", first, got)
	}
	p := w.amber(t) // Ana reads it, Karim does not
	for _, who := range []string{ana, karim} {
		w.page(t, who, "/library")
		ago(who, "visited_at", 60)
	}
	_, err := w.db.Raw().Exec(`update practices set published_at = now() - interval '2 hours' where published_at is not null`)
	must(t, err)
	_, err = w.db.Raw().Exec(`update practices set published_at = now() - interval '5 minutes', author_id = (select id from members where email = $2) where id = $1`, p.ID, moderator)
	must(t, err)
	for _, path := range []string{"/", "/library"} {
		w.wants(t, w.page(t, ana, path), []string{mark, "1 new since your last visit"}, nil)
		w.wants(t, w.page(t, karim, path), nil, []string{mark, "since your last visit"})
		w.wants(t, w.page(t, visitor, path), nil, []string{mark, "since your last visit"})
	}
	before := stood(ana, "previous_visit_at")
	if since := time.Since(before); since < 59*time.Minute || since > 61*time.Minute {
		t.Errorf("she was here before %v ago, want an hour", since)
	}
	logged := w.logged(t)
	ago(ana, "visited_at", 15) // still the same visit
	w.wants(t, w.page(t, ana, "/library"), []string{mark}, nil)
	if got := stood(ana, "previous_visit_at"); !got.Equal(before) {
		t.Errorf("within a visit the one before moved to %v", got)
	}
	if n := w.logged(t) - logged; n != 0 {
		t.Errorf("a visit wrote %d events", n)
	}
}

func (w *world) logged(t *testing.T) (n int) {
	t.Helper()
	must(t, w.db.Raw().QueryRow(`select count(*) from events`).Scan(&n))
	return n
}

// What may not be seen counts nowhere.
func TestCountsOfOutsidersKnowNothing(t *testing.T) {
	w := newWorld(t)
	pages := []string{"/library", "/countries", "/countries/NR", "/organizations/WCO", "/library?country=NR"}
	p := w.amber(t)
	before := map[string]string{}
	for _, who := range []string{visitor, karim} {
		for _, path := range pages {
			before[who+path] = plain(w.page(t, who, path))
		}
	}
	_, err := w.db.Raw().Exec(`update practices set country = 'NR', organization = 'WCO', level = 'local', topics = '{coca}', evidence_rating = null, evidence_by = null where id = $1`, p.ID)
	must(t, err)
	for _, who := range []string{visitor, karim} {
		for _, path := range pages {
			if got := plain(w.page(t, who, path)); got != before[who+path] {
				t.Errorf("%s of %q knows of what may not be seen", path, who)
			}
		}
	}
	for _, path := range []string{"/countries/NR", "/organizations/WCO", "/library?country=NR"} {
		w.wants(t, w.page(t, ana, path), []string{p.Title}, nil)
	}
	if rec := w.get(t, visitor, "/library?country=NR"); rec.Code != http.StatusOK {
		t.Errorf("status %d", rec.Code)
	}
}

// A filter that is on can be seen and taken off, also where nothing was counted for it.
func TestChosenFiltersAreAlwaysThere(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/library?country=NR", "/library?tag=nothing", "/library?sector=%3Cscript%3E", "/library?level=x", "/library?workspace=999999", "/library?language=mi",
		"/library?programme=none", "/library?evidence=none", "/adoptions?country=NR", "/adoptions?result=unheard", "/adoptions?year=1999"} {
		list, _, _ := strings.Cut(path, "?")
		body := w.page(t, ana, path+"&lang=en")
		if chips := regexp.MustCompile(`(?s)<ul class="chips.*?</ul>`).FindString(body); !strings.Contains(chips, `href="`+list+`"`) {
			t.Errorf("%s has the chips %s", path, chips)
		}
	}
	w.wants(t, w.page(t, ana, "/library?country=NR&lang=en"), []string{"Nauru"}, nil)
}

// The library's map leads to the one with numbers, of what the library is narrowed to; each number stands in
// its square and in the table, and what else it says is of all.
func TestMapSaysHowMany(t *testing.T) {
	w := newWorld(t)
	library := w.page(t, visitor, "/library?lang=en&sector=health")
	w.wants(t, library, []string{`href="/countries?sector=health"`}, nil)
	w.wants(t, w.page(t, visitor, "/library?lang=en"), []string{`href="/countries"`}, nil)
	numbers := func(query string) (sum int) {
		t.Helper()
		body := w.page(t, visitor, "/countries"+query)
		inMap := regexp.MustCompile(`<text[^>]*>(\d+)</text>`).FindAllStringSubmatch(body, -1)
		inTable := regexp.MustCompile(`</th><td class="num">(\d+)</td>`).FindAllStringSubmatch(body, -1)
		if len(inMap) == 0 || len(inMap) != len(inTable) {
			t.Errorf("%q: %d numbers on the map, %d in the table", query, len(inMap), len(inTable))
		}
		for _, m := range inMap {
			n, err := strconv.Atoi(m[1])
			must(t, err)
			sum += n
		}
		return sum
	}
	all, health := numbers("?lang=en"), numbers("?lang=en&sector=health")
	if health <= 0 || health >= all {
		t.Errorf("%d of health, %d in all", health, all)
	}
	body := w.page(t, visitor, "/countries?lang=en&sector=health")
	w.wants(t, body, []string{`class="chip on" href="/countries"`, "Health"}, []string{">Reports<"})
	w.sound(t, w.get(t, visitor, "/countries?lang=ar&sector=health"), "ar", "rtl")

	// Its squares and its table lead to the same: what was counted, with the filters that were chosen.
	for query, to := range map[string]string{"?lang=en": `/countries/[A-Z]{2}`, "?lang=en&sector=health": `/library\?(?:country=[A-Z]{2}&sector=health|sector=health&country=[A-Z]{2})`} {
		body := w.page(t, visitor, "/countries"+query)
		onMap := regexp.MustCompile(`<a href="(`+to+`)" tabindex="-1"><title>[^<]+· \d+</title>`).FindAllStringSubmatch(body, -1)
		if n := strings.Count(body, "<text "); len(onMap) != n || n == 0 {
			t.Errorf("%q: %d squares of %d lead on", query, len(onMap), n)
		}
		for _, m := range onMap {
			if !strings.Contains(body, `<th scope="row"><a href="`+m[1]+`">`) {
				t.Errorf("%q: the table does not lead to %s", query, m[1])
			}
			if rec := w.get(t, visitor, m[1]); rec.Code != http.StatusOK {
				t.Errorf("%s: status %d", m[1], rec.Code)
			}
		}
	}
}
