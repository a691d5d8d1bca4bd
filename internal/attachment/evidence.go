package attachment

import (
	"context"
	"io"
	"path"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// onto is what a file is put onto: a practice, or a report of the practice's use, whose files whoever may
// read the report may read.
type onto struct{ practice, adoption int64 }

// mayAdd tells whether the viewer may put one more file of a name there, and of a report which practice it is on.
func (s *Service) mayAdd(ctx context.Context, who portal.Identity, o onto, name string) (onto, error) {
	o, have, err := s.mayChange(ctx, who, o)
	if err != nil {
		return o, err
	}
	return o, o.room(have, name)
}

// mayChange tells whether the viewer may change the files there, and lists them.
func (s *Service) mayChange(ctx context.Context, who portal.Identity, o onto) (onto, []postgres.Attachment, error) {
	if !who.SignedIn() {
		return o, nil, portal.ErrSignIn()
	}
	if o.adoption != 0 {
		d, err := s.db.AdoptionSeen(ctx, who.Viewer, o.adoption)
		if err != nil {
			return o, nil, err
		}
		o.practice = d.PracticeID // which may have become another since, where two were merged
	}
	p, err := s.db.Practice(ctx, who.Viewer, o.practice)
	if err != nil {
		return o, nil, err
	}
	have, err := o.files(ctx, s.db.Conn, who, p)
	return o, have, err
}

// still is mayAdd under the practice's lock, for what is begun and not yet there.
func (o onto) still(ctx context.Context, tx *postgres.Tx, who portal.Identity, name string) error {
	p, err := tx.LockPractice(ctx, o.practice)
	if err != nil {
		return err
	}
	have, err := o.files(ctx, tx.Conn, who, p)
	if err != nil {
		return err
	}
	return o.room(have, name)
}

// files lists the files there, for whoever may change them: those of a report its reporter, those of a
// practice who writes it.
func (o onto) files(ctx context.Context, db postgres.Conn, who portal.Identity, p portal.Practice) ([]postgres.Attachment, error) {
	if o.adoption == 0 {
		if err := mayChange(who, p); err != nil {
			return nil, err
		}
		return db.Attachments(ctx, []int64{p.ID})
	}
	d, err := db.AdoptionSeen(ctx, who.Viewer, o.adoption)
	switch {
	case err != nil:
		return nil, err
	case d.Author.ID != who.MemberID:
		return nil, portal.ErrForbidden()
	case d.PracticeID != p.ID:
		return nil, portal.Fail(portal.Conflict, "error.stale")
	}
	return db.EvidenceSeen(ctx, who.Viewer, []int64{o.adoption})
}

// room refuses one more file where there are as many as there may be. One that has the name of another, but for
// its ending, which a picture gets anew, may be that other, sent once more because the first answer was lost:
// its bytes tell.
func (o onto) room(have []postgres.Attachment, name string) error {
	switch {
	case slices.ContainsFunc(have, func(h postgres.Attachment) bool { return stem(h.Name) == stem(name) }):
		return nil
	case o.adoption != 0 && len(have) >= portal.MaxEvidence:
		return portal.Fail(portal.Conflict, "error.too_many_evidence", "Max", portal.MaxEvidence)
	case o.adoption == 0 && len(have) >= portal.MaxAttachments:
		return portal.Fail(portal.Conflict, "error.too_many_files", "Max", portal.MaxAttachments)
	}
	return nil
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// MayAddEvidence is MayAdd for a report of the viewer's.
func (s *Service) MayAddEvidence(ctx context.Context, who portal.Identity, adoption int64) error {
	_, _, err := s.mayChange(ctx, who, onto{adoption: adoption})
	return err
}

// AddEvidence is Add for a report of the viewer's.
func (s *Service) AddEvidence(ctx context.Context, who portal.Identity, adoption int64, name string, r io.Reader) (postgres.Attachment, error) {
	return s.add(ctx, who, onto{adoption: adoption}, name, r)
}

// BeginEvidence is Begin for a report of the viewer's.
func (s *Service) BeginEvidence(ctx context.Context, who portal.Identity, adoption int64, name string, size int64) (postgres.Upload, error) {
	return s.begin(ctx, who, onto{adoption: adoption}, name, size)
}

// KeepEvidence notes that the files of a report that is to go were of use until now: a backup under way finds
// their bytes, which are swept some time after this.
func (s *Service) KeepEvidence(ctx context.Context, adoption int64) error {
	sums, err := s.db.EvidenceSums(ctx, adoption)
	for _, sum := range sums {
		if err := s.store.Touch(sum); err != nil {
			return broken(err)
		}
	}
	return err
}

// Evidence lists those files of reports that the viewer may see.
func (s *Service) Evidence(ctx context.Context, who portal.Identity, adoptions ...int64) ([]postgres.Attachment, error) {
	return s.db.EvidenceSeen(ctx, who.Viewer, adoptions)
}
