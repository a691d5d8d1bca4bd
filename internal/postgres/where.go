package postgres

import (
	"fmt"
	"strings"
)

// where gathers the conditions of a list that has many filters, of which few are set: each set of
// them is a statement of its own, so that each finds its index. The texts are constants; only the
// numbers of their parameters are filled in.
type where struct {
	conditions []string
	args       []any
	asked      int // filters that are set
}

// preparedFilters is how many filters may be set in a list whose statement is still kept prepared.
// Every connection holds each of them with its plan, and whoever walks through all sets of ten
// filters would have it hold thousands; the many are planned as they come.
const preparedFilters = 1

// on gives the connection that the list is to be read on.
func (w *where) on(c Conn) Conn {
	if w.asked > preparedFilters {
		c.stmts = &statements{off: true}
	}
	return c
}

// and adds a condition on one parameter, where it is asked for.
func (w *where) and(asked bool, condition string, arg any) {
	if !asked {
		return
	}
	w.asked++
	w.args = append(w.args, arg)
	w.conditions = append(w.conditions, fmt.Sprintf(condition, len(w.args)))
}

// next adds one more parameter and gives its place.
func (w *where) next(arg any) string {
	w.args = append(w.args, arg)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) sql() string { return " where " + strings.Join(w.conditions, " and ") }
