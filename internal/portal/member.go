package portal

import "time"

// Member is a person of the coalition.
type Member struct {
	ID               int64
	Email            string
	Name             string
	Country          string
	Organization     string // code of an international organization, "" if none
	OrganizationText string // where she works, in her words
	Sector           string
	Expertise        string
	Bio              string
	Locale           string
	TimeZone         string
	Programme        string
	Year             int
	Officer          bool
	Suspended        bool
	HasPassword      bool
	Sharing          Sharing
	Unseen           bool // nobody is told that she reads or writes, nor she of others
	Version          int64
	CreatedAt        time.Time
	Hidden           bool // what she wrote freely of herself, by officers
}

// Sharing says which fields of a profile other members may see. Name and country always are:
// they stand beside everything that is written.
type Sharing struct {
	Email        bool `json:"email"`
	Organization bool `json:"organization"`
	Expertise    bool `json:"expertise"`
	Bio          bool `json:"bio"`
	Programme    bool `json:"programme"`
}

// DefaultSharing is what a new member shares: enough to be found by colleagues, not her address.
var DefaultSharing = Sharing{Organization: true, Expertise: true, Bio: true, Programme: true}

// Shown gives the member as another viewer may see her: fields that she keeps to herself are
// empty, and so is what she wrote freely where officers have hidden it. She herself and officers see all.
func (m Member) Shown(to Viewer) Member {
	if to.MemberID == m.ID || to.Officer {
		return m
	}
	s := m.Sharing
	if !s.Email {
		m.Email = ""
	}
	if !s.Organization {
		m.Organization, m.OrganizationText = "", ""
	}
	if !s.Expertise {
		m.Expertise, m.Sector = "", ""
	}
	if !s.Bio {
		m.Bio = ""
	}
	if !s.Programme {
		m.Programme, m.Year = "", 0
	}
	if m.Hidden {
		m.Bio, m.Expertise, m.OrganizationText, m.Hidden = "", "", "", false
	}
	m.TimeZone, m.Locale = "", ""
	return m
}

// Session is one signed-in device of a member.
type Session struct {
	ID        int64
	MemberID  int64
	Kind      string // browser or api
	Agent     string
	Address   string
	CreatedAt time.Time
	LastSeen  time.Time
	ExpiresAt time.Time
}

// Workspace roles.
const (
	RoleMember    = "member"
	RoleModerator = "moderator"
)

// Workspace is a room of the coalition: a cohort, a theme, a region or a country.
type Workspace struct {
	ID          int64
	Key         string // stable key of the seed, "" for those made in the portal
	Kind        string // cohort, theme, region, country
	Name        string
	Names       map[string]string
	Description string
	About       map[string]string // description by language
	Access      string            // open, request, invitation
	Programme   string
	Country     string
	Members     int
	Countries   int
	Role        string // the viewer's: "", member, moderator
	Requested   bool   // the viewer has asked to join
	Version     int64
	CreatedAt   time.Time
}

// NameIn gives the workspace's name in a language, its own name where there is none.
func (w Workspace) NameIn(lang string) string {
	if s := w.Names[lang]; s != "" {
		return s
	}
	return w.Name
}

// AboutIn gives the workspace's description in a language.
func (w Workspace) AboutIn(lang string) string {
	if s := w.About[lang]; s != "" {
		return s
	}
	return w.Description
}

// WorkspaceMember is one member of a workspace with her role there.
type WorkspaceMember struct {
	Member   Person
	Role     string
	JoinedAt time.Time
}
