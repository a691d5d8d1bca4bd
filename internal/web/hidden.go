package web

import (
	"context"
	"html/template"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/page"
)

// hiding says who hid a thing, when and why, beside what moderators see of it.
type hiding struct {
	By      string
	When    template.HTML
	Reasons string // why it was flagged
	Note    string // what the author was told
	Case    string // where it is shown again
}

// hidings tells of hidden things of one kind in a workspace (0: in none), to those who moderate there.
// The caller leaves out what is the viewer's own: its author is not told who it was.
func (w *Web) hidings(ctx context.Context, v *page.View, workspace int64, kind portal.Kind, ids ...int64) (map[int64]*hiding, error) {
	found, err := w.f.Moderation.Hidings(ctx, v.Who, workspace, kind, ids)
	all := make(map[int64]*hiding, len(found))
	for id, h := range found {
		reasons := make([]string, len(h.Reasons))
		for i, r := range h.Reasons {
			reasons[i] = v.L.T("flag.reason." + r)
		}
		all[id] = &hiding{By: h.By.Name, When: v.Date(h.At), Reasons: v.L.List(reasons), Note: h.Note,
			Case: "/queue/of/" + string(kind) + "/" + decimal(id)}
	}
	return all, err
}

// hidingOf is hidings of one thing; nil where the viewer is not to be told, or it is not hidden.
func (w *Web) hidingOf(ctx context.Context, v *page.View, workspace int64, target portal.Ref, hidden, own bool) (*hiding, error) {
	if !hidden || own {
		return nil, nil
	}
	all, err := w.hidings(ctx, v, workspace, target.Kind, target.ID)
	return all[target.ID], err
}

// hiddenPosts tells who hid which posts of a thread.
func (w *Web) hiddenPosts(ctx context.Context, v *page.View, t portal.Thread, posts []portal.Post) (map[int64]*hiding, error) {
	var ids []int64
	for _, p := range posts {
		if !p.HiddenAt.IsZero() && p.Author.ID != v.Who.MemberID {
			ids = append(ids, p.ID)
		}
	}
	return w.hidings(ctx, v, t.WorkspaceID, portal.KindPost, ids...)
}

// hiddenReports writes beside the hidden reports of a workspace's practice who hid them.
func (w *Web) hiddenReports(ctx context.Context, v *page.View, workspace int64, reports []report) error {
	var ids []int64
	for _, r := range reports {
		if r.Hidden && !r.Mine {
			ids = append(ids, r.ID)
		}
	}
	all, err := w.hidings(ctx, v, workspace, portal.KindAdoption, ids...)
	if err != nil {
		return err
	}
	for i := range reports {
		reports[i].Hiding = all[reports[i].ID]
		if err := w.hiddenFiles(ctx, v, workspace, reports[i].Files); err != nil {
			return err
		}
	}
	return nil
}

// hiddenFiles writes beside the hidden ones of files who hid them.
func (w *Web) hiddenFiles(ctx context.Context, v *page.View, workspace int64, files []fileRow) error {
	var ids []int64
	for _, f := range files {
		if f.Hidden && f.UploadedBy != v.Who.MemberID {
			ids = append(ids, f.ID)
		}
	}
	all, err := w.hidings(ctx, v, workspace, portal.KindAttachment, ids...)
	for i := range files {
		files[i].Hiding = all[files[i].ID]
	}
	return err
}

// fileRow is a file of a practice in a list.
type fileRow struct {
	postgres.Attachment
	Hiding  *hiding
	CanFlag bool
}

// fileRows makes rows of those files of a practice that the viewer may see.
func (w *Web) fileRows(ctx context.Context, v *page.View, p portal.Practice, files []postgres.Attachment) ([]fileRow, error) {
	rows, wrote := make([]fileRow, len(files)), v.Who.Wrote(p.Audience)
	for i, f := range files {
		rows[i] = fileRow{Attachment: f, CanFlag: v.SignedIn() && !wrote && f.UploadedBy != v.Who.MemberID && !f.Hidden}
	}
	if wrote { // who is not told who it was
		return rows, nil
	}
	return rows, w.hiddenFiles(ctx, v, p.WorkspaceID, rows)
}
