package demo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func (f *filler) fillWorkspaces(ctx context.Context) (err error) {
	if _, err = f.tx.SeedWorkspaces(ctx, f.content.workspaces, false); err != nil {
		return err
	}
	f.workspaces, err = f.tx.WorkspaceKeys(ctx)
	return err
}

func (f *filler) fillMembers(ctx context.Context, phc string) error {
	for _, m := range f.content.members {
		id, err := f.tx.InsertMember(ctx, portal.Member{Email: m.Email, Name: m.Name, Country: m.Country, Organization: m.Organization,
			OrganizationText: m.OrganizationText, Sector: m.Sector, Expertise: m.Expertise, Bio: m.Bio, Locale: locale(m.Locale),
			TimeZone: "UTC", Programme: m.Programme, Year: m.Year, Officer: m.Officer, Sharing: portal.DefaultSharing})
		if err != nil {
			return fmt.Errorf("%s: %w", m.Email, err)
		}
		if err := f.tx.SetPassword(ctx, id, phc); err != nil {
			return err
		}
		f.members[m.Email] = portal.Person{ID: id, Name: m.Name, Country: m.Country}
		for _, key := range slices.Sorted(maps.Keys(m.Workspaces)) {
			if _, err := f.tx.PutWorkspaceMember(ctx, f.workspaces[key], id, m.Workspaces[key]); err != nil {
				return fmt.Errorf("%s in %s: %w", m.Email, key, err)
			}
		}
		f.changes = append(f.changes, postgres.Change{Action: "member.create", Target: portal.Ref{Kind: portal.KindMember, ID: id},
			Events: []portal.Event{{Topic: portal.MemberTopic(id), Type: portal.MemberChanged}}})
	}
	return nil
}

// locale gives the language of the pages for a member whose own may have no catalogue.
func locale(lang string) string {
	if slices.Contains([]string{"en", "es", "ar"}, lang) {
		return lang
	}
	return "en"
}

// ids turns addresses into identifiers.
func (f *filler) ids(emails []string) []int64 {
	var ids []int64
	for _, e := range emails {
		ids = append(ids, f.members[e].ID)
	}
	slices.Sort(ids)
	return ids
}

func (f *filler) fillThreads(ctx context.Context) error {
	for _, t := range f.content.threads {
		made := portal.Thread{Title: t.Title, Language: t.Language, PracticeID: f.practices[t.Practice], Shape: portal.Shape{Purpose: t.Kind, Sectors: t.Sectors}}
		made.WorkspaceID, made.Handling, made.AuthorID, made.Named = f.workspaces[t.Workspace], t.Handling, f.members[t.Author].ID, f.ids(t.Named)
		id, err := f.tx.InsertThread(ctx, made)
		if err != nil {
			return fmt.Errorf("%q: %w", t.Title, err)
		}
		made.ID = id
		posts, err := f.fillPosts(ctx, made, t.Posts)
		if err != nil {
			return fmt.Errorf("%q: %w", t.Title, err)
		}
		f.threads[t.Title] = append([]int64{id}, posts...)
		if t.Answer != 0 {
			if _, err := f.tx.SetAnswer(ctx, id, posts[t.Answer], made.AuthorID); err != nil {
				return err
			}
		}
		if err := f.tx.DateThread(ctx, id, f.at(t.Posts[0])); err != nil {
			return err
		}
		f.changes = append(f.changes, postgres.Change{Actor: made.AuthorID, Action: "thread.create", Target: portal.Ref{Kind: portal.KindThread, ID: id},
			WorkspaceID: made.WorkspaceID, Events: []portal.Event{{Topic: portal.WorkspaceTopic(made.WorkspaceID), Type: portal.ThreadCreated,
				ThreadID: id, PracticeID: made.PracticeID, WorkspaceID: made.WorkspaceID}}})
	}
	return nil
}

func (f *filler) at(p post) time.Time {
	return f.now.Add(-time.Duration(p.HoursAgo * float64(time.Hour))).Truncate(time.Microsecond)
}

func (f *filler) fillPosts(ctx context.Context, t portal.Thread, posts []post) ([]int64, error) {
	var ids []int64
	for _, p := range posts {
		made := portal.Post{ThreadID: t.ID, Author: f.members[p.Author], Body: p.Body, Language: cmp.Or(p.Language, t.Language), CreatedAt: f.at(p)}
		if p.ReplyTo != nil {
			made.ReplyTo = ids[*p.ReplyTo]
		}
		made, _, err := f.tx.AddPost(ctx, portal.Viewer{MemberID: made.Author.ID, Officer: true}, made, markup.Mentions(p.Body))
		if err != nil {
			return nil, err
		}
		id := made.ID
		ids = append(ids, id)
		for _, name := range slices.Sorted(maps.Keys(p.Reactions)) {
			for _, by := range p.Reactions[name] {
				if _, err := f.tx.SetReaction(ctx, id, f.members[by].ID, name, true); err != nil {
					return nil, err
				}
			}
		}
		if len(ids) > 1 {
			f.changes = append(f.changes, postgres.Change{Actor: made.Author.ID, Action: "post.create", Target: portal.Ref{Kind: portal.KindPost, ID: id},
				WorkspaceID: t.WorkspaceID, Events: []portal.Event{{Topic: portal.ThreadTopic(t.ID), Type: portal.PostCreated, ThreadID: t.ID,
					WorkspaceID: t.WorkspaceID}}})
		}
	}
	return ids, nil
}

func (f *filler) fillFlags(ctx context.Context) error {
	for _, g := range f.content.flags {
		if g.Practice != "" {
			if err := f.flagReport(ctx, g); err != nil {
				return fmt.Errorf("the report of %s: %w", g.ReportBy, err)
			}
			continue
		}
		posts := f.threads[g.ThreadTitle]
		if len(posts) < g.PostIndex+2 {
			return fmt.Errorf("no post %d in the thread %q", g.PostIndex, g.ThreadTitle)
		}
		threads, err := f.tx.ThreadsByID(ctx, posts[:1])
		if err != nil || len(threads) == 0 {
			return err
		}
		target := portal.Ref{Kind: portal.KindPost, ID: posts[g.PostIndex+1]}
		id, _, err := f.tx.OpenCase(ctx, portal.Case{Kind: "flag", Target: target, WorkspaceID: threads[0].WorkspaceID, ThreadID: posts[0]}, 0)
		if err != nil {
			return err
		}
		if _, err := f.tx.InsertFlag(ctx, id, f.members[g.By].ID, g.Reason, g.Note); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) flagReport(ctx context.Context, g flag) error {
	practice := f.practices[g.Practice]
	report, err := reportBy(ctx, f.tx.Conn, practice, f.members[g.ReportBy].ID)
	if err != nil {
		return err
	}
	id, _, err := f.tx.OpenCase(ctx, portal.Case{Kind: "flag", Target: portal.Ref{Kind: portal.KindAdoption, ID: report.ID}, WorkspaceID: report.Practice.WorkspaceID}, practice)
	if err == nil {
		_, err = f.tx.InsertFlag(ctx, id, f.members[g.By].ID, g.Reason, g.Note)
	}
	return err
}

// reportBy finds a member's first report on a practice.
func reportBy(ctx context.Context, db postgres.Conn, practice, member int64) (portal.Adoption, error) {
	reports, err := db.Adoptions(ctx, portal.Viewer{Officer: true}, practice, portal.Page{Limit: portal.MaxPage})
	for _, r := range reports {
		if r.Author.ID == member && r.PracticeID == practice {
			return r, err
		}
	}
	if err == nil {
		err = portal.ErrNotFound()
	}
	return portal.Adoption{}, err
}
