// Package portal holds the nouns of Praxis, their validation, the kinds of error, and the one
// rule of access. It does no I/O and imports nothing of the project: every other package may
// speak its words.
package portal

import "time"

// Limits of what a member may send. They are part of the documented interface: each is refused
// with the field's name when it is passed, never cut; but a page searches for the first MaxQuery
// characters of a longer question, and says so.
const (
	MaxTitle       = 200     // characters in a title
	MaxSummary     = 1000    // characters in a practice's summary
	MaxSection     = 30_000  // characters in one section of a practice
	MaxPost        = 20_000  // characters in a post
	MaxWhy         = 500     // characters that say what changed in a version
	MaxNote        = 4000    // characters in a note to an author, a flag's note, an adoption's note
	MaxName        = 120     // characters in a person's, organization's or workspace's name
	MaxDescription = 2000    // characters in a workspace's description or a member's biography
	MaxNamed       = 50      // members named on one red item
	MaxTags        = 20      // values in one list field (sectors, topics, substances)
	MaxReferences  = 50      // references of one practice
	MaxBody        = 1 << 20 // bytes of a request body other than an attachment
	MaxAttachment  = 50 << 20
	MaxAttachments = 20  // files on one practice
	MaxEvidence    = 5   // files on one report of its use
	MaxPostFiles   = 10  // files on one post, and of one member unsent in one thread
	MaxUnsentFiles = 30  // files of one member that are on no post yet, in all threads
	MaxAdoptions   = 20  // adoption reports of one member on one practice
	MaxPage        = 100 // items in one page of a list
	DefaultPage    = 20
	MaxQuery       = 400 // characters of a search query
)

// Kind names what a Ref points to, in the API, the audit and the addresses.
type Kind string

// The kinds of things that can be pointed to.
const (
	KindMember     Kind = "member"
	KindWorkspace  Kind = "workspace"
	KindPractice   Kind = "practice"
	KindThread     Kind = "thread"
	KindPost       Kind = "post"
	KindCase       Kind = "case"
	KindAttachment Kind = "attachment"
	KindAdoption   Kind = "adoption"
	KindInvitation Kind = "invitation"
	KindSession    Kind = "session"
	KindToken      Kind = "token"
	KindCountry    Kind = "country"
	KindOrg        Kind = "organization"
	KindSearch     Kind = "search"
	KindLog        Kind = "log"
)

// Ref points to one thing of the portal.
type Ref struct {
	Kind Kind  `json:"kind"`
	ID   int64 `json:"id"`
}

// Person is the little that is told of a member beside something that she wrote.
type Person struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Country string `json:"country"`
	Sector  string `json:"sector,omitempty"`
}

// Page asks for one page of a list.
type Page struct {
	After int64 // the last identifier or position seen; 0: from the start
	Limit int   // 1 to MaxPage
}

// Now is the clock of rules that need one; it is in UTC and cut to the microseconds that
// PostgreSQL keeps, so that a value compares equal after a round trip.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
