package live

import (
	"encoding/json"
	"time"

	"praxis/internal/portal"
)

// What is told of each type of event, under "data".

type authorTold struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Country string `json:"country"`
}

type postTold struct {
	ID        int64      `json:"id"`
	ThreadID  int64      `json:"thread_id"`
	Number    int        `json:"number"`
	Author    authorTold `json:"author"`
	Body      string     `json:"body"`
	HTML      string     `json:"html"`
	Language  string     `json:"language"`
	ReplyTo   *int64     `json:"reply_to"`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	EditedAt  *time.Time `json:"edited_at"`
	Deleted   bool       `json:"deleted"`
	Hidden    bool       `json:"hidden"`
}

func postData(p portal.Post, html string) postTold {
	return postTold{ID: p.ID, ThreadID: p.ThreadID, Number: p.Number,
		Author: authorTold{ID: p.Author.ID, Name: p.Author.Name, Country: p.Author.Country},
		Body:   p.Body, HTML: html, Language: p.Language, ReplyTo: orNull(p.ReplyTo), Version: p.Version,
		CreatedAt: p.CreatedAt, EditedAt: timeOrNull(p.EditedAt), Deleted: !p.DeletedAt.IsZero(), Hidden: !p.HiddenAt.IsZero()}
}

type reactionsTold struct {
	PostID    int64          `json:"post_id"`
	ThreadID  int64          `json:"thread_id"`
	Reactions []reactionTold `json:"reactions"`
}

type reactionTold struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

func reactionData(p portal.Post) reactionsTold {
	told := reactionsTold{PostID: p.ID, ThreadID: p.ThreadID, Reactions: []reactionTold{}}
	for _, r := range p.Reactions {
		told.Reactions = append(told.Reactions, reactionTold{Name: r.Name, Count: r.Count})
	}
	return told
}

type threadTold struct {
	ID          int64           `json:"id"`
	ThreadID    int64           `json:"thread_id"`
	WorkspaceID int64           `json:"workspace_id"`
	PracticeID  *int64          `json:"practice_id"`
	Title       string          `json:"title"`
	Handling    portal.Handling `json:"handling"`
	Closed      bool            `json:"closed"`
	Version     int64           `json:"version"`
}

func threadData(t *portal.Thread) threadTold {
	return threadTold{ID: t.ID, ThreadID: t.ID, WorkspaceID: t.WorkspaceID, PracticeID: orNull(t.PracticeID), Title: t.Title,
		Handling: t.Handling, Closed: t.Closed, Version: t.Version}
}

type practiceTold struct {
	ID          int64           `json:"id"`
	PracticeID  int64           `json:"practice_id"`
	WorkspaceID *int64          `json:"workspace_id"`
	Title       string          `json:"title"`
	Status      portal.Status   `json:"status"`
	Handling    portal.Handling `json:"handling"`
	Version     int64           `json:"version"`
}

func practiceData(p *portal.Practice) practiceTold {
	return practiceTold{ID: p.ID, PracticeID: p.ID, WorkspaceID: orNull(p.WorkspaceID), Title: p.Title, Status: p.Status,
		Handling: p.Handling, Version: p.Version}
}

type caseTold struct {
	ID          int64      `json:"id"`
	CaseID      int64      `json:"case_id"`
	Target      portal.Ref `json:"target"`
	WorkspaceID int64      `json:"workspace_id"`
	Outcome     string     `json:"outcome,omitempty"`
}

type noticeTold struct {
	ID   int64  `json:"id,omitempty"`
	Kind string `json:"kind"` // "read": some were marked as read elsewhere
}

func noticeData(e portal.Event) noticeTold {
	var of struct {
		Notification int64  `json:"notification"`
		Kind         string `json:"kind"`
	}
	_ = json.Unmarshal(e.Data, &of) // without them it tells of reading
	if of.Notification == 0 {
		return noticeTold{Kind: "read"}
	}
	return noticeTold{ID: of.Notification, Kind: of.Kind}
}

func orNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
