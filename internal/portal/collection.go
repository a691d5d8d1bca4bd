package portal

import (
	"slices"
	"time"
)

// KindCollection is a reading list, in the audit and the addresses.
const KindCollection Kind = "collection"

// Limits of a reading list.
const (
	MaxCollectionItems = 100
	MaxIntroduction    = 20_000 // characters before the list
	MaxItemNote        = 1000   // characters beside one practice
)

// CollectionHandlings are the labels that a reading list can have: it is made for others to read.
var CollectionHandlings = []Handling{Clear, Green, Amber}

// CollectionItem is one practice in a reading list, in its place.
type CollectionItem struct {
	PracticeID int64
	Note       string
	Practice   Practice // as far as it was read
}

// Collection is a reading list of a workspace's moderators. Whoever may read it reads of it only the
// practices that she may see; Count counts those alone.
type Collection struct {
	ID           int64
	WorkspaceID  int64
	Title        string
	Introduction string // Markdown
	Language     string // BCP 47
	Handling     Handling
	Version      int64
	Count        int
	Items        []CollectionItem
	CreatedAt    time.Time
	UpdatedAt    time.Time
	CreatedBy    int64   // 0 where nobody is known
	WrittenBy    []int64 // who wrote in it, whoever made it
	Hidden       bool    // by a moderator
}

// Makers are those whose work the list is: none of them decides over it.
func (k Collection) Makers() []int64 {
	makers := slices.Clone(k.WrittenBy)
	if k.CreatedBy != 0 {
		makers = append(makers, k.CreatedBy)
	}
	return makers
}

// Audience tells who may see the list: it is its workspace's, nobody's own; a hidden one is its moderators'.
func (k Collection) Audience() Audience {
	a := Audience{Stage: StageOpen, Handling: k.Handling, WorkspaceID: k.WorkspaceID}
	if k.Hidden {
		a.Stage = StageReview
	}
	return a
}

// Check validates what is written of the list.
func (k Collection) Check() error {
	var c Checks
	c.Text("title", k.Title, MaxTitle, false)
	c.Text("introduction", k.Introduction, MaxIntroduction, true)
	c.Add(ValidLanguage(k.Language), "language", "error.language")
	known := false
	for _, h := range CollectionHandlings {
		known = known || h == k.Handling
	}
	c.Add(known, "handling", "error.unknown_value")
	c.Add(len(k.Items) <= MaxCollectionItems, "items", "error.too_many", "Max", MaxCollectionItems)
	for _, item := range k.Items {
		c.Text("items", item.Note, MaxItemNote, true)
	}
	return c.Err()
}
