package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
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
	owner, request := fmt.Sprintf("m:%d", middleware.Who(c).MemberID), onceKey(c, f)
	key := "form:" + hex.EncodeToString(request)
	first, err := w.claim(c.Request().Context(), owner, key, request)
	if err != nil {
		return "", err
	}
	if first != nil {
		return first.Headers["Location"], nil
	}
	// From here on the work is done to its end even if the browser has gone: only so does its second
	// try find out what became of the first.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), onceTimeout)
	defer cancel()
	r := c.Request()
	c.SetRequest(r.WithContext(postgres.WithClaim(ctx, owner, key)))
	defer c.SetRequest(r)
	path, err := do()
	settle := context.WithoutCancel(ctx)
	if err != nil {
		if forget := w.f.Once.ForgetOnce(settle, owner, key); forget != nil {
			return "", fmt.Errorf("%w; and the form's key stays claimed: %w", err, forget)
		}
		return "", err
	}
	return path, w.f.Once.FinishOnce(settle, owner, key, postgres.Answer{Status: http.StatusSeeOther, Headers: map[string]string{"Location": path}})
}

// claim takes a form's key, or waits for the answer of whoever has it.
func (w *Web) claim(ctx context.Context, owner, key string, request []byte) (first *postgres.Answer, err error) {
	for deadline := time.Now().Add(onceWait); ; {
		first, claimed, err := w.f.Once.BeginOnce(ctx, owner, key, request)
		if err != nil || claimed || first != nil && first.Status != 0 {
			return first, err
		}
		if time.Now().After(deadline) {
			if first != nil {
				return nil, portal.Fail(portal.Conflict, "error.done_already")
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
