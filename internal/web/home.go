package web

import (
	"context"
	"html/template"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func (w *Web) homeRoutes() []Route {
	return []Route{{Method: get, Path: "/", Access: Anyone, handler: w.home}}
}

// How much home shows of each thing.
const (
	homeNotes     = 5
	homeThreads   = 8
	homePractices = 5
	homeLooks     = homePractices + homeNotes // some may be told of above
)

type homeData struct {
	Notes     []note
	Threads   []threadRow
	Field     []card // new in the member's sector since she was here
	Practices []card
	New       int      // published by others since the member was here
	Near      []report // from the member's country and its neighbours
	Coalition postgres.Coalition
	Map       template.HTML
}

func (w *Web) home(c echo.Context) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	v := w.view(c, "", nil)
	v.Screen = "home"
	practices, err := w.f.Practices.List(ctx, who, postgres.PracticeFilter{Page: portal.Page{Limit: homeLooks}})
	if err != nil {
		return err
	}
	world, err := w.coalition(ctx)
	if err != nil {
		return err
	}
	d := homeData{Coalition: world.counts, Map: world.members}
	screen := "home/visitor"
	if who.SignedIn() {
		screen = "home/home"
		v.Title = l.T("home.title")
		told, err := w.awaits(ctx, v, &d)
		if err != nil {
			return err
		}
		before, fresh, err := w.f.Practices.Since(ctx, who)
		if err != nil {
			return err
		}
		practices = except(practices, told)
		if practices, err = w.inHerField(ctx, v, &d, practices, told, before); err != nil {
			return err
		}
		practices = practices[:min(len(practices), homePractices)]
		d.Practices = w.cards(l, practices)
		markNew(who, d.Practices, practices, before)
		near, err := w.f.Practices.NearAdoptions(ctx, who)
		if err != nil {
			return err
		}
		d.New, d.Near = fresh, w.reportsOver(l, who, near)
	} else {
		d.Practices = w.cards(l, practices[:min(len(practices), homePractices)])
	}
	v.Data = d
	return w.render(c, screen, v)
}

// worldLife is how long a node keeps the counts of the coalition and its map.
const worldLife = 30 * time.Second

type coalition struct {
	counts  postgres.Coalition
	member  map[string]bool
	members template.HTML // the map of member countries
	until   time.Time
}

type worldCache struct {
	mu   sync.Mutex
	kept *coalition
}

// coalition counts the coalition and draws its countries; it is the same for everybody.
func (w *Web) coalition(ctx context.Context) (*coalition, error) {
	w.world.mu.Lock()
	kept := w.world.kept
	w.world.mu.Unlock()
	if kept != nil && time.Now().Before(kept.until) {
		return kept, nil
	}
	counts, err := w.f.Admin.Coalition(ctx)
	if err != nil {
		return nil, err
	}
	countries, err := w.f.Admin.Countries(ctx)
	if err != nil {
		return nil, err
	}
	fresh := &coalition{counts: counts, member: map[string]bool{}, until: time.Now().Add(worldLife)}
	classes := map[string]string{}
	for _, c := range countries {
		if c.Member {
			fresh.member[c.Code], classes[c.Code] = true, "tried"
		}
	}
	fresh.members = w.pages.Map(classes)
	w.world.mu.Lock()
	w.world.kept = fresh
	w.world.mu.Unlock()
	return fresh, nil
}
