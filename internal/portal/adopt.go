package portal

import (
	"slices"
	"time"
)

// Adoption is a report of who tried a practice elsewhere and what happened.
type Adoption struct {
	ID           int64            `json:"id"`
	PracticeID   int64            `json:"practice_id"`
	Practice     *AdoptedPractice `json:"practice,omitempty"` // in lists over several practices
	Author       Person           `json:"author"`
	Country      string           `json:"country"`
	Organization string           `json:"organization,omitempty"`
	Level        string           `json:"level,omitempty"` // of the vocabulary
	Year         int              `json:"year,omitempty"`
	Month        int              `json:"month,omitempty"` // 1 to 12; 0 unknown
	Result       string           `json:"result"`          // worked, mixed, failed; tried: too early to say
	Note         string           `json:"note"`
	Adapted      string           `json:"adapted"` // what was done otherwise than the practice says
	Took         string           `json:"took"`    // money, people, time
	Links        []string         `json:"links"`   // evidence
	ConfirmedBy  *Person          `json:"confirmed_by"`
	ConfirmedAt  *time.Time       `json:"confirmed_at"`
	CreatedAt    time.Time        `json:"created_at"`
	Hidden       bool             `json:"hidden,omitempty"` // by moderators: it is theirs and its author's to read
}

// AdoptedPractice is the little that is told of the practice beside a report on it.
type AdoptedPractice struct {
	Title       string   `json:"title"`
	Language    string   `json:"language"`
	Handling    Handling `json:"handling"`
	WorkspaceID int64    `json:"workspace_id"`
}

// AdoptionResults lists what an adoption report can say of the outcome. A failure is no less a
// report than a success: nothing may put one before the other.
var AdoptionResults = []string{"worked", "mixed", "failed", "tried"}

// Limits of an adoption report.
const (
	MaxAdoptionLinks = 5
	MaxTook          = 2000 // characters
)

// Check validates a report against the vocabulary.
func (a Adoption) Check(v *Vocabulary) error {
	var c Checks
	c.Add(slices.Contains(AdoptionResults, a.Result), "result", "error.unknown_value")
	c.Add(v.HasCountry(a.Country), "country", "error.unknown_value")
	c.Add(a.Level == "" || v.Has("levels", a.Level), "level", "error.unknown_value")
	c.Text("organization", a.Organization, MaxName, true)
	c.Text("note", a.Note, MaxNote, true)
	c.Text("adapted", a.Adapted, MaxNote, true)
	c.Text("took", a.Took, MaxTook, true)
	c.Add(a.Year == 0 || a.Year >= 1900 && a.Year <= 2100, "year", "error.year")
	c.Add(a.Month >= 0 && a.Month <= 12, "month", "error.unknown_value")
	c.Add(a.Month == 0 || a.Year != 0, "year", "error.year_of_month")
	c.Add(len(a.Links) <= MaxAdoptionLinks, "links", "error.too_many", "Max", MaxAdoptionLinks)
	for _, link := range a.Links {
		if !ValidURL(link) {
			c.Add(false, "links", "error.address")
			break
		}
	}
	return c.Err()
}
