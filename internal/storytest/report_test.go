package storytest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/internal/postgres"
)

// told is a report as the API answers it.
type told struct {
	Section string           `json:"section"`
	From    *string          `json:"from"`
	Rows    []map[string]any `json:"rows"`
	Total   map[string]any   `json:"total"`
}

// Officers read what happened, section by section; what happens shows up in them, as far as they may see
// it, and nobody else reads it.
func TestReports(t *testing.T) {
	p := Start(t, nil)
	officer, moderator, ana, visitor := p.As(t, "officer"), p.As(t, "moderator"), p.As(t, "ana"), p.Visitor(t)
	read := func(query string) (r told) {
		t.Helper()
		if err := json.Unmarshal(officer.Do("GET", "/reports/"+query, nil).Want(200).Body, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	// published takes a practice of a label all the way, and gives what of it is counted on the way.
	published := func(handling string, named []int64) (steps, waiting, active float64) {
		before, queue, people := read("practices?workspace=1"), read("queue?workspace=1"), read("countries?workspace=1&from=2001-02-03")
		draft := ana.Do("POST", "/practices", map[string]any{"title": "Counted but not named", "language": "en", "workspace_id": 1, "summary": "A summary.", "handling": handling,
			"named": named, "sectors": []string{"customs"}, "country": "EC", "sections": map[string]string{"problem": "One.", "steps": "1. Two.", "results": "Three."}}).Want(201).Thing()
		path := "/practices/" + itoa(draft.ID)
		if got := read("countries?workspace=1&from=2001-02-03"); figure(got.Total["active"]) != figure(people.Total["active"]) {
			t.Errorf("a draft makes its author active: %v, then %v", people.Total, got.Total)
		}
		ana.Do("POST", path+"/submit", nil).Want(200)
		waiting = figure(read("queue?workspace=1").Total["waiting"]) - figure(queue.Total["waiting"])
		moderator.Do("POST", path+"/approve", map[string]any{"note": "Good.", "evidence": map[string]string{"rating": "monitored", "basis": "It keeps figures."}}).Want(200)
		after := read("practices?workspace=1")
		for _, column := range []string{"submitted", "published", "rejected"} {
			steps += figure(after.Total[column]) - figure(before.Total[column])
		}
		return steps, waiting, figure(read("countries?workspace=1&from=2001-02-03").Total["active"])
	}
	if steps, waiting, _ := published("red", []int64{idOf(t, moderator)}); steps != 0 || waiting != 0 {
		t.Errorf("a red practice that does not name the officer is counted: %v steps, %v waiting", steps, waiting)
	}
	if steps, waiting, active := published("amber", nil); steps != 2 || waiting != 1 || active == 0 {
		t.Errorf("of an amber practice are counted %v steps, %v waiting, %v active", steps, waiting, active)
	}
	for _, section := range []string{"practices", "adoptions", "countries", "programmes", "queue", "searches"} {
		body := officer.Do("GET", "/reports/"+section+"?period=all", nil).Want(200).Body
		if strings.Contains(string(body), "Counted but not named") {
			t.Errorf("%s names a practice", section)
		}
		for _, who := range []*Client{moderator, ana} {
			who.Do("GET", "/reports/"+section, nil).Want(403)
		}
		visitor.Do("GET", "/reports/"+section, nil).Want(401)
	}
	if r := read("queue?from=2001-02-03"); r.From == nil || *r.From != "2001-02-03" || len(r.Rows) == 0 {
		t.Errorf("the queue since 2001 is %+v", r)
	}
	for query, status := range map[string]int{"practices?from=2026-02-01&to=2026-01-01": 422, "practices?from=0000-01-01": 422, "practices?to=9999-12-31": 422,
		"practices?from=yesterday": 422, "practices?workspace=99999999999999999999": 422, "practices?workspace=999999": 422, "practices?workspace=-1": 422,
		"practices?period=forever": 422, "members": 404} {
		officer.Do("GET", "/reports/"+query, nil).Want(status)
	}
}

func figure(v any) float64 {
	n, _ := v.(float64)
	return n
}

// A search that finds nothing is counted soon after, without who made it; one that finds something, that is
// narrowed, or that has no words is not. Only what came again on another day is shown.
func TestEmptySearchesAreCounted(t *testing.T) {
	p := Start(t, nil)
	officer, ana, visitor := p.As(t, "officer"), p.As(t, "ana"), p.Visitor(t)
	for range 2 {
		ana.Do("GET", "/search?q=Qzxwvu%20%20P%C3%A9r%C3%A9z", nil).Want(200)
	}
	visitor.Do("GET", "/search?q=QZXWVU+perez", nil).Want(200)
	visitor.Do("GET", "/search?q=naloxone", nil).Want(200)
	visitor.Do("GET", "/search?q=qzxwvunarrowed&country=EC", nil).Want(200)
	visitor.Do("GET", "/search", nil).Want(200)
	rows := func() (r told) {
		if err := json.Unmarshal(officer.Do("GET", "/reports/searches?period=all", nil).Want(200).Body, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	deadline := time.Now().Add(20 * time.Second)
	for figure(rows().Total["times"]) < 3 && time.Now().Before(deadline) {
		time.Sleep(100 * time.Millisecond)
	}
	r := rows()
	if figure(r.Total["times"]) != 3 || len(r.Rows) != 1 || r.Rows[0]["words"] != "" {
		t.Fatalf("asked on one day only, the searches are %+v", r)
	}
	yesterday := time.Now().AddDate(0, 0, -1)
	if err := p.Store(t).CountEmptySearches(t.Context(), []postgres.EmptySearch{{Day: yesterday, Language: "en", Query: "qzxwvu perez", Times: 2}}); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, row := range rows().Rows {
		found = found || row["words"] == "qzxwvu perez" && figure(row["times"]) >= 3 && figure(row["days"]) == 2
	}
	if !found {
		t.Errorf("asked on two days, the searches are %s", fmt.Sprint(rows().Rows))
	}
}
