package middleware

import (
	"context"
	"errors"
	"net/http"
)

// StatusGone is how a request is logged and counted whose client went away before the answer, as
// nginx does. Nobody reads it, and nothing is wrong with the portal.
const StatusGone = 499

// panicked is a handler's panic: the portal's fault, whoever is still there.
type panicked struct{ what string }

func (p *panicked) Error() string { return p.what }

// gone tells whether a failure only shows that the client went away: the context with which its
// request came in ends then, and whatever waits for the database fails in one of several ways. A
// handler may have given the request another context, which says nothing of the client.
func gone(client context.Context, err error) bool {
	var p *panicked
	return Status(err) >= http.StatusInternalServerError && client.Err() != nil && !errors.As(err, &p)
}
