package notify

import (
	"context"
	"strconv"

	"praxis/internal/i18n"
	"praxis/internal/mail"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const decisionTemplate = "decision"

// mailAll has those who were told of something be told by mail as well: of decisions by one of their own, of
// all else in the mail that is due next.
func mailAll(ctx context.Context, tx *postgres.Tx, added []portal.Notification) error {
	if err := mailDecisions(ctx, tx, added); err != nil {
		return err
	}
	members := make([]int64, len(added))
	for i, n := range added {
		members[i] = n.MemberID
	}
	return tx.DueMails(ctx, members, portal.Now())
}

// mailDecisions queues a mail for each author who is told of a decision over her practice. It
// leaves when the decision can no longer be taken back.
func mailDecisions(ctx context.Context, tx *postgres.Tx, added []portal.Notification) error {
	var decisions []int64
	for _, n := range added {
		switch n.Kind {
		case "published", "changes_requested", "rejected":
			decisions = append(decisions, n.ID)
		}
	}
	if len(decisions) == 0 {
		return nil
	}
	return tx.QueueDecisions(ctx, decisionTemplate, decisions, portal.UndoFor)
}

// decision writes what was decided about a practice and what its author can do next. Title and note
// leave the portal only under clear and green; else the mail says where to read them. NotFound when
// the decision was taken back, or the author has read of it in the portal.
func (m *Mailer) decision(ctx context.Context, l *i18n.Localizer, notification int64) (mail.Message, error) {
	d, err := m.db.DecisionToTell(ctx, notification)
	if err != nil {
		return mail.Message{}, err
	}
	if d.Handling == portal.Red { // nothing of it leaves, not even what it is
		says, link := l.N("mail.new_for_you", 1), m.opt.BaseURL+"/notifications"
		paragraphs := []string{l.T("mail.invitation.hello", "Name", d.Name), says, link}
		return mail.Message{Name: d.Name, ListID: "notices." + m.host, Subject: says, Text: join(paragraphs), HTML: page(l, paragraphs, link, l.T("note.open"))}, nil
	}
	text := "mail." + d.Kind
	link := m.opt.BaseURL + "/p/" + strconv.FormatInt(d.PracticeID, 10)
	if d.Kind != "published" {
		link += "/edit"
	}
	title, note := l.T("mail.a_practice"), ""
	if openly(d.Handling) {
		title, note = l.T("mail.the_practice", "Title", d.Title), d.Note
	}
	paragraphs := []string{l.T("mail.invitation.hello", "Name", d.Name), l.T(text+".body", "Practice", title)}
	switch {
	case note != "":
		paragraphs = append(paragraphs, l.T("mail.moderator_wrote"), note)
	case d.Note != "":
		paragraphs = append(paragraphs, l.T("mail.note_inside"))
	}
	paragraphs = append(paragraphs, l.T(text+".next"), link)
	return mail.Message{Name: d.Name, ListID: "notices." + m.host, Subject: l.T(text + ".subject"), Text: join(paragraphs),
		HTML: page(l, paragraphs, link, l.T(text+".button"))}, nil
}
