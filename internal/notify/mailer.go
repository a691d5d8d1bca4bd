package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/language"

	"praxis/internal/i18n"
	"praxis/internal/mail"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Bounds of sending.
const (
	mailEvery   = 2 * time.Second
	forgetEvery = time.Hour
	firstRetry  = time.Minute // doubled after each attempt
	lastRetry   = 4 * time.Hour
	giveUpAfter = 48 * time.Hour
	maxUnsure   = 3 // attempts of a one-time link of which nobody knows whether it arrived
	lastWord    = 5 * time.Second
)

// Mailer makes and sends the mails that wait: each is taken by one node, its text and its one-time link
// are made at that moment.
//
// A mail goes out once however often a node dies: that its server is about to take it is committed just
// before the last line of the conversation, and what became of it afterwards. In between nobody can know. A
// mail of notices that was left there is not sent again, for all of it stands in the portal; an invitation or a
// link to set a password is, with the same Message-ID, and both its links work.
type Mailer struct {
	db         *postgres.DB
	sender     *mail.Sender
	catalogues *i18n.Catalogues
	opt        MailOptions
	host       string
	key        []byte // signs return paths and links to leave
}

// MailOptions of a Mailer.
type MailOptions struct {
	BaseURL string
	Bounces string        // address to which refusals of later go; "" to the sender
	Lease   time.Duration // longer than any sending takes; 0: mail.MaxSending
	Grace   time.Duration // what is being sent has, when the portal stops; 0: a few seconds
	Log     *slog.Logger
}

// NewMailer makes the mailer.
func NewMailer(db *postgres.DB, sender *mail.Sender, catalogues *i18n.Catalogues, opt MailOptions) *Mailer {
	m := &Mailer{db: db, sender: sender, catalogues: catalogues, opt: opt, host: "localhost"}
	if u, err := url.Parse(opt.BaseURL); err == nil && u.Hostname() != "" {
		m.host = u.Hostname()
	}
	m.opt.Lease = cmp.Or(m.opt.Lease, mail.MaxSending)
	return m
}

// Run sends until the context ends; what is being sent then has a moment to be finished.
func (m *Mailer) Run(ctx context.Context) {
	tick := time.NewTicker(mailEvery)
	defer tick.Stop()
	forgotten := time.Now()
	for {
		m.Work(ctx)
		if time.Since(forgotten) > forgetEvery {
			forgotten = time.Now()
			if err := m.db.ForgetMails(ctx); err != nil && ctx.Err() == nil {
				m.opt.Log.Warn("could not forget old mails", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Work makes the mails that are due and sends those that wait, until there are none.
func (m *Mailer) Work(ctx context.Context) {
	for ctx.Err() == nil && m.due(ctx) {
	}
	for ctx.Err() == nil && m.next(ctx) {
	}
}

// next sends one mail; false when none is due, or the database does not answer.
func (m *Mailer) next(ctx context.Context) bool {
	waiting, err := m.db.ClaimMail(ctx, m.opt.Lease)
	if err != nil {
		if portal.KindOf(err) != portal.NotFound && ctx.Err() == nil {
			m.opt.Log.Warn("could not look for mails to send", "err", err)
		}
		return false
	}
	sending, cancel := graceful(ctx, cmp.Or(m.opt.Grace, lastWord))
	defer cancel()
	if err := m.settle(sending, waiting, m.send(sending, waiting)); err != nil && ctx.Err() == nil {
		m.opt.Log.Warn("could not note what became of a mail", "mail", waiting.ID, "err", err)
	}
	return ctx.Err() == nil
}

// graceful gives what is under way a moment after the context has ended.
func graceful(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() { stop(); cancel() }
}

// errNotNeeded tells that nothing is left that a mail would say.
var errNotNeeded = errors.New("the mail is not needed any more")

// settle notes what became of a mail that was tried, or when it is tried again.
func (m *Mailer) settle(ctx context.Context, waiting postgres.Mail, err error) error {
	log := m.opt.Log.With("mail", waiting.ID, "template", waiting.Template, "attempts", waiting.Attempts)
	var refused *mail.Refusal
	var unsure *mail.Unsure
	switch {
	case err == nil:
		return m.db.FinishMail(ctx, waiting.ID, postgres.MailSent, "")
	case errors.Is(err, errNotNeeded):
		return m.db.FinishMail(ctx, waiting.ID, postgres.MailDropped, "")
	case portal.KindOf(err) == portal.NotFound: // another node has it
		return nil
	case errors.As(err, &unsure) && (isNotice(waiting.Template) || waiting.Attempts >= maxUnsure):
		log.Warn("nobody knows whether a mail arrived", "err", err)
		return m.db.FinishMail(ctx, waiting.ID, postgres.MailUnsure, err.Error())
	case errors.As(err, &refused) && refused.Lasting, time.Since(waiting.CreatedAt) > giveUpAfter:
		log.Error("a mail was given up", "err", err)
		return m.db.FinishMail(ctx, waiting.ID, postgres.MailFailed, err.Error())
	}
	log.Warn("a mail could not be sent and is tried again", "err", err)
	if waiting.HandedAt = nil; unsure != nil {
		now := time.Now()
		waiting.HandedAt = &now
	}
	return m.db.PutMailOff(ctx, waiting, err.Error(), retryAfter(waiting.Attempts))
}

// retryAfter doubles from a minute to hours, and spreads what was refused together.
func retryAfter(attempts int) time.Duration {
	wait := lastRetry
	if attempts < 10 {
		wait = min(wait, firstRetry<<(attempts-1))
	}
	return time.Duration(float64(wait) * (0.75 + rand.Float64()/2))
}

// send writes and sends a mail.
func (m *Mailer) send(ctx context.Context, waiting postgres.Mail) error {
	if waiting.HandedAt != nil && isNotice(waiting.Template) {
		return &mail.Unsure{Err: errors.New("the portal stopped before it heard")}
	}
	var data mailData
	if err := json.Unmarshal([]byte(waiting.Data), &data); err != nil {
		return fmt.Errorf("read a mail's data: %w", err)
	}
	if m.key == nil {
		key, err := m.db.Key(ctx, mailKey)
		if err != nil {
			return err
		}
		m.key = key
	}
	message, err := m.write(ctx, m.localizer(waiting.Locale), waiting, data)
	if portal.KindOf(err) == portal.NotFound {
		return errNotNeeded
	}
	if err != nil {
		return err
	}
	message.To = waiting.Recipient
	message.ID = fmt.Sprintf("mail.%d.%d@%s", waiting.ID, waiting.CreatedAt.Unix(), m.host)
	message.ReturnPath = mail.ReturnPath(m.opt.Bounces, waiting.ID, m.key)
	return m.sender.Send(ctx, message, func() error { return m.db.HandOver(ctx, waiting, m.opt.Lease) })
}

// mailData is of what a mail tells.
type mailData struct {
	Invitation    int64   `json:"invitation"`
	Notification  int64   `json:"notification"`
	Notifications []int64 `json:"notifications"`
	All           int     `json:"all"` // more may have waited than are in the list
}

func (m *Mailer) localizer(locale string) *i18n.Localizer {
	tag, err := language.Parse(locale)
	if err != nil {
		tag = language.English
	}
	return m.catalogues.Localizer(m.catalogues.Match("", tag.String()))
}

func (m *Mailer) write(ctx context.Context, l *i18n.Localizer, waiting postgres.Mail, data mailData) (message mail.Message, err error) {
	switch {
	case waiting.Template == decisionTemplate:
		message, err = m.decision(ctx, l, data.Notification)
	case isNotice(waiting.Template):
		message, err = m.notices(ctx, l, waiting, data)
	default:
		message, err = m.invitation(ctx, l, waiting, data.Invitation)
	}
	message.Lang = l.Lang()
	return message, err
}

func isNotice(template string) bool {
	return template == noticesTemplate || template == digestTemplate || template == decisionTemplate
}

// join makes the plain form of paragraphs.
func join(paragraphs []string) string { return strings.Join(paragraphs, "\n\n") + "\n" }
