package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func TestMailSettings(t *testing.T) {
	w := newWorld(t)
	holds(t, w.page(t, lena, "/settings/mail"), `value="daily" checked`, `value="7" selected`)
	w.sendAll(t, []sending{
		{name: "no such mode", who: lena, path: "/settings/mail", values: values("mode", "hourly", "hour", "8", "weekday", "1", "quiet_from", "0", "quiet_to", "0"), status: 422, links: []string{"mode"}},
		{name: "no such hour", who: lena, path: "/settings/mail", values: values("mode", "daily", "hour", "24", "weekday", "1", "quiet_from", "0", "quiet_to", "0"), status: 422, links: []string{"hour"}},
		{name: "no hour at all", who: lena, path: "/settings/mail", values: values("mode", "daily", "hour", "eight"), status: 422, links: []string{"hour"}},
		{name: "saved", who: lena, path: "/settings/mail", values: values("mode", "at_once", "hour", "8", "weekday", "1", "quiet_from", "22", "quiet_to", "6"), status: 303, to: "/settings/mail?done=saved"},
	})
	holds(t, w.page(t, lena, "/settings/mail"), `value="at_once" checked`, `value="22" selected`)
	s, err := w.f.Notify.MailSettings(ctx, w.who(t, lena))
	must(t, err)
	if want := (portal.MailSettings{Mode: "at_once", Hour: 8, Weekday: 1, QuietFrom: 22, QuietTo: 6}); s != want {
		t.Errorf("saved are %+v", s)
	}
}

// A mail that did not go out stands on its member's page and on the officers', with what the server said.
func TestMailInTroubleIsSaid(t *testing.T) {
	w := newWorld(t)
	who := w.who(t, lena)
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.QueueMail(ctx, postgres.Mail{MemberID: who.MemberID, Recipient: "lena@demo.example", Locale: "en", Template: "digest", Data: "{}"})
	}))
	m, err := w.db.ClaimMail(ctx, 0)
	must(t, err)
	must(t, w.db.FinishMail(ctx, m.ID, postgres.MailFailed, "the mail server refused the recipient: 550 no such mailbox"))
	for who, path := range map[string]string{lena: "/settings/mail", officer: "/officer/mail"} {
		holds(t, w.page(t, who, path), "refused it for good", "550 no such mailbox")
	}
	lacks(t, w.page(t, ana, "/settings/mail"), "550 no such mailbox")
}

// The link of a mail opens a page that asks; the button, and one POST of a mail program without a session, end
// the mails.
func TestOneClickEndsTheMails(t *testing.T) {
	w := newWorld(t)
	who := w.who(t, lena)
	token, err := w.f.Notify.LeaveToken(ctx, who.MemberID)
	must(t, err)
	path := "/unsubscribe/" + token
	page := w.get(t, "", path)
	holds(t, page.Body.String(), `action="`+path+`"`)
	if got := page.Header().Get("Referrer-Policy") + ", " + page.Header().Get("X-Robots-Tag"); got != "no-referrer, noindex" {
		t.Errorf("the headers are %q", got)
	}
	if s, err := w.f.Notify.MailSettings(ctx, who); err != nil || s.Mode != portal.MailDaily {
		t.Errorf("a look at the page set mail to %q (%v)", s.Mode, err)
	}
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader("List-Unsubscribe=One-Click"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	if s, err := w.f.Notify.MailSettings(ctx, who); err != nil || rec.Code != http.StatusOK || s.Mode != portal.MailOff {
		t.Errorf("one click answered %d and left mail at %q (%v)", rec.Code, s.Mode, err)
	}
	if rec := w.get(t, "", path[:len(path)-3]); rec.Code != http.StatusNotFound {
		t.Errorf("a link that nobody signed answers %d", rec.Code)
	}
}
