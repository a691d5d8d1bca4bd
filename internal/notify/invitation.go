package notify

import (
	"context"
	"fmt"
	"html"
	"strings"
	"time"

	"praxis/internal/i18n"
	"praxis/internal/mail"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// invitation writes an invitation or a link to set a password; NotFound when its link was used or
// ended meanwhile. The link of an earlier mail that may have arrived goes on working.
func (m *Mailer) invitation(ctx context.Context, l *i18n.Localizer, waiting postgres.Mail, id int64) (mail.Message, error) {
	token, hash := secret.NewToken()
	invitation, err := m.db.RenewInvitation(ctx, id, hash, waiting.HandedAt != nil)
	if err != nil {
		return mail.Message{}, err
	}
	link, text := m.opt.BaseURL+"/invitation/"+token, "mail."+waiting.Template
	paragraphs := []string{l.T(text+".hello", "Name", invitation.Name), l.T(text + ".body"), link,
		l.T(text+".until", "Date", l.Date(invitation.ExpiresAt, time.UTC)), l.T("mail.not_you")}
	return mail.Message{Name: invitation.Name, Subject: l.T(text + ".subject"), Text: join(paragraphs),
		HTML: page(l, paragraphs, link, l.T(text+".button"))}, nil
}

// page is the HTML form of a mail: the same paragraphs, the link as a button.
func page(l *i18n.Localizer, paragraphs []string, link, button string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="%s" dir="%s"><body style="margin:24px;font:17px/1.55 system-ui,sans-serif;color:#1a2421">`, l.Lang(), l.Dir())
	for _, p := range paragraphs {
		if p == link {
			fmt.Fprintf(&b, `<p><a href="%s" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#0b5563;color:#ffffff;text-decoration:none;font-weight:600">%s</a></p><p dir="ltr" style="color:#56615d;font-size:14px;word-break:break-all">%s</p>`,
				html.EscapeString(link), html.EscapeString(button), html.EscapeString(link))
			continue
		}
		fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(p))
	}
	b.WriteString("</body></html>")
	return b.String()
}
