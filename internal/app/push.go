package app

import (
	"context"
	"strings"

	"praxis/internal/i18n"
	"praxis/internal/notify"
	"praxis/internal/push"
)

// makePusher has browsers show what their members are told of, signed by a key that is made at the first start.
func (p *Portal) makePusher(ctx context.Context, catalogues *i18n.Catalogues) error {
	key, err := p.DB.Key(ctx, notify.PushKey)
	if err != nil {
		return err
	}
	contact := p.URL
	if !strings.HasPrefix(contact, "https://") { // what push services take
		contact = mailFrom(p.Settings, p.URL)
	}
	sender, err := push.New(key, push.Options{Contact: contact})
	if err != nil {
		return err
	}
	p.notify.WithPush(sender)
	p.pusher = notify.NewPusher(p.DB, sender, catalogues, p.URL, p.Log)
	return nil
}
