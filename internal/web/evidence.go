package web

import (
	"context"
	"html/template"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

// question is one criterion of the evidence scale with its answers.
type question struct {
	Field, Name string
	Choices     []form.Choice
}

// judgement is one rating that was made, in words.
type judgement struct {
	Rating, Basis string
	By            portal.Person
	When          template.HTML
	Answers       []string
}

type evidenceData struct {
	portal.Practice
	Crumbs    []crumb
	Action    string
	Ratings   []judgement
	Quoted    []postgres.RegistryRating
	Questions []question
	Choices   []form.Choice
	CanRate   bool
	AtOther   string // the page of the original, where a translation that carries its rating is judged
}

// questionsOf are the scale's criteria in the reader's words.
func questionsOf(l *i18n.Localizer) []question {
	var questions []question
	for _, q := range portal.EvidenceQuestions {
		made := question{Field: "answer." + q.Key, Name: l.T("evidence." + q.Key), Choices: []form.Choice{{Label: l.T("evidence.open")}}}
		for _, a := range q.Answers {
			made.Choices = append(made.Choices, form.Choice{Value: a, Label: l.T("evidence." + q.Key + "." + a)})
		}
		questions = append(questions, made)
	}
	return questions
}

// evidenceOf reads a rating as it was typed, with the answers that led to it.
func evidenceOf(f *form.State) portal.Evidence {
	e := portal.Evidence{Rating: f.Text("evidence.rating"), Basis: f.Text("evidence.basis"), Answers: map[string]string{}}
	for _, q := range portal.EvidenceQuestions {
		if answer := f.Text("answer." + q.Key); answer != "" {
			e.Answers[q.Key] = answer
		}
	}
	return e
}

// propose chooses the rating to which the answers lead.
func propose(f *form.State) {
	if rating := portal.ProposeRating(evidenceOf(f).Answers); rating != "" {
		f.Set("evidence.rating", rating)
	}
}

// evidencePage tells everybody who reads a practice how its evidence was judged, each time, by whom and why.
func (w *Web) evidencePage(c echo.Context) error { return w.showEvidence(c, form.New(), nil) }

func (w *Web) showEvidence(c echo.Context, f *form.State, failed error) error {
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	ratings, quoted, err := w.f.Moderation.Ratings(c.Request().Context(), who, p.ID)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	v := w.view(c, l.T("evidence.title"), nil)
	d := evidenceData{Practice: p, Quoted: quoted, Action: "/p/" + decimal(p.ID) + "/evidence", Crumbs: []crumb{{p.Title, practicePath(p.ID, p.Title), p.Language}},
		CanRate: who.Can(portal.ActDecide, p.Audience) && !who.Wrote(p.Audience) && (p.Status == portal.Published || p.Status == portal.Archived)}
	for _, r := range ratings {
		d.Ratings = append(d.Ratings, w.judgementOf(v, r))
	}
	if d.AtOther, err = w.ratedElsewhere(c.Request().Context(), p); err != nil {
		return err
	}
	if d.CanRate && d.AtOther == "" {
		d.Questions, d.Choices = questionsOf(l), w.termChoices(l, "evidence")
	}
	v.Data, v.Form = d, f
	if failed != nil {
		return w.again(c, "practice/evidence", v, f, failed)
	}
	return w.render(c, "practice/evidence", v)
}

// ratedElsewhere is the page on which the evidence of a translation is judged, where its original's rating
// is its own; "" where it is judged by itself.
func (w *Web) ratedElsewhere(ctx context.Context, p portal.Practice) (string, error) {
	carried, err := w.f.Moderation.RatedAtOriginal(ctx, p)
	if err != nil || !carried {
		return "", err
	}
	return "/p/" + decimal(p.TranslationOf) + "/evidence", nil
}

func (w *Web) judgementOf(v *page.View, r postgres.Rating) judgement {
	made := judgement{Rating: w.f.Vocabulary.Name("evidence", r.Rating, v.Lang()), Basis: r.Basis, By: r.By, When: v.When(r.At)}
	for _, q := range portal.EvidenceQuestions {
		if answer := r.Answers[q.Key]; answer != "" && v.L.Has("evidence."+q.Key+"."+answer) {
			made.Answers = append(made.Answers, v.L.T("evidence."+q.Key+"."+answer))
		}
	}
	return made
}

// changeEvidence judges anew, or quotes a registry, or takes a quotation out.
func (w *Web) changeEvidence(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	switch f.Text("do") {
	case "propose":
		propose(f)
		return w.showEvidence(c, f, nil)
	case "rate":
		err = w.f.Moderation.Rate(ctx, who, id, evidenceOf(f))
	case "quote":
		r := postgres.RegistryRating{Registry: f.Text("registry"), Rating: f.Text("registry_rating"), URL: f.Text("url"), Year: f.Int(l, "year")}
		if f.Failed() {
			return w.showEvidence(c, f, nil)
		}
		err = w.f.Moderation.Quote(ctx, who, id, r)
	default:
		err = w.f.Moderation.Unquote(ctx, who, id, f.ID(l, "unquote"))
	}
	if err != nil {
		return w.showEvidence(c, f, err)
	}
	return seeOther(c, "/p/"+decimal(id)+"/evidence", "saved")
}
