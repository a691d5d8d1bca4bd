package web_test

import (
	"net/http"
	"os"
	"testing"
)

// Serves for looking.
func TestLook(t *testing.T) {
	addr := os.Getenv("PRAXIS_LOOK")
	if addr == "" {
		t.Skip()
	}
	w := newWorld(t)
	w.settle(t)
	http.ListenAndServe(addr, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if as := r.URL.Query().Get("as"); as != "" {
			http.SetCookie(rw, &http.Cookie{Name: "praxis_session", Value: w.token(t, as+"@demo.example"), Path: "/"})
			http.Redirect(rw, r, r.URL.Query().Get("to"), 303)
			return
		}
		w.handler.ServeHTTP(rw, r)
	}))
}
