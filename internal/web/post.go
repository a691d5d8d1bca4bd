package web

import (
	"context"
	"html/template"
	"strconv"

	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/web/page"
)

// quoteLength bounds what is shown of a post that another one answers, in characters.
const quoteLength = 160

// postRow is a post as it is read, in words that are ready: a thread's page must be quick.
type postRow struct {
	ID         int64
	Number     int
	Version    int64
	ThreadPath string
	Anchor     string // "post-567"
	Path       string // permalink
	Author     portal.Person
	AuthorPath string
	Initials   string
	Meta       string // country, sector
	When       template.HTML
	Edited     template.HTML // "" if it was not
	Lang, Dir  string
	HTML       template.HTML
	Quote      *quote
	New        bool // the mark "new since you were here" stands above it
	Deleted    bool
	Hidden     bool // by a moderator
	Shown      bool // there is a text
	Hiding     *hiding
	Reactions  []reaction
	Mine       bool
	CanReply   bool
	CanDelete  bool
	ReplyPath  string
	React      template.HTML // buttons
	Files      []postFile
	Post       portal.Post
	Answer     bool // it answers the question
	CanMark    bool // as what answers it
	Asks       bool // a question to the session
	CanVote    bool
	Moved      bool // it was written in another thread
}

type quote struct{ Path, Name, Text string }

type reaction struct {
	Name, Label string
	Count       int
	Mine        bool
}

// postRows makes rows of posts in a thread that the viewer may see. read is the number of the last
// post that she had read.
func (w *Web) postRows(ctx context.Context, v *page.View, t portal.Thread, posts []portal.Post, read int) ([]postRow, error) {
	quotes, err := w.quotes(ctx, v.Who, t, posts)
	if err != nil {
		return nil, err
	}
	hidden, err := w.hiddenPosts(ctx, v, t, posts)
	if err != nil {
		return nil, err
	}
	rows := w.quotingRows(v, t, posts, quotes, hidden, read)
	return rows, w.addFiles(ctx, v.Who, rows)
}

// quotingRows is postRows with the quoted posts, and who hid which, at hand.
func (w *Web) quotingRows(v *page.View, t portal.Thread, posts []portal.Post, quotes map[int64]portal.Post, hidden map[int64]*hiding, read int) []postRow {
	moderates := v.SignedIn() && v.Who.ModeratorOf(t.WorkspaceID)
	reply := v.Who.Can(portal.ActReply, t.Audience) && !t.Closed
	marks, votes := canMark(v, t), canVote(v, t)
	path := threadPath(t.ID, t.Title)
	rows := make([]postRow, len(posts))
	for i, p := range posts {
		row := &rows[i]
		w.fillPost(v, row, p)
		row.Hiding = hidden[p.ID]
		row.Answer, row.Asks, row.Moved = p.ID == t.AnswerID, p.Asks, p.MovedFrom != 0
		row.CanMark, row.CanVote = marks && row.Shown && p.Number > 1, votes && row.Shown && p.Asks && !row.Mine
		row.ThreadPath, row.Path = path, postPath(t.ID, t.Title, p.ID)
		row.New = read > 0 && p.Number > read && (i == 0 || posts[i-1].Number <= read)
		row.CanReply, row.CanDelete = reply && row.Shown, !row.Deleted && (row.Mine || moderates)
		if row.CanReply {
			row.ReplyPath = "/t/" + strconv.FormatInt(t.ID, 10) + "/reply?to=" + strconv.FormatInt(p.ID, 10)
			row.React = reactButtons(v, p)
		}
		if q, ok := quotes[p.ReplyTo]; ok && row.Shown && q.Body != "" {
			row.Quote = &quote{Path: postPath(t.ID, t.Title, q.ID), Name: q.Author.Name, Text: markup.Excerpt(markup.Text(q.Body), quoteLength)}
		}
	}
	return rows
}

// canMark tells whether the reader marks what answers the question that the thread is.
func canMark(v *page.View, t portal.Thread) bool {
	return t.Purpose == portal.Question && v.Who.Can(portal.ActLabel, t.Audience)
}

// canVote tells whether the reader votes for questions to the session that the thread is.
func canVote(v *page.View, t portal.Thread) bool {
	return t.Purpose == portal.LiveSession && t.SessionState(v.Now) != portal.SessionOver && v.Who.Can(portal.ActReply, t.Audience)
}

func (w *Web) fillPost(v *page.View, row *postRow, p portal.Post) {
	row.ID, row.Number, row.Version, row.Author, row.Post = p.ID, p.Number, p.Version, p.Author, p
	row.Anchor, row.AuthorPath = "post-"+strconv.FormatInt(p.ID, 10), memberPath(p.Author.ID)
	row.Initials, row.Meta = page.Initials(p.Author.Name), v.L.Country(p.Author.Country)
	if p.Author.Sector != "" {
		row.Meta += between + w.f.Vocabulary.Name("sectors", p.Author.Sector, v.Lang())
	}
	row.When, row.Lang, row.Dir = v.When(p.CreatedAt), p.Language, i18n.DirOf(p.Language)
	row.Deleted, row.Hidden, row.Shown = !p.DeletedAt.IsZero(), !p.HiddenAt.IsZero(), p.Body != ""
	row.Mine = v.SignedIn() && v.Who.MemberID == p.Author.ID
	if !p.EditedAt.IsZero() && !row.Deleted {
		row.Edited = v.When(p.EditedAt)
	}
	if !row.Shown {
		return
	}
	row.HTML = w.markup.html(markupKey{portal.KindPost, p.ID, p.Version, ""}, p.Body, markup.Options{})
	for _, r := range p.Reactions {
		row.Reactions = append(row.Reactions, reaction{Name: r.Name, Label: v.L.T("reaction." + r.Name), Count: r.Count, Mine: r.Mine})
	}
}

// quotes finds the posts that these answer: most stand on the same page.
func (w *Web) quotes(ctx context.Context, who portal.Identity, t portal.Thread, posts []portal.Post) (map[int64]portal.Post, error) {
	here := make(map[int64]portal.Post, len(posts))
	for _, p := range posts {
		here[p.ID] = p
	}
	var others []int64
	for _, p := range posts {
		if _, ok := here[p.ReplyTo]; p.ReplyTo != 0 && !ok {
			others = append(others, p.ReplyTo)
		}
	}
	more, err := w.f.Discussions.Quoted(ctx, who, t, others)
	for _, p := range more {
		here[p.ID] = p
	}
	return here, err
}
