package discussion

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// shape is what a new thread has by its purpose.
func (n NewThread) shape(who portal.Identity) portal.Shape {
	s := portal.Shape{Purpose: cmp.Or(n.Kind, portal.Discussion), Sectors: sorted(n.Sectors), StartsAt: n.StartsAt.UTC(), EndsAt: n.EndsAt.UTC(), HostID: n.HostID}
	if s.Purpose == portal.LiveSession && s.HostID == 0 {
		s.HostID = who.MemberID
	}
	return s
}

func sorted(keys []string) []string { return slices.Compact(slices.Sorted(slices.Values(keys))) }

// ShapeFields are changes of what a thread has by its purpose; nil fields stay as they are.
type ShapeFields struct {
	Kind     *portal.Purpose `json:"kind"`
	Sectors  *[]string       `json:"sectors"`
	Summary  *string         `json:"summary"`      // Markdown; "" takes it away
	Slow     *int            `json:"slow_seconds"` // 0: nobody has to wait
	StartsAt *time.Time      `json:"starts_at"`
	EndsAt   *time.Time      `json:"ends_at"`
	HostID   *int64          `json:"host_id"`
}

func (f ShapeFields) applyShape(t *portal.Thread) {
	if f.Kind != nil {
		t.Purpose = *f.Kind
	}
	if f.Sectors != nil {
		t.Sectors = sorted(*f.Sectors)
	}
	if t.Purpose != portal.Question && f.Sectors == nil {
		t.Sectors = nil
	}
	if f.Slow != nil {
		t.Slow = time.Duration(*f.Slow) * time.Second
	}
	if f.StartsAt != nil {
		t.StartsAt = f.StartsAt.UTC()
	}
	if f.EndsAt != nil {
		t.EndsAt = f.EndsAt.UTC()
	}
	if f.HostID != nil {
		t.HostID = *f.HostID
	}
}

// allowed tells whether the viewer, who may label the thread, may make it so: summary, slow mode and what
// only moderators open are the moderators', and a session stays one.
func (f ShapeFields) allowed(who portal.Identity, before, after portal.Thread) error {
	var c portal.Checks
	c.Add(before.Purpose == after.Purpose || before.Purpose != portal.LiveSession && after.Purpose != portal.LiveSession, "kind", "error.kind_fixed")
	if f.Summary != nil {
		c.Text("summary", *f.Summary, portal.MaxThreadDigest, true)
	}
	if err := c.Err(); err != nil || who.Can(portal.ActDecide, before.Audience) {
		return err
	}
	moderators := f.Summary != nil || after.Slow != before.Slow || before.Purpose != after.Purpose && (before.Purpose.ByModerators() || after.Purpose.ByModerators())
	if moderators {
		return portal.ErrModeratorsOnly()
	}
	return nil
}

// checkShape validates what a thread has by its purpose. A host is of the workspace.
func (s *Service) checkShape(ctx context.Context, db postgres.Conn, c *portal.Checks, t portal.Thread) error {
	t.Check(c)
	unknown := func(key string) bool { return s.vocab != nil && !s.vocab.Has("sectors", key) }
	c.Add(!slices.ContainsFunc(t.Sectors, unknown), "sectors", "error.unknown_value")
	if t.HostID == 0 || t.Purpose != portal.LiveSession {
		return nil
	}
	hosts, err := db.Viewers(ctx, []int64{t.HostID})
	if err != nil {
		return err
	}
	host, known := hosts[t.HostID]
	c.Add(known && (host.In(t.WorkspaceID) || host.ModeratorOf(t.WorkspaceID)), "host_id", "error.host_of_workspace")
	return nil
}

// Digest reads the summary of a thread that was read as the viewer; its text is "" where it has none.
func (s *Service) Digest(ctx context.Context, t portal.Thread) (postgres.Digest, error) {
	if t.DigestAt.IsZero() {
		return postgres.Digest{}, nil
	}
	d, err := s.db.Digest(ctx, t.ID)
	if portal.KindOf(err) == portal.NotFound { // taken away a moment ago
		err = nil
	}
	return d, err
}

// MarkAnswer marks a post as what answers its question, or (on false) takes the mark away: whoever asked
// does, and the workspace's moderators.
func (s *Service) MarkAnswer(ctx context.Context, who portal.Identity, post int64, on bool) error {
	return s.change(ctx, who, post, func(tx *postgres.Tx, p portal.Post, t portal.Thread) error {
		if t.Purpose != portal.Question {
			return portal.Fail(portal.Conflict, "error.no_question")
		}
		if !who.Can(portal.ActLabel, t.Audience) {
			return portal.ErrForbidden()
		}
		if on && p.Number == 1 {
			return portal.Fail(portal.Conflict, "error.answer_itself")
		}
		if on == (t.AnswerID == p.ID) || !on && t.AnswerID != p.ID {
			return nil
		}
		marked, action := int64(0), "post.unmark"
		if on {
			marked, action = p.ID, "post.answer"
		}
		var err error
		if t.Version, err = tx.SetAnswer(ctx, t.ID, marked, who.MemberID); err != nil {
			return err
		}
		change := postChange(who, action, portal.ThreadChanged, p, t)
		inWorkspace := change.Events[0]
		inWorkspace.Topic = portal.WorkspaceTopic(t.WorkspaceID)
		change.Events = append(change.Events, inWorkspace)
		return tx.Record(ctx, change)
	})
}

// MaxQuestions is how many open questions are looked at, and how many are listed.
const MaxQuestions = 100

// fitLength is from how many letters on a word of somebody's expertise says something.
const fitLength = 4

// Questions lists open questions that the viewer may see: those for her sector first, then those with
// words of her expertise and those for everybody, each the last written in first. With all, those for
// others come, too, at the end.
func (s *Service) Questions(ctx context.Context, who portal.Identity, all bool) ([]portal.Thread, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	open, err := s.db.OpenQuestions(ctx, who.Viewer, 5*MaxQuestions)
	if err != nil {
		return nil, err
	}
	me, err := s.db.Member(ctx, who.MemberID)
	if err != nil {
		return nil, err
	}
	words := wordsOf(me.Expertise)
	fits := make(map[int64]int, len(open))
	for _, t := range open {
		fits[t.ID] = fit(t, me.Sector, words)
	}
	if !all {
		open = slices.DeleteFunc(open, func(t portal.Thread) bool { return fits[t.ID] == 0 })
	}
	slices.SortStableFunc(open, func(a, b portal.Thread) int { return cmp.Compare(fits[b.ID], fits[a.ID]) })
	return open[:min(len(open), MaxQuestions)], nil
}

// fit tells how well a question is for a member: 3 for her sector, 2 by words of her expertise, 1 for
// everybody, 0 for others.
func fit(t portal.Thread, sector string, words []string) int {
	if sector != "" && slices.Contains(t.Sectors, sector) {
		return 3
	}
	asked := append(wordsOf(t.Title), t.Sectors...)
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(asked, w) }) {
		return 2
	}
	if len(t.Sectors) == 0 {
		return 1
	}
	return 0
}

// wordsOf lists the words of a text that say something, in lower case.
func wordsOf(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \t\n\r,.;:!?¿¡()\"'،؛؟/-", r) })
	return slices.DeleteFunc(words, func(w string) bool { return len([]rune(w)) < fitLength })
}
