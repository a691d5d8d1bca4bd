package practice

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// importStep is what an import did to one practice or file, for the log: it is written when all is done,
// so it is kept small.
type importStep struct {
	action    string
	target    portal.Ref
	practice  int64
	workspace int64
	version   int64
	status    portal.Status
	handling  portal.Handling
	fresh     bool // the practice is new: nobody follows it
}

// write writes some lines: new practices, then texts that are others than before, then files.
func (in *importing) write(ctx context.Context, drafts []draft) error {
	var made, changed []portal.Practice
	for i := range drafts {
		d := &drafts[i]
		switch p, known := d.p, d.known; {
		case known.ID == 0:
			in.done.Made++
			made = append(made, p)
		case !sameText(known.PracticeText, p.PracticeText):
			in.done.Updated++
			known.PracticeText = p.PracticeText // and nothing else: a file does not relabel
			changed = append(changed, known)
		case len(d.files) > 0:
			in.done.Updated++
		default:
			in.done.Same++
		}
	}
	if err := in.insert(ctx, made, drafts); err != nil {
		return err
	}
	if len(changed) > 0 {
		versions, err := in.tx.UpdatePractices(ctx, changed, in.who.MemberID)
		if err != nil {
			return err
		}
		for _, p := range changed {
			p.Version = versions[p.ID]
			in.step("practice.import", p, false)
		}
	}
	return in.attach(ctx, drafts)
}

func (in *importing) insert(ctx context.Context, made []portal.Practice, drafts []draft) error {
	if len(made) == 0 {
		return nil
	}
	ids, err := in.tx.InsertPractices(ctx, made)
	if err != nil {
		return err
	}
	for i := range drafts {
		if d := &drafts[i]; d.known.ID == 0 {
			d.p.ID = ids[d.p.ExternalKey]
			in.done.IDs[d.p.ExternalKey] = d.p.ID
			in.step("practice.import", d.p, true)
		}
	}
	return nil
}

// attach adds the files of some lines and takes away those that they replace.
func (in *importing) attach(ctx context.Context, drafts []draft) error {
	var files []postgres.Attachment
	var gone []int64
	of := map[int64]draft{}
	for _, d := range drafts {
		p := d.known
		if fresh := p.ID == 0; fresh {
			p = d.p
		}
		of[p.ID] = d
		for _, a := range d.files {
			a.PracticeID, a.UploadedBy = p.ID, in.who.MemberID
			files = append(files, a)
		}
		for _, id := range d.gone {
			gone = append(gone, id)
			in.fileStep("attachment.remove", id, p, false)
		}
	}
	if len(gone) > 0 {
		if err := in.tx.DeleteAttachments(ctx, gone); err != nil {
			return err
		}
	}
	if len(files) == 0 {
		return nil
	}
	added, err := in.tx.InsertAttachments(ctx, files)
	if err != nil {
		return err
	}
	for _, a := range added {
		d := of[a.PracticeID]
		if d.known.ID != 0 {
			in.fileStep("attachment.import", a.ID, d.known, false)
		} else {
			in.fileStep("attachment.import", a.ID, d.p, true)
		}
	}
	in.done.Files += len(added)
	return nil
}

func (in *importing) step(action string, p portal.Practice, fresh bool) {
	in.steps = append(in.steps, importStep{action, portal.Ref{Kind: portal.KindPractice, ID: p.ID}, p.ID, p.WorkspaceID, p.Version, p.Status, p.Handling, fresh})
}

func (in *importing) fileStep(action string, file int64, p portal.Practice, fresh bool) {
	in.steps = append(in.steps, importStep{action, portal.Ref{Kind: portal.KindAttachment, ID: file}, p.ID, p.WorkspaceID, p.Version, p.Status, p.Handling, fresh})
}

// record writes to the log what was done. Nobody follows what was not there, so of new practices their
// workspaces hear, and of known ones their own followers too, unless they are very many.
func (in *importing) record(ctx context.Context) error {
	own := 0
	for _, step := range in.steps {
		if !step.fresh {
			own++
		}
	}
	told := own <= maxTold
	var topics []portal.Topic
	seen := map[portal.Topic]bool{}
	for _, step := range in.steps {
		for _, e := range step.change(in.who.MemberID, told).Events {
			if !seen[e.Topic] {
				seen[e.Topic] = true
				topics = append(topics, e.Topic)
			}
		}
	}
	return in.tx.RecordAll(ctx, topics, func(yield func(postgres.Change) bool) {
		for _, step := range in.steps {
			if !yield(step.change(in.who.MemberID, told)) {
				return
			}
		}
	})
}

// change is a step as the log has it; told says whether the practice's own followers hear of it.
func (s importStep) change(actor int64, told bool) postgres.Change {
	p := portal.Practice{ID: s.practice, Version: s.version, Status: s.status}
	p.WorkspaceID, p.Handling = s.workspace, s.handling
	c := Changed(actor, s.action, p, "import")
	if s.target.Kind == portal.KindAttachment {
		c.Target, c.Detail = s.target, map[string]any{"practice": s.practice}
		c.Events = []portal.Event{{Topic: portal.PracticeTopic(s.practice), Type: portal.AttachmentChanged, PracticeID: s.practice, WorkspaceID: s.workspace}}
	}
	if (s.fresh || !told) && s.workspace != 0 { // a member's own draft may have none
		c.Events = c.Events[:1]
		c.Events[0].Topic = portal.WorkspaceTopic(s.workspace)
	}
	return c
}
