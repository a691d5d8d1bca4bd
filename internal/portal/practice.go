package portal

import (
	"slices"
	"time"
)

// Status is where a practice stands in its review.
type Status string

// The statuses of a practice.
const (
	Draft            Status = "draft"
	Submitted        Status = "submitted"
	ChangesRequested Status = "changes_requested"
	Published        Status = "published"
	Rejected         Status = "rejected"
	Archived         Status = "archived"
)

// Stage tells who reads a practice in this status: its author, its moderators too, or whom the
// label lets.
func (s Status) Stage() Stage {
	switch s {
	case Published, Archived:
		return StageOpen
	case Submitted, ChangesRequested, Rejected:
		return StageReview
	}
	return StagePrivate
}

// transitions of a review: step → statuses from which it may be taken → status after it.
var transitions = map[Step]struct {
	from []Status
	to   Status
}{
	StepSubmit:         {[]Status{Draft, ChangesRequested, Rejected}, Submitted},
	StepApprove:        {[]Status{Submitted}, Published},
	StepRequestChanges: {[]Status{Submitted}, ChangesRequested},
	StepReject:         {[]Status{Submitted}, Rejected},
	StepArchive:        {[]Status{Published}, Archived},
}

// Step is a move of the review.
type Step string

// The steps of a review.
const (
	StepSubmit         Step = "submit"
	StepApprove        Step = "approve"
	StepRequestChanges Step = "request_changes"
	StepReject         Step = "reject"
	StepArchive        Step = "archive"
)

// Next gives the status after a step, or a Conflict error when the step is out of turn.
func (s Status) Next(step Step) (Status, error) {
	if t := transitions[step]; slices.Contains(t.from, s) {
		return t.to, nil
	}
	return s, ErrOutOfTurn(s)
}

// ErrOutOfTurn is the answer to what cannot be done with a practice in this status. Each status has
// a sentence of its own, which says where the practice stands and what can be done.
func ErrOutOfTurn(s Status) *Error { return Fail(Conflict, "error.out_of_turn."+string(s)) }

// Evidence is how well a practice's worth is shown, and why a moderator thinks so.
type Evidence struct {
	Rating  string            `json:"rating"`
	Basis   string            `json:"basis"`
	RatedBy *Person           `json:"rated_by"`
	Answers map[string]string `json:"answers,omitempty"` // to EvidenceQuestions; where it is read one by one, they are in the list of ratings
}

// Reference is a work that a reader should open.
type Reference struct {
	Title     string `json:"title"`
	Publisher string `json:"publisher,omitempty"`
	Year      int    `json:"year,omitempty"`
	URL       string `json:"url,omitempty"`
}

// AdoptionCounts sums the adoption reports of a practice.
type AdoptionCounts struct {
	Tried     int `json:"tried"` // all reports
	Worked    int `json:"worked"`
	Mixed     int `json:"mixed"`
	Failed    int `json:"failed"`
	Countries int `json:"countries"` // different countries that reported
}

// PracticeText is what an author writes and what every version keeps.
type PracticeText struct {
	Title        string            `json:"title"`
	Summary      string            `json:"summary"`
	Sections     map[string]string `json:"sections"` // key of the vocabulary → Markdown
	Language     string            `json:"language"` // BCP 47
	Country      string            `json:"country"`  // "" where it is no one country's
	Organization string            `json:"organization"`
	Year         int               `json:"year"` // of the start; 0 unknown
	Type         string            `json:"type"`
	Level        string            `json:"level"`
	Sectors      []string          `json:"sectors"`
	Topics       []string          `json:"topics"`
	Substances   []string          `json:"substances"`
	References   []Reference       `json:"references"`
}

// Edit says who last changed a part of a practice.
type Edit struct {
	By int64     `json:"by"`
	At time.Time `json:"at"`
}

// Practice is a structured account of something that works.
type Practice struct {
	ID          int64
	ExternalKey string
	Version     int64
	Status      Status
	PracticeText
	Audience
	Hidden        bool // taken out of sight by a moderator; reversible
	TranslationOf int64
	Evidence      *Evidence
	Author        Person
	NamedPersons  []Person
	Others        []Person        // the co-authors, where they were asked for
	Edits         map[string]Edit // by part: "title", "summary" or a section's key
	Adoptions     AdoptionCounts
	CreatedAt     time.Time
	UpdatedAt     time.Time
	SubmittedAt   time.Time
	PublishedAt   time.Time
	Imported      bool      // an import brought it
	Edition       int       // counted up by its authors; small edits leave it
	ReviewDueAt   time.Time // when a published one is to be looked at again
}

// StillIn is a Forbidden error for whoever has left the workspace to which the practice was handed
// in: she does not go on with it there.
func (p Practice) StillIn(v Viewer) error {
	if p.Status != Draft && !v.Can(ActWrite, Audience{WorkspaceID: p.WorkspaceID}) {
		return Fail(Forbidden, "error.not_your_workspace")
	}
	return nil
}

// Check validates the text against the vocabulary; a draft needs a title and nothing more.
func (t PracticeText) Check(v *Vocabulary) error {
	var c Checks
	c.Text("title", t.Title, MaxTitle, false)
	c.Text("summary", t.Summary, MaxSummary, true)
	c.Text("organization", t.Organization, MaxName, true)
	c.Add(ValidLanguage(t.Language), "language", "error.language")
	c.Add(t.Year == 0 || t.Year >= 1900 && t.Year <= 2100, "year", "error.year")
	c.Add(t.Country == "" || v.HasCountry(t.Country), "country", "error.unknown_value")
	c.Add(t.Type == "" || v.Has("types", t.Type), "type", "error.unknown_value")
	c.Add(t.Level == "" || v.Has("levels", t.Level), "level", "error.unknown_value")
	for key, text := range t.Sections {
		c.Add(v.Has("sections", key), "sections."+key, "error.unknown_value")
		c.Text("sections."+key, text, MaxSection, true)
	}
	checkTags(&c, v, "sectors", t.Sectors)
	checkTags(&c, v, "topics", t.Topics)
	checkTags(&c, v, "substances", t.Substances)
	c.Add(len(t.References) <= MaxReferences, "references", "error.too_many", "Max", MaxReferences)
	for _, r := range t.References {
		c.Text("references", r.Title, MaxTitle, false)
		c.Text("references", r.Publisher, MaxTitle, true)
		c.Add(r.URL == "" || ValidURL(r.URL), "references", "error.address")
		c.Add(r.Year == 0 || r.Year >= 1500 && r.Year <= 2100, "references", "error.year")
	}
	return c.Err()
}

func checkTags(c *Checks, v *Vocabulary, field string, values []string) {
	c.Add(len(values) <= MaxTags, field, "error.too_many", "Max", MaxTags)
	for _, value := range values {
		c.Add(v.Has(field, value), field, "error.unknown_value")
	}
}

// Missing lists the fields that a practice still needs before it can be submitted, in the order
// of the editor.
func (p Practice) Missing(v *Vocabulary) []string {
	var missing []string
	need := func(ok bool, field string) {
		if !ok {
			missing = append(missing, field)
		}
	}
	need(p.Title != "", "title")
	need(p.Summary != "", "summary")
	for _, s := range v.Sections() {
		if s.Required {
			need(p.Sections[s.Key] != "", "sections."+s.Key)
		}
	}
	need(p.WorkspaceID != 0, "workspace_id")
	need(p.Country != "" || p.Organization != "", "organization")
	need(len(p.Sectors) > 0, "sectors")
	return missing
}
