package api

import (
	"net/http"
	"sort"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
)

type rosterView struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Member     bool   `json:"member"`
	Membership string `json:"membership"` // yes, likely, no: what the sources attest
	Source     string `json:"source"`
	Region     string `json:"region,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Seat       string `json:"seat,omitempty"`
}

func sorted(l *i18n.Localizer, items []rosterView) []rosterView {
	sort.SliceStable(items, func(i, j int) bool { return l.Collate(items[i].Name, items[j].Name) < 0 })
	return items
}

// roster answers the whole roster, which is no longer than a few screens, or a page of it where one
// is asked for.
func roster(c echo.Context, items []rosterView) error {
	same := func(v rosterView) rosterView { return v }
	if c.QueryParam("limit") == "" && c.QueryParam("after") == "" {
		return all(c, items, same)
	}
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	place := map[string]int64{}
	for i, v := range items {
		place[v.Code] = int64(i) + 1
	}
	items = items[min(p.After, int64(len(items))):]
	return list(c, p, items, func(v rosterView) int64 { return place[v.Code] }, same)
}

func (a *API) countries(c echo.Context) error {
	countries, err := a.f.Admin.Countries(c.Request().Context())
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	views := make([]rosterView, len(countries))
	for i, n := range countries {
		views[i] = rosterView{Code: n.Code, Name: n.Name(l.Lang()), Member: n.Member, Membership: n.Membership, Source: n.Source, Region: n.Region}
	}
	return roster(c, sorted(l, views))
}

func (a *API) organizations(c echo.Context) error {
	organizations, err := a.f.Admin.Organizations(c.Request().Context())
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	views := make([]rosterView, len(organizations))
	for i, o := range organizations {
		views[i] = rosterView{Code: o.Code, Name: o.Name(l.Lang()), Member: o.Member, Membership: o.Membership, Source: o.Source, Kind: o.Type, Seat: o.Seat}
	}
	return roster(c, sorted(l, views))
}

type membership struct {
	Member *bool  `json:"member"`
	Source string `json:"source"`
}

// setMembership reads whether something is a member: it has to be said, for what is left out is no "no".
func setMembership(c echo.Context, set func(member bool, source string) error) error {
	in, err := decode[membership](c, false)
	if err != nil {
		return err
	}
	if in.Member == nil {
		return invalid("member", "error.required")
	}
	if err := set(*in.Member, in.Source); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, in)
}

func (a *API) setCountry(c echo.Context) error {
	return setMembership(c, func(member bool, source string) error {
		return a.f.Admin.SetCountry(c.Request().Context(), middleware.Who(c), c.Param("code"), member, source)
	})
}

func (a *API) setOrganization(c echo.Context) error {
	return setMembership(c, func(member bool, source string) error {
		return a.f.Admin.SetOrganization(c.Request().Context(), middleware.Who(c), c.Param("code"), member, source)
	})
}

// vocabulary lists the values that a practice's fields may have, named in the request's language.
func (a *API) vocabulary(c echo.Context) error {
	lang := middleware.Locale(c).Lang()
	type term struct {
		Key      string `json:"key"`
		Name     string `json:"name"`
		Broader  string `json:"broader,omitempty"`
		Required bool   `json:"required,omitempty"`
	}
	answer := map[string][]term{}
	for _, list := range []string{"sectors", "topics", "substances", "types", "levels", "sections", "evidence", "programmes"} {
		for _, t := range a.f.Vocabulary.List(list) {
			answer[list] = append(answer[list], term{Key: t.Key, Name: t.Name(lang), Broader: t.Broader, Required: t.Required})
		}
	}
	answer["handling"] = []term{}
	for _, h := range portal.Handlings {
		answer["handling"] = append(answer["handling"], term{Key: string(h), Name: middleware.Locale(c).T("handling." + string(h))})
	}
	return c.JSON(http.StatusOK, answer)
}

func (a *API) openapi(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/json", a.f.OpenAPI)
}
