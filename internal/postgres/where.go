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
}

// and adds a condition on one parameter, where it is asked for.
func (w *where) and(asked bool, condition string, arg any) {
	if !asked {
		return
	}
	w.args = append(w.args, arg)
	w.conditions = append(w.conditions, fmt.Sprintf(condition, len(w.args)))
}

// next adds one more parameter and gives its place.
func (w *where) next(arg any) string {
	w.args = append(w.args, arg)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) sql() string { return " where " + strings.Join(w.conditions, " and ") }
