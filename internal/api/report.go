package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/report"
)

type reportColumn struct {
	Key  string      `json:"key"`
	Kind report.Kind `json:"kind"`
}

// reportView is a section: each row by the keys of its columns.
type reportView struct {
	Section   string           `json:"section"`
	From      *string          `json:"from"` // null where it is open
	To        *string          `json:"to"`
	Workspace *int64           `json:"workspace"` // null for all
	Columns   []reportColumn   `json:"columns"`
	Rows      []map[string]any `json:"rows"`
	Total     map[string]any   `json:"total"` // null where nothing is summed
	Cut       bool             `json:"cut"`   // there are more rows
}

// report answers one section with its true counts: what leaves the portal by a program is that program's to
// blur, as on the page.
func (a *API) report(c echo.Context) error {
	period, err := report.ReadPeriod(c.QueryParam("period"), c.QueryParam("from"), c.QueryParam("to"), time.Now())
	if err != nil {
		return err
	}
	workspace, err := report.ReadWorkspace(c.QueryParam("workspace"))
	if err != nil {
		return err
	}
	section, err := a.f.Reports.Section(c.Request().Context(), middleware.Who(c), c.Param("section"),
		report.Ask{Period: period, Workspace: workspace}, middleware.Locale(c).Lang())
	if err != nil {
		return err
	}
	_, from, to := period.Query()
	v := reportView{Section: section.Key, From: zeroText(from), To: zeroText(to), Workspace: zeroID(workspace), Columns: []reportColumn{},
		Rows: []map[string]any{}, Cut: section.Cut}
	for _, column := range section.Columns {
		v.Columns = append(v.Columns, reportColumn{column.Key, column.Kind})
	}
	for _, row := range section.Rows {
		v.Rows = append(v.Rows, reportRow(section.Columns, row, false))
	}
	if section.Total != nil {
		v.Total = reportRow(section.Columns, section.Total, true)
	}
	return c.JSON(http.StatusOK, v)
}

// reportRow gives a row by the keys of its columns; a workspace comes with its number, and what there is
// nothing to say of is null. The total is of no country and no workspace.
func reportRow(columns []report.Column, row []report.Cell, total bool) map[string]any {
	values := map[string]any{}
	for i, column := range columns {
		cell := row[i]
		switch {
		case column.Kind.Label() && total:
		case column.Kind == report.Workspace:
			values[column.Key], values[column.Key+"_id"] = cell.Text, cell.ID
		case cell.Mark == report.Nothing:
			values[column.Key] = nil
		case column.Kind.Label(), column.Kind == report.Day:
			values[column.Key] = cell.Text
		default:
			values[column.Key] = cell.Number
		}
	}
	return values
}

func zeroText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
