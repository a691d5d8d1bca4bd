package notify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Bounds of a mail: groups in it, texts quoted in one, and the length of each.
const (
	maxGroups    = 20
	quotesAtOnce = 5
	quotesDigest = 2
	quoteLength  = 280
)

// openly tells whether texts, titles and names of a thing may leave the portal by its label: clear or green.
// This is the one place where that is decided for mail and push.
func openly(label portal.Handling) bool { return label == portal.Clear || label == portal.Green }

// ofAWorkspace are the kinds about a member's place in a workspace: it may be named, and nobody in it.
var ofAWorkspace = map[string]bool{"membership": true, "join_request": true, "join_refused": true}

// namesWorkspace tells whether it may at least be said in which workspace something is new. Of what is red
// not even that, nor of decisions, which may be about something red.
func namesWorkspace(n postgres.Notice) bool {
	return n.WorkspaceID != 0 && n.CaseID == 0 && (n.Handling == portal.Amber || n.Handling == portal.AmberStrict || n.Handling == "" && ofAWorkspace[n.Kind])
}

// quote is what somebody wrote, shortened.
type quote struct {
	Who, Text string
}

// group is what a mail says of one thread or practice, or of all in a workspace of which it may say no more.
type group struct {
	rank      int
	count     int
	thread    int64 // 0: not one thread
	workspace int64 // 0: not named
	Lead      string
	Title     string
	Link      string
	Reply     string
	Quotes    []quote
	More      int
}

// ranks order what a mail tells of: whom it names and answers first, then what is followed.
var ranks = map[string]int{"mention": 1, "named": 1, "reply": 2, "post": 4, "new_thread": 4, "edition": 5, "new_practice": 5, "sought": 5}

const otherRank, closedRank = 3, 6

// says are the kinds whose post is quoted.
var says = map[string]bool{"mention": true, "reply": true, "post": true, "new_thread": true, "thread": true, "named": true, "sought": true}

// namesActor tells whether it is said who did it; decisions of moderators are the portal's.
func namesActor(kind string) bool {
	return says[kind] && kind != "sought" || kind == "adopted" || kind == "confirmed" || kind == "report_corrected" || kind == "report_opened" || kind == "coauthor"
}

// letter gathers notices into groups, each saying no more than its label lets; the most urgent first.
type letter struct {
	l      *i18n.Localizer
	base   string // the portal's origin
	names  map[int64]portal.Workspace
	quotes int
	groups []*group
	byKey  map[string]*group
}

func (x *letter) add(n postgres.Notice) {
	switch {
	case openly(n.Handling):
		x.addOpen(n)
	case namesWorkspace(n):
		g := x.group("w"+strconv.FormatInt(n.WorkspaceID, 10), closedRank)
		g.workspace, g.count = n.WorkspaceID, g.count+1
		ws := x.names[n.WorkspaceID]
		g.Title = x.l.N("mail.new_in", g.count, "Workspace", ws.NameIn(x.l.Lang()))
		link := x.link(n)
		if g.Link != "" && link != g.Link {
			link = x.base + "/w/" + strconv.FormatInt(n.WorkspaceID, 10)
		}
		g.Link = link
	default:
		g := x.group("red", closedRank+1)
		g.count++
		g.Title, g.Link = x.l.N("mail.new_for_you", g.count), x.base+"/notifications"
	}
}

func (x *letter) addOpen(n postgres.Notice) {
	key, rank := "p"+strconv.FormatInt(n.PracticeID, 10), ranks[n.Kind]
	if n.ThreadID != 0 {
		key = "t" + strconv.FormatInt(n.ThreadID, 10)
	}
	g := x.group(key, cmp.Or(rank, otherRank))
	g.rank = min(g.rank, cmp.Or(rank, otherRank))
	g.count++
	g.thread, g.workspace, g.Title = n.ThreadID, n.WorkspaceID, n.Title
	who := ""
	if namesActor(n.Kind) {
		who = n.Actor
	}
	if g.count == 1 {
		g.Lead = strings.TrimSpace(who + " " + x.l.T("note."+kindIn(x.l, n.Kind)))
		g.Link = x.link(n)
	}
	if n.ThreadID != 0 {
		g.Reply = x.base + "/t/" + strconv.FormatInt(n.ThreadID, 10) + "#reply"
	}
	text := ""
	switch {
	case says[n.Kind] && n.Body != "":
		text = markup.Excerpt(markup.Text(n.Body), quoteLength)
	case n.Kind != "sought" && n.Note != "": // a moderator's; of a search that is its name
		who, text = "", markup.Excerpt(n.Note, quoteLength)
	}
	switch {
	case text == "" && g.count > 1, text != "" && len(g.Quotes) >= x.quotes:
		g.More++
	case text != "":
		if g.count == 1 {
			who = "" // the line above says it
		}
		g.Quotes = append(g.Quotes, quote{who, text})
	}
}

func kindIn(l *i18n.Localizer, kind string) string {
	if l.Has("note." + kind) {
		return kind
	}
	return "other"
}

// link leads to what a notice is about, by its number alone: titles are in addresses, too.
func (x *letter) link(n postgres.Notice) string {
	number := func(kind string, id int64) string { return x.base + kind + strconv.FormatInt(id, 10) }
	switch {
	case n.ThreadID != 0 && n.PostID != 0:
		return number("/t/", n.ThreadID) + "?post=" + strconv.FormatInt(n.PostID, 10) + "#post-" + strconv.FormatInt(n.PostID, 10)
	case n.ThreadID != 0:
		return number("/t/", n.ThreadID)
	case n.PracticeID != 0:
		return number("/p/", n.PracticeID)
	case n.WorkspaceID != 0:
		return number("/w/", n.WorkspaceID)
	}
	return x.base + "/notifications"
}

func (x *letter) group(key string, rank int) *group {
	g := x.byKey[key]
	if g == nil {
		g = &group{rank: rank}
		x.byKey[key] = g
		x.groups = append(x.groups, g)
	}
	return g
}

// gatherLetter puts notices in words.
func gatherLetter(l *i18n.Localizer, base string, names map[int64]portal.Workspace, notices []postgres.Notice, quotes int) *letter {
	x := &letter{l: l, base: base, names: names, quotes: quotes, byKey: map[string]*group{}}
	for _, n := range notices {
		x.add(n)
	}
	slices.SortStableFunc(x.groups, func(a, b *group) int { return a.rank - b.rank })
	return x
}

// subject says what the mail is about, of one thing by its title.
func (x *letter) subject(all int) string {
	if len(x.groups) == 1 {
		return x.groups[0].Title
	}
	return x.l.N("mail.notices.subject", all)
}

// one is the thread and the workspace that all of the mail is about; 0 where there are several, or where it
// may not be said.
func (x *letter) one() (thread, workspace int64) {
	for i, g := range x.groups {
		if i == 0 {
			thread, workspace = g.thread, g.workspace
		}
		if g.thread != thread {
			thread = 0
		}
		if g.workspace != workspace {
			workspace = 0
		}
	}
	return thread, workspace
}
