package notify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"praxis/internal/i18n"
	"praxis/internal/mail"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Templates of mails that tell of what is new: at once, and in a digest.
const (
	noticesTemplate = "notices"
	digestTemplate  = "digest"
)

// maxInMail is of how many notifications a mail tells; of the earlier ones only how many they were.
const maxInMail = 200

// due makes the mail of one member whose time has come; false where there is none.
func (m *Mailer) due(ctx context.Context) bool {
	found := false
	err := m.db.InTx(ctx, func(tx *postgres.Tx) error {
		found = false
		now := portal.Now()
		member, err := tx.TakeDue(ctx, now)
		if err != nil {
			return err
		}
		found = true
		return makeMail(ctx, tx, member, now)
	})
	if err != nil && portal.KindOf(err) != portal.NotFound {
		if ctx.Err() == nil {
			m.opt.Log.Warn("could not make a mail that is due", "err", err)
		}
		return false
	}
	return found
}

// makeMail queues a mail of all that no mail has told a member of, and marks it as told in the same
// transaction: whatever becomes of this node, none of it is in two mails. In her quiet hours it is put off.
func makeMail(ctx context.Context, tx *postgres.Tx, member int64, now time.Time) error {
	wants, err := tx.MailSettings(ctx, member)
	if err != nil || !wants.Sends() {
		return err
	}
	template := digestTemplate
	if wants.Mode == portal.MailAtOnce {
		template = noticesTemplate
		if later := wants.Next(now.Add(-portal.MailBatch), wants.Zone); later.After(now) {
			return tx.PutDue(ctx, member, later)
		}
	}
	ids, err := tx.TakeNotices(ctx, member)
	if err != nil || len(ids) == 0 {
		return err
	}
	return tx.QueueNotices(ctx, member, template, ids[max(0, len(ids)-maxInMail):], len(ids))
}

// notices writes a mail of what is new, with what its reader may still see and has not read meanwhile;
// NotFound where nothing is left of it, or she wants no mail any more.
func (m *Mailer) notices(ctx context.Context, l *i18n.Localizer, waiting postgres.Mail, data mailData) (mail.Message, error) {
	viewer, err := m.db.Viewer(ctx, waiting.MemberID)
	if err != nil {
		return mail.Message{}, err
	}
	wants, err := m.db.MailSettings(ctx, waiting.MemberID)
	if err != nil {
		return mail.Message{}, err
	}
	list, err := m.db.NoticesToTell(ctx, viewer, data.Notifications)
	if err != nil {
		return mail.Message{}, err
	}
	if len(list) == 0 || !wants.Sends() {
		return mail.Message{}, portal.ErrNotFound()
	}
	var workspaces []int64
	for _, n := range list {
		workspaces = append(workspaces, n.WorkspaceID)
	}
	names, err := m.db.WorkspacesByID(ctx, workspaces)
	if err != nil {
		return mail.Message{}, err
	}
	return m.form(l, list, names, waiting, data.All-len(data.Notifications)), nil
}

// form makes the mail of notices. earlier are those that it does not tell of by themselves.
func (m *Mailer) form(l *i18n.Localizer, list []postgres.Notice, names map[int64]portal.Workspace, waiting postgres.Mail, earlier int) mail.Message {
	digest, quotes := waiting.Template == digestTemplate, quotesAtOnce
	if digest {
		quotes = quotesDigest
	}
	x := gatherLetter(l, m.opt.BaseURL, names, list, quotes)
	leave := m.opt.BaseURL + "/unsubscribe/" + leaveToken(m.key, waiting.MemberID)
	settings := m.opt.BaseURL + "/settings/mail"
	foot := []link{{l.T("mail.why." + waiting.Template), ""}, {l.T("mail.settings"), settings}, {l.T("mail.leave"), leave}}
	lines := []string{foot[0].says, foot[1].says + ": " + settings, foot[2].says + ": " + leave}
	message := mail.Message{Subject: x.subject(len(list) + earlier), Text: x.text(digest, earlier, lines), HTML: x.html(digest, earlier, foot), Leave: leave, ListID: "notices." + m.host}
	thread, workspace := x.one()
	if workspace != 0 {
		message.ListID = "workspace-" + strconv.FormatInt(workspace, 10) + "." + m.host
	}
	if thread != 0 && !digest {
		message.References = []string{fmt.Sprintf("thread.%d@%s", thread, m.host)}
	}
	return message
}
