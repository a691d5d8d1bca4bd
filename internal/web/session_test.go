package web_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/account"
	"praxis/internal/demo"
	"praxis/internal/postgres"
)

// The list of sessions names devices in words; what they said of themselves is there to look up.
func TestSessionsAreNamedInWords(t *testing.T) {
	w := newWorld(t)
	const agent = "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0"
	for _, a := range []string{agent, "Mozilla/5.0"} {
		_, _, err := w.f.Accounts.SignIn(ctx, account.SignIn{Email: lena, Password: demo.Password, Kind: "browser", Agent: a, Address: "192.0.2.1"})
		must(t, err)
	}
	rec := w.get(t, lena, "/settings/sessions?lang=en")
	holds(t, rec.Body.String(), `title="`+agent+`">Firefox on Android</bdi>`, `title="Mozilla/5.0">Browser</bdi>`)
	lacks(t, rec.Body.String(), ">Mozilla")
	w.sound(t, rec, "en", "ltr")
}

// A form whose sender goes away while the database is waited for is no failure of the portal.
func TestAbortedSaveIsNoFailure(t *testing.T) {
	w := newWorld(t)
	var told lockedBuffer
	w.mount(t, slog.New(slog.NewTextHandler(&told, &slog.HandlerOptions{Level: slog.LevelDebug})))
	token := w.token(t, lena)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.LockMember(ctx, w.who(t, lena).MemberID); err != nil {
			return err
		}
		leaving, leave := context.WithTimeout(ctx, 500*time.Millisecond)
		defer leave()
		r, err := http.NewRequestWithContext(leaving, http.MethodPost, server.URL+"/settings", strings.NewReader("name=Lena+H"))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "praxis_session", Value: token})
		if res, err := http.DefaultClient.Do(r); err == nil {
			res.Body.Close()
			t.Errorf("the save did not wait: %d", res.StatusCode)
		}
		for deadline := time.Now().Add(10 * time.Second); !strings.Contains(told.String(), "route=/settings"); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Error("no line tells of the save")
				break
			}
		}
		return nil
	}))
	if log := told.String(); strings.Contains(log, "level=ERROR") || !strings.Contains(log, "status=499") {
		t.Errorf("an aborted save is told so:\n%s", log)
	}
}

// A file whose text could not be read says so where it stands.
func TestUnreadFileSaysSo(t *testing.T) {
	w := newWorld(t)
	p := w.practiceByKey(t, "ee-thn")
	path := "/p/" + fmt.Sprint(p.ID)
	var id int64
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		id, err = tx.InsertAttachment(ctx, postgres.Attachment{PracticeID: p.ID, UploadedBy: p.Author.ID, Name: "report.pdf", MediaType: "application/pdf",
			Size: 10, SHA256: bytes.Repeat([]byte{1}, 32)})
		return err
	}))
	lacks(t, w.page(t, visitor, path), "could not be read")
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.SetAttachmentText(ctx, id, "failed", "it ended", nil, nil) }))
	holds(t, w.page(t, visitor, path), "its text could not be read, so the search does not find it")
}

// lockedBuffer keeps a log that requests write side by side.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
