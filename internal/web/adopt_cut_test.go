package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

var errCut = errors.New("the node is gone")

// cutting is a store of answers whose node dies once, before or after it has kept an answer.
type cutting struct {
	postgres.Once
	kept bool // it dies when the answer is kept
	left int  // how often it still dies
}

// FinishOnce implements postgres.Once.
func (c *cutting) FinishOnce(ctx context.Context, owner, key string, a postgres.Answer) error {
	if c.left == 0 {
		return c.Once.FinishOnce(ctx, owner, key, a)
	}
	c.left--
	if c.kept {
		if err := c.Once.FinishOnce(ctx, owner, key, a); err != nil {
			return err
		}
	}
	return errCut
}

// A first sending that ended when its words were saved and its files were not is made whole by the
// second, which brings the same: the report and the draft stand once, with their files.
func TestFilesComeWithTheSecondSending(t *testing.T) {
	for i, kept := range []bool{true, false} {
		t.Run(fmt.Sprintf("answer kept %t", kept), func(t *testing.T) {
			t.Parallel() // a second sending waits for the first's answer
			sendTwice(t, kept, 2023+i)
		})
	}
}

func sendTwice(t *testing.T, kept bool, year int) {
	w, cut := newWorld(t), &cutting{kept: kept}
	cut.Once, w.f.Once = w.db, cut
	w.mount(t, slog.New(slog.NewTextHandler(io.Discard, nil)))
	p := w.practiceByKey(t, "ee-thn")
	path, told := fmt.Sprintf("/p/%d/adopt", p.ID), values("once", "first", "result", "worked", "country", "AT", "year", fmt.Sprint(year), "note", "Forty kits.")
	who := lena
	send := func(name string, status int) string {
		t.Helper()
		rec := w.upload(t, who, path, told, name, "Forty kits given out, nine used.")
		if rec.Code != status {
			t.Errorf("%s: status %d, want %d: %s", path, rec.Code, status, summary(rec.Body.String()))
		}
		return rec.Header().Get("Location")
	}
	cut.left = 1
	send("figures.txt", http.StatusInternalServerError)
	send("figures.txt", http.StatusSeeOther)
	send("figures.txt", http.StatusSeeOther)
	all, err := w.f.Practices.AllAdoptions(ctx, w.who(t, lena), postgres.AdoptionFilter{Practice: p.ID, Country: "AT", Year: year, Page: portal.Page{Limit: 9}})
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("there are %d reports", len(all))
	}
	files, err := w.f.Attachments.Evidence(ctx, w.who(t, lena), all[0].ID)
	must(t, err)
	if len(files) != 1 {
		t.Errorf("the report has %d files", len(files))
	}
	for n := len(files); n < portal.MaxEvidence; n++ {
		must(t, errOf(w.f.Attachments.AddEvidence(ctx, w.who(t, lena), all[0].ID, fmt.Sprintf("%d.txt", n), strings.NewReader("More kits."))))
	}
	send("figures.txt", http.StatusSeeOther) // as many as there may be, and it is among them

	for _, do := range []string{"save", "submit"} {
		title := fmt.Sprintf("Cut short, %v, by %s", kept, do)
		who, path, told = ana, "/write", with(whole(title), "once", do, "do", do)
		cut.left = 1
		send("ports.txt", http.StatusInternalServerError)
		at := send("ports.txt", http.StatusSeeOther)
		send("ports.txt", http.StatusSeeOther)
		made := w.practiceAt(t, ana, at)
		files, err = w.f.Attachments.List(ctx, w.who(t, ana), made.ID)
		must(t, err)
		if len(files) != 1 || made.Title != title || do == "submit" && made.Status != portal.Submitted {
			t.Errorf("%s: the draft is %q, %s, with %d files", title, made.Title, made.Status, len(files))
		}
	}
}

// A browser that has gone when its form has arrived whole takes no file with it.
func TestFilesStayWhenTheBrowserGoes(t *testing.T) {
	w := newWorld(t)
	gone, leave := context.WithCancel(ctx)
	w.f.Once = leaving{w.db, leave}
	w.mount(t, slog.New(slog.NewTextHandler(io.Discard, nil)))
	p := w.practiceByKey(t, "ee-thn")
	r := w.form(t, fmt.Sprintf("/p/%d/adopt", p.ID), values("once", "a", "result", "worked", "country", "AT", "year", "2022", "note", "Forty kits."), "figures.txt", "Forty kits.")
	w.do(t, lena, r.WithContext(gone))
	all, err := w.f.Practices.AllAdoptions(ctx, w.who(t, lena), postgres.AdoptionFilter{Practice: p.ID, Country: "AT", Year: 2022, Page: portal.Page{Limit: 9}})
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("there are %d reports", len(all))
	}
	files, err := w.f.Attachments.Evidence(ctx, w.who(t, lena), all[0].ID)
	must(t, err)
	if len(files) != 1 {
		t.Errorf("the report has %d files", len(files))
	}
}

// leaving is a store of answers that outlives the browser which asked.
type leaving struct {
	postgres.Once
	leave func()
}

// FinishOnce implements postgres.Once.
func (l leaving) FinishOnce(ctx context.Context, owner, key string, a postgres.Answer) error {
	defer l.leave()
	return l.Once.FinishOnce(ctx, owner, key, a)
}
