package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/api"
	"praxis/internal/portal"
	"praxis/internal/web"
)

// timed is a writer that keeps how long its request's body may take.
type timed struct {
	http.ResponseWriter
	read time.Duration
}

// SetReadDeadline is what http.ResponseController calls.
func (t *timed) SetReadDeadline(at time.Time) error {
	t.read = time.Until(at)
	return nil
}

// SetWriteDeadline is what http.ResponseController calls.
func (*timed) SetWriteDeadline(time.Time) error { return nil }

// Whatever takes a body larger than an ordinary one gives it the time of a file over a slow line, and
// what does not has no longer than a minute.
func TestLargeBodiesHaveTheTimeOfAFile(t *testing.T) {
	files := map[string]bool{"GET " + api.Prefix + "/attachments/:id": true} // goes out, whoever asks
	calls, pages := (&api.API{}).Routes(), (&web.Web{}).Routes()
	for _, r := range pages {
		files[r.Method+" "+r.Path] = r.Limit > portal.MaxBody
	}
	for _, r := range calls {
		if at := r.Method + " " + api.Prefix + r.Path; !files[at] {
			files[at] = r.Limit() > portal.MaxBody
		}
	}
	for _, known := range []string{"POST /p/:id/adopt", "POST /adoptions/:id", "POST /write", "POST /p/:id/edit", "POST /officer/import",
		"POST " + api.Prefix + "/adoptions/:id/attachments", "POST " + api.Prefix + "/practices/:id/attachments", "PATCH " + api.Prefix + "/uploads/:id"} {
		if !files[known] {
			t.Errorf("%s takes no file", known)
		}
	}
	e, bound := echo.New(), deadlines(calls, pages)
	for at, file := range files {
		w := &timed{ResponseWriter: httptest.NewRecorder()}
		c := e.NewContext(httptest.NewRequest(http.MethodPost, "/", nil), w)
		for i := range at {
			if at[i] == ' ' {
				c.Request().Method = at[:i]
				c.SetPath(at[i+1:])
				break
			}
		}
		if err := bound(func(echo.Context) error { return nil })(c); err != nil {
			t.Fatal(err)
		}
		want := bodyTimeout
		if file {
			want = uploadTimeout
		}
		if w.read.Round(time.Second) != want {
			t.Errorf("%s: its body has %v, want %v", at, w.read.Round(time.Second), want)
		}
	}
}
