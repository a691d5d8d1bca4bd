package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
	"praxis/internal/web/form"
)

// Bounds of a form that is sent twice: how long the first may take, how long the second waits for
// it, and how often it looks.
const (
	onceTimeout = 30 * time.Second
	onceWait    = 5 * time.Second
	onceEvery   = 50 * time.Millisecond
)

// onceToken makes a token for a form: what is sent twice with it is done once.
func onceToken() string {
	token, _ := secret.NewToken()
	return token
}

// onceKey is the same for two forms only if everything in them is.
func onceKey(c echo.Context, f *form.State) []byte {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n", c.Request().URL.Path, f.Encode())
	if files := c.Request().MultipartForm; files != nil {
		for _, file := range files.File["file"] {
			fmt.Fprintf(sum, "%q %d\n", file.Filename, file.Size)
		}
	}
	return sum.Sum(nil)
}

// once does what a form asks for, once: the same form sent again within a day leads to the page
// to which the first sending led. do answers with that page.
func (w *Web) once(c echo.Context, f *form.State, do func() (path string, err error)) (string, error) {
	became, err := w.onceMade(c, f, func() (outcome, error) {
		path, err := do()
		return outcome{path: path}, err
	})
	if err == nil && became.path == "" {
		return "", portal.Fail(portal.Conflict, "error.done_already")
	}
	return became.path, err
}

// outcome is what became of a form: the page that it leads to and what was made.
type outcome struct {
	path string
	made int64
	// again: an earlier sending did it. Of one whose node died before its answer was kept only
	// what it was done to is known; then path and made are empty.
	again bool
	to    portal.Ref
}

// madeHeader is where a kept answer says what was made.
const madeHeader = "Praxis-Made"

// onceMade is once for a form that brings more than is done in one step: whoever calls it does the rest
// after every sending, for the first may have ended in between.
func (w *Web) onceMade(c echo.Context, f *form.State, do func() (outcome, error)) (outcome, error) {
	owner, request := fmt.Sprintf("m:%d", middleware.Who(c).MemberID), onceKey(c, f)
	key := "form:" + hex.EncodeToString(request)
	first, err := w.claim(c.Request().Context(), owner, key, request)
	if err != nil {
		return outcome{}, err
	}
	if first != nil {
		made, _ := strconv.ParseInt(first.Headers[madeHeader], 10, 64)
		return outcome{path: first.Headers["Location"], made: made, again: true, to: first.Done}, nil
	}
	// From here on the work is done to its end even if the browser has gone: only so does its second
	// try find out what became of the first.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), onceTimeout)
	defer cancel()
	r := c.Request()
	c.SetRequest(r.WithContext(postgres.WithClaim(ctx, owner, key)))
	defer c.SetRequest(r)
	became, err := do()
	settle := context.WithoutCancel(ctx)
	if err != nil {
		if forget := w.f.Once.ForgetOnce(settle, owner, key); forget != nil {
			return outcome{}, fmt.Errorf("%w; and the form's key stays claimed: %w", err, forget)
		}
		return outcome{}, err
	}
	return became, w.f.Once.FinishOnce(settle, owner, key, postgres.Answer{Status: http.StatusSeeOther,
		Headers: map[string]string{"Location": became.path, madeHeader: decimal(became.made)}})
}

// claim takes a form's key, or waits for the answer of whoever has it.
func (w *Web) claim(ctx context.Context, owner, key string, request []byte) (first *postgres.Answer, err error) {
	for deadline := time.Now().Add(onceWait); ; {
		first, claimed, err := w.f.Once.BeginOnce(ctx, owner, key, request)
		if err != nil || claimed || first != nil && first.Status != 0 {
			return first, err
		}
		if time.Now().After(deadline) {
			if first != nil { // done, and its node died
				return first, nil
			}
			return nil, portal.Fail(portal.Conflict, "error.under_way")
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(onceEvery):
		}
	}
}
