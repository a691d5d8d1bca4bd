package web

import (
	"context"
	"slices"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/page"
)

// urgency orders what a member is told when she comes back: whom somebody names first, then answers and all
// else that is for her alone.
var urgency = map[string]int{"mention": -2, "named": -2, "reply": -1}

// counted are the kinds that a followed thread's count of new posts says already.
var counted = map[string]bool{"post": true, "new_thread": true}

// awaits finds what concerns the member since she was here: what is for her, mentions first, then the threads that
// she follows, with how much is new. What one part tells of no other does; told are the practices.
func (w *Web) awaits(ctx context.Context, v *page.View, d *homeData) (told map[int64]bool, err error) {
	var unread []portal.Notification
	if v.Who.Unread > 0 {
		notes, err := w.f.Notify.List(ctx, v.Who, portal.Page{Limit: portal.MaxPage})
		if err != nil {
			return nil, err
		}
		unread = slices.DeleteFunc(notes, func(n portal.Notification) bool { return !n.ReadAt.IsZero() })
	}
	threads, err := w.f.Discussions.Unread(ctx, v.Who, portal.MaxPage)
	if err != nil {
		return nil, err
	}
	if v.Rail, err = w.railAround(ctx, v, func() ([]postgres.UnreadThread, error) { return threads, nil }); err != nil {
		return nil, err
	}
	follows := map[int64]bool{}
	for _, t := range threads {
		follows[t.ID] = true
	}
	unread = slices.DeleteFunc(unread, func(n portal.Notification) bool { return counted[n.Kind] && follows[n.ThreadID] })
	slices.SortStableFunc(unread, func(a, b portal.Notification) int { return urgency[a.Kind] - urgency[b.Kind] })
	d.Notes, told = onceEach(v, unread, homeNotes)
	for _, n := range unread {
		if n.ThreadID != 0 && slices.ContainsFunc(d.Notes, func(shown note) bool { return shown.ID == n.ID }) {
			delete(follows, n.ThreadID)
		}
	}
	for _, t := range threads {
		if follows[t.ID] && len(d.Threads) < homeThreads {
			d.Threads = append(d.Threads, unreadRow(t))
		}
	}
	return told, nil
}

// onceEach puts the first notifications in words: of each thread the most urgent and how many more there are; and
// gives the practices that they are about.
func onceEach(v *page.View, list []portal.Notification, most int) (notes []note, practices map[int64]bool) {
	at, practices := map[int64]int{}, map[int64]bool{}
	for _, n := range list {
		if i, known := at[n.ThreadID]; known && n.ThreadID != 0 {
			if notes[i].More++; counted[n.Kind] || n.Kind == "reply" {
				notes[i].Path = threadPath(n.ThreadID, n.Title) + "#new"
			}
			continue
		}
		if len(notes) == most {
			continue
		}
		at[n.ThreadID] = len(notes)
		notes = append(notes, noteOf(v, n))
		practices[n.PracticeID] = true
	}
	return notes, practices
}

// except leaves out the practices that were told of.
func except(list []portal.Practice, told map[int64]bool) []portal.Practice {
	return slices.DeleteFunc(list, func(p portal.Practice) bool { return told[p.ID] })
}

// inHerField shows what is new in the member's sector since she was here, and gives the rest of the list.
func (w *Web) inHerField(ctx context.Context, v *page.View, d *homeData, list []portal.Practice, told map[int64]bool, before time.Time) ([]portal.Practice, error) {
	if before.IsZero() {
		return list, nil
	}
	me, err := w.f.Accounts.Me(ctx, v.Who)
	if err != nil || me.Sector == "" {
		return list, err
	}
	field, err := w.f.Practices.List(ctx, v.Who, postgres.PracticeFilter{Sector: me.Sector, Page: portal.Page{Limit: homeLooks}})
	if err != nil {
		return nil, err
	}
	field = slices.DeleteFunc(except(field, told), func(p portal.Practice) bool { return !p.PublishedAt.After(before) || p.AuthorID == v.Who.MemberID })
	field = field[:min(len(field), homePractices)]
	d.Field = w.cards(v.L, field)
	shown := map[int64]bool{}
	for _, p := range field {
		shown[p.ID] = true
	}
	return except(list, shown), nil
}
