package postgres

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/lib/pq"
)

// keyColumns are those that PostgreSQL names in the detail of a broken foreign key: (a, b)=(1, 2).
var keyColumns = regexp.MustCompile(`\(([^()]+)\)=\(`)

// refersToNone tells whether a row was to refer to another that is not there. That others refer to a row which
// is to go has the same code, and the server's sentences are in its administrator's language: what tells is the
// columns of the key, of which one is called id or code where it is referred to, and none where it refers.
func refersToNone(err error) bool {
	var pqErr *pq.Error
	if !errors.As(err, &pqErr) || pqErr.Code != "23503" {
		return false
	}
	key := keyColumns.FindStringSubmatch(pqErr.Detail)
	return key == nil || !slices.ContainsFunc(strings.Split(key[1], ", "), func(column string) bool { return column == "id" || column == "code" })
}
