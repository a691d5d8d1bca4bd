package live

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// Poll answers what happened in the topics of the address after a position, a page of it at most: where
// nothing that stays open comes through. head is the position to ask with next, more says that there is
// more already, reset that the position cannot be gone on from. What may not be seen answers 404.
func (h *Hub) Poll(common *middleware.Common, identify Identify) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, err := reader(c, common, identify)
		if err != nil {
			return err
		}
		targets, after, err := asked(c.Request(), who.Viewer)
		if err != nil {
			return err
		}
		ctx, done := h.reading() // with the sockets: however many poll, the database is asked by so many at once
		defer done()
		p, err := h.poll(ctx, who, targets, after)
		if err != nil {
			return err
		}
		c.Response().Header().Set("Cache-Control", "no-store")
		return c.JSONBlob(http.StatusOK, p.json())
	}
}

// polled is an answer.
type polled struct {
	head        int64
	reset, more bool
	items       []line
}

func (p polled) json() []byte {
	b := append([]byte(`{"head":`), strconv.FormatInt(p.head, 10)...)
	b = strconv.AppendBool(append(b, `,"reset":`...), p.reset)
	b = strconv.AppendBool(append(b, `,"more":`...), p.more)
	b = append(b, `,"items":[`...)
	for i, l := range p.items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, l.text...)
	}
	return append(b, "]}"...)
}

func (h *Hub) poll(ctx context.Context, who portal.Identity, targets []target, after *int64) (p polled, err error) {
	viewer := portal.Viewer{}
	if who.SignedIn() {
		if viewer, err = h.db.Viewer(ctx, who.MemberID); err != nil {
			return p, err
		}
	}
	// The head first: what is committed later is for the next time.
	at, err := h.db.LogHead(ctx)
	if err != nil {
		return p, err
	}
	p.head = at.Head
	var topics []portal.Topic
	for _, t := range targets {
		more, _, err := h.allowed(ctx, viewer, t)
		if err != nil {
			return p, err
		}
		topics = append(topics, more...)
	}
	if after == nil || *after == p.head {
		return p, nil
	}
	if known, err := h.db.Resumable(ctx, *after); err != nil || !known {
		p.reset = err == nil
		return p, err
	}
	told, full, last, err := h.pageOf(ctx, topics, *after, p.head)
	if err != nil {
		return p, err
	}
	if full {
		p.head, p.more = last, true
	}
	p.items = seenBy(&viewer, told)
	return p, nil
}
