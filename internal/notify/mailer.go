package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/text/language"

	"praxis/internal/i18n"
	"praxis/internal/mail"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// Bounds of sending.
const (
	mailEvery    = 2 * time.Second
	mailAttempts = 8
	firstRetry   = time.Minute // doubled after each attempt
)

// Mailer sends the mails that wait: each is taken by one node, its text and its one-time link
// are made at that moment.
type Mailer struct {
	db         *postgres.DB
	sender     *mail.Sender
	catalogues *i18n.Catalogues
	baseURL    string
	log        *slog.Logger
}

// NewMailer makes the mailer.
func NewMailer(db *postgres.DB, sender *mail.Sender, catalogues *i18n.Catalogues, baseURL string, log *slog.Logger) *Mailer {
	return &Mailer{db: db, sender: sender, catalogues: catalogues, baseURL: baseURL, log: log}
}

// Run sends until the context ends.
func (m *Mailer) Run(ctx context.Context) {
	tick := time.NewTicker(mailEvery)
	defer tick.Stop()
	for {
		for ctx.Err() == nil && m.next(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// next sends one mail; false when none is due, or the database does not answer.
func (m *Mailer) next(ctx context.Context) bool {
	waiting, err := m.db.ClaimMail(ctx, firstRetry)
	if err != nil {
		if portal.KindOf(err) != portal.NotFound && ctx.Err() == nil {
			m.log.Warn("could not look for mails to send", "err", err)
		}
		return false
	}
	sent, err := m.send(ctx, waiting)
	if err == nil && !sent {
		m.log.Info("a mail is not needed any more", "mail", waiting.ID, "template", waiting.Template)
	}
	switch {
	case err == nil:
		err = m.db.DropMail(ctx, waiting.ID)
	case waiting.Attempts >= mailAttempts:
		m.log.Error("a mail was given up", "mail", waiting.ID, "template", waiting.Template, "attempts", waiting.Attempts, "err", err)
		err = m.db.DropMail(ctx, waiting.ID)
	default:
		m.log.Warn("a mail could not be sent and is tried again", "mail", waiting.ID, "template", waiting.Template, "attempts", waiting.Attempts, "err", err)
		err = m.db.MailFailed(ctx, waiting.ID, err.Error(), firstRetry<<(waiting.Attempts-1))
	}
	if err != nil && ctx.Err() == nil {
		m.log.Warn("could not note what became of a mail", "mail", waiting.ID, "err", err)
	}
	return ctx.Err() == nil
}

// send writes and sends a mail; sent is false when it is not needed any more.
func (m *Mailer) send(ctx context.Context, waiting postgres.Mail) (sent bool, err error) {
	var data struct {
		Invitation   int64 `json:"invitation"`
		Notification int64 `json:"notification"`
	}
	if err := json.Unmarshal([]byte(waiting.Data), &data); err != nil {
		return false, fmt.Errorf("read a mail's data: %w", err)
	}
	tag, err := language.Parse(waiting.Locale)
	if err != nil {
		tag = language.English
	}
	l := m.catalogues.Localizer(m.catalogues.Match("", tag.String()))
	var message mail.Message
	if waiting.Template == decisionTemplate {
		message, err = m.decision(ctx, l, data.Notification)
	} else {
		message, err = m.invitation(ctx, l, waiting.Template, data.Invitation)
	}
	if portal.KindOf(err) == portal.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	message.To, message.Lang = waiting.Recipient, l.Lang()
	return true, m.sender.Send(ctx, message)
}

// invitation writes an invitation or a link to set a password; NotFound when its link was used or
// ended meanwhile.
func (m *Mailer) invitation(ctx context.Context, l *i18n.Localizer, template string, id int64) (mail.Message, error) {
	token, hash := secret.NewToken()
	invitation, err := m.db.RenewInvitation(ctx, id, hash)
	if err != nil {
		return mail.Message{}, err
	}
	link, text := m.baseURL+"/invitation/"+token, "mail."+template
	paragraphs := []string{l.T(text+".hello", "Name", invitation.Name), l.T(text + ".body"), link,
		l.T(text+".until", "Date", l.Date(invitation.ExpiresAt, time.UTC)), l.T("mail.not_you")}
	return mail.Message{Name: invitation.Name, Subject: l.T(text + ".subject"), Text: strings.Join(paragraphs, "\n\n") + "\n",
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
