package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Notice is a notification with all that could be said of it outside of the portal; what of that may be said
// its label rules.
type Notice struct {
	ID          int64           `db:"id"`
	Kind        string          `db:"kind"`
	Actor       string          `db:"actor"`
	ThreadID    int64           `db:"thread_id"`
	PostID      int64           `db:"post_id"`
	PracticeID  int64           `db:"practice_id"`
	WorkspaceID int64           `db:"workspace_id"`
	CaseID      int64           `db:"case_id"`
	Handling    portal.Handling `db:"handling"` // of the thread, else of the practice; "" where it is about neither
	Title       string          `db:"title"`
	Body        string          `db:"body"` // of the post, in Markdown
	Note        string          `db:"note"`
	CreatedAt   time.Time       `db:"created_at"`
}

// NoticesToTell reads those of a member's notifications that she has not read and that are about things which
// she may see now, the oldest first. A post is told of where it stands now, and not when it was deleted, hidden
// or read meanwhile.
func (c Conn) NoticesToTell(ctx context.Context, v portal.Viewer, ids []int64) ([]Notice, error) {
	return list[Notice](ctx, c, "read notifications to tell", `
		select n.id, n.kind, coalesce(a.name, '') as actor, coalesce(t.id, 0) as thread_id, coalesce(n.post_id, 0) as post_id, coalesce(n.practice_id, 0) as practice_id,
		    coalesce(t.workspace_id, n.workspace_id, 0) as workspace_id, coalesce(n.case_id, 0) as case_id, coalesce(t.handling, p.handling, '') as handling,
		    coalesce(t.title, p.title, '') as title, coalesce(x.body, '') as body, n.note, n.created_at
		from notifications n
		left join members a on a.id = n.actor
		left join posts x on x.id = n.post_id
		left join threads t on t.id = coalesce(x.thread_id, n.thread_id)
		left join practices p on p.id = n.practice_id and t.id is null
		where n.member_id = $1 and n.id = any($7) and n.read_at is null
		    and (t.id is null or `+CanSeeThread("t", 1)+`) and (p.id is null or `+CanSee("p", 1)+`)
		    and (x.id is null or x.deleted_at is null and x.hidden_at is null
		        and not exists (select from read_positions r where r.member_id = $1 and r.thread_id = x.thread_id and r.number >= x.number))
		order by n.id`, withViewer(v, pq.Array(ids))...)
}
