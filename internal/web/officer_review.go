package web

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/web/form"
)

const reviewPath = "/officer/review"

// reviewPage shows for how long a published practice is good.
func (w *Web) reviewPage(c echo.Context) error {
	months, err := w.f.Practices.ReviewMonths(c.Request().Context())
	if err != nil {
		return err
	}
	return w.showReview(c, form.New("review_months", strconv.Itoa(months)), nil)
}

// setReview sets it for what is published from now on.
func (w *Web) setReview(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	months, err := strconv.Atoi(f.Text("review_months"))
	if err != nil {
		months = 0 // no number is no number of months: the rule says which there are
	}
	if err := w.f.Practices.SetReviewMonths(c.Request().Context(), middleware.Who(c), months); err != nil {
		return w.showReview(c, f, err)
	}
	return seeOther(c, reviewPath, "saved")
}

func (w *Web) showReview(c echo.Context, f *form.State, err error) error {
	if err != nil && !f.Take(middleware.Locale(c), err) {
		return err
	}
	v, _ := w.officerView(c, reviewPath, "officer.review")
	v.Form = f
	return w.render(c, "officer/review", v)
}
