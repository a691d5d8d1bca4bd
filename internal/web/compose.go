package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/discussion"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

func (w *Web) threadWriteRoutes() []Route {
	return []Route{
		{Method: get, Path: "/t/:id/reply", Access: Members, handler: w.replyPage},
		{Method: post, Path: "/t/:id/posts", Access: Members, Limit: filesInForm, handler: w.reply},
		{Method: get, Path: "/t/:id/posts/:post/fragment", Access: Anyone, handler: w.postFragment},
		{Method: post, Path: "/t/:id/read", Access: Members, handler: w.markRead},
		{Method: post, Path: "/t/:id/watch", Access: Members, handler: w.watch},
		{Method: get, Path: "/t/:id/settings", Access: Members, handler: w.threadSettingsPage},
		{Method: post, Path: "/t/:id/settings", Access: Members, handler: w.threadSettings},
		{Method: get, Path: "/w/:id/new-thread", Access: Members, handler: w.newThreadPage},
		{Method: post, Path: "/w/:id/new-thread", Access: Members, Limit: filesInForm, handler: w.newThread},
		{Method: get, Path: "/posts/:id/edit", Access: Members, handler: w.editPostPage},
		{Method: post, Path: "/posts/:id/edit", Access: Members, Limit: filesInForm, handler: w.editPost},
		{Method: get, Path: "/posts/:id/history", Access: Anyone, handler: w.postHistory},
		{Method: get, Path: "/posts/:id/delete", Access: Members, handler: w.deletePostPage},
		{Method: post, Path: "/posts/:id/delete", Access: Members, handler: w.deletePost},
		{Method: post, Path: "/posts/:id/react", Access: Members, handler: w.react},
		{Method: post, Path: "/preview", Access: Members, handler: w.preview},
		{Method: post, Path: "/similar", Access: Members, handler: w.similarFragment},
	}
}

// composeData is a page on which one writes into a thread.
type composeData struct {
	Thread    portal.Thread
	Path      string
	Crumbs    []crumb
	Post      *postRow // the post that is answered, edited or deleted
	Theirs    []diffPart
	Languages []form.Choice
	Others    bool // the post is somebody else's: a moderator acts
	Texts     []postText
	Asks      bool // what is written is a question to a session
}

// threadOf reads the thread that an address names.
func (w *Web) threadOf(c echo.Context) (portal.Thread, portal.Identity, error) {
	who := middleware.Who(c)
	id, err := numbered(c, "id")
	if err != nil {
		return portal.Thread{}, who, err
	}
	t, err := w.f.Discussions.Get(c.Request().Context(), who, id)
	return t, who, err
}

// composeView makes a page around a form in a thread; about is the post in question, 0 for none.
func (w *Web) composeView(c echo.Context, title string, t portal.Thread, about int64) (*composeData, error) {
	l := middleware.Locale(c)
	d := &composeData{Thread: t, Path: threadPath(t.ID, t.Title), Languages: languageChoices(l, "")}
	name, err := w.workspaceName(c.Request().Context(), middleware.Who(c), t.WorkspaceID, l.Lang())
	if err != nil {
		return nil, err
	}
	d.Crumbs = []crumb{{Name: name.Name, Path: name.Path}, {t.Title, d.Path, t.Language}}
	if about == 0 {
		return d, nil
	}
	p, in, err := w.f.Discussions.Post(c.Request().Context(), middleware.Who(c), about)
	if err != nil {
		return nil, err
	}
	if in.ID != t.ID {
		return nil, portal.ErrNotFound()
	}
	rows, err := w.postRows(c.Request().Context(), w.view(c, "", nil), t, []portal.Post{p}, 0)
	if err != nil {
		return nil, err
	}
	d.Post = &rows[0]
	return d, nil
}

func (w *Web) showCompose(c echo.Context, screen, title string, d *composeData, f *form.State) error {
	v := w.view(c, middleware.Locale(c).T(title), d)
	v.Screen, v.Form = "w:"+decimal(d.Thread.WorkspaceID), f
	return w.render(c, screen, v)
}

func (w *Web) replyPage(c echo.Context) error {
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActReply, t.Audience) || t.Closed {
		return portal.Fail(portal.Conflict, "error.thread_closed")
	}
	to, _ := strconv.ParseInt(c.QueryParam("to"), 10, 64) // what is no number answers nobody
	d, err := w.composeView(c, "compose.reply", t, to)
	if err != nil {
		return err
	}
	f := form.New("seen", decimal(t.LastPostID), "reply_to", c.QueryParam("to"), "language", who.Locale)
	if c.QueryParam("quote") != "" && d.Post != nil {
		f.Set("body", quoted(d.Post.Post.Body))
	}
	return w.showCompose(c, "thread/reply", "compose.reply", d, f)
}

// maxQuote bounds what is quoted of a post, in bytes: the link to it says the rest.
const maxQuote = 1000

// quoted puts a text into a quotation of Markdown.
func quoted(text string) string {
	if len(text) > maxQuote {
		text = strings.ToValidUTF8(text[:maxQuote], "") + "…"
	}
	return "> " + strings.ReplaceAll(text, "\n", "\n> ") + "\n\n"
}

// reply adds a post. The form tells which post was the last that its writer saw: the same words
// sent twice after the same post are one post.
func (w *Web) reply(c echo.Context) error {
	f, err := readUpload(c)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	to := f.ID(l, "reply_to")
	became, err := w.onceMade(c, f, func() (outcome, error) {
		p, err := w.f.Discussions.Reply(c.Request().Context(), who, t.ID,
			discussion.NewPost{Body: f.Value("body"), ReplyTo: to, Language: f.Text("language"), Files: f.IDs("files")})
		return outcome{path: postPath(t.ID, t.Title, p.ID), made: p.ID}, err
	})
	if err == nil && became.path == "" { // its node died before it could say what it became, but that it was a post is known
		became.made, became.path = became.to.ID, postPath(t.ID, t.Title, became.to.ID)
	}
	if err == nil {
		return w.toPost(c, became)
	}
	if !f.Take(l, err) {
		return err
	}
	d, failed := w.composeView(c, "compose.reply", t, to)
	if portal.KindOf(failed) == portal.NotFound {
		d, failed = w.composeView(c, "compose.reply", t, 0)
	}
	if failed != nil {
		return failed
	}
	middleware.RetryAfter(c, err)
	return w.showCompose(c, "thread/reply", "compose.reply", d, f)
}

// postFragment gives one post as the thread's page shows it, for a script that adds it there.
func (w *Web) postFragment(c echo.Context) error {
	t, _, err := w.threadOf(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "post")
	if err != nil {
		return err
	}
	d, err := w.composeView(c, "", t, id)
	if err != nil {
		return err
	}
	html, err := w.pages.Fragment("thread/thread", "post", middleware.Locale(c).Lang(), *d.Post)
	if err != nil {
		return err
	}
	return fragment(c, string(html))
}

func (w *Web) markRead(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	if err := w.f.Discussions.MarkRead(c.Request().Context(), who, t.ID, f.ID(l, "post_id")); err != nil {
		return err
	}
	return seeOther(c, threadPath(t.ID, t.Title), "")
}

func (w *Web) watch(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	level := f.Text("level")
	if err := w.f.Discussions.Watch(c.Request().Context(), who, t.ID, level); err != nil {
		return err
	}
	return seeOther(c, threadPath(t.ID, t.Title), "follow_"+level)
}

// preview renders Markdown as it will be read, for a script.
func (w *Web) preview(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	var check portal.Checks
	check.Text("body", f.Value("body"), portal.MaxSection, true)
	if err := check.Err(); err != nil {
		return err
	}
	html, err := markup.HTML(f.Value("body"), markup.Options{})
	if err != nil {
		return portal.Fail(portal.Invalid, "error.malformed")
	}
	return fragment(c, string(html))
}

func (w *Web) react(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	who := middleware.Who(c)
	p, t, err := w.f.Discussions.Post(c.Request().Context(), who, id)
	if err != nil {
		return err
	}
	name, on := f.Text("add"), true
	if name == "" {
		name, on = f.Text("remove"), false
	}
	if err := w.f.Discussions.React(c.Request().Context(), who, id, name, on); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, postPath(t.ID, t.Title, p.ID))
}
