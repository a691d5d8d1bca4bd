package practice_test

import (
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Whatever is newer elsewhere, a place is told what there is of it; beside the library the latest are counted,
// and it is said.
func TestPlacesCountBeyondTheLatest(t *testing.T) {
	w := newWorld(t)
	_, err := w.db.Raw().Exec(`insert into practices (external_key, imported, author_id, author_country, handling, workspace_id, title, language, status, country, organization,
		    submitted_at, submitted_version, published_at, published_version)
		select 'r' || n, true, (select min(id) from members), 'AT', 'clear', (select min(id) from workspaces), 'T ' || n, 'en', 'published',
		    case when n > 2600 then 'EC' else 'AT' end, case when n > 2600 then 'Office' else '' end, now(), 1, now() - make_interval(mins => n), 1
		from generate_series(1, 2650) n`)
	w.must(err)
	a, err := w.svc.Country(ctx, w.reader, "EC")
	w.must(err)
	if len(a.Practices) != 10 || a.Written != 50 {
		t.Errorf("of a country %d are listed and %d told", len(a.Practices), a.Written)
	}
	o, err := w.svc.Organization(ctx, w.reader, portal.Organization{Code: "Office"})
	w.must(err)
	if len(o.Practices) != 10 || o.Written != 50 {
		t.Errorf("of an organization %d are listed and %d told", len(o.Practices), o.Written)
	}
	written, _, err := w.svc.CountPlaces(ctx, w.reader, postgres.PracticeFilter{})
	w.must(err)
	if n := len(written["country"]); n < 2 || written.Latest() != 0 {
		t.Errorf("%d countries, of the latest %d", n, written.Latest())
	}
	counts, err := w.svc.CountLibrary(ctx, w.reader, postgres.PracticeFilter{Country: "EC"})
	w.must(err)
	if counts.Latest() != postgres.CountBeside {
		t.Errorf("beside the library the latest %d are counted", counts.Latest())
	}
}
