package portal

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// EventType names what happened. The first block is told to subscribers by the live protocol;
// the second is for the portal's own consumers and never leaves a node.
type EventType string

// The types of event.
const (
	PostCreated     EventType = "post.created"
	PostEdited      EventType = "post.edited"
	PostDeleted     EventType = "post.deleted"
	ReactionChanged EventType = "reaction.changed"
	ThreadCreated   EventType = "thread.created"
	ThreadChanged   EventType = "thread.changed"
	PracticeChanged EventType = "practice.changed"
	CaseOpened      EventType = "case.opened"
	CaseClosed      EventType = "case.closed"
	CaseChanged     EventType = "case.changed" // claimed or released
	Notified        EventType = "notification"

	MemberChanged     EventType = "member.changed"     // name, sharing, role, suspension
	MembershipChanged EventType = "membership.changed" // joined, left, made moderator
	SessionEnded      EventType = "session.ended"
	WorkspaceChanged  EventType = "workspace.changed"
	AttachmentChanged EventType = "attachment.changed" // added, or its text has been read
	ThesaurusChanged  EventType = "thesaurus.changed"  // a concept; of none in particular where the seed has come
	Recorded          EventType = "recorded"           // an audit row without any subscriber
)

// Public tells whether the live protocol knows the type.
func (t EventType) Public() bool {
	switch t {
	case PostCreated, PostEdited, PostDeleted, ReactionChanged, ThreadCreated, ThreadChanged,
		PracticeChanged, CaseOpened, CaseClosed, CaseChanged, Notified:
		return true
	}
	return false
}

// Topic is what one subscribes to: "thread:12", "workspace:3", "practice:7", "member:5" (the
// protocol's "me"), "moderation:3" (the protocol's "moderation", one for each workspace).
type Topic string

// TopicOf makes the topic of one thing.
func TopicOf(kind string, id int64) Topic {
	return Topic(kind + ":" + strconv.FormatInt(id, 10))
}

// ThreadTopic is the topic of a thread.
func ThreadTopic(id int64) Topic { return TopicOf("thread", id) }

// WorkspaceTopic is the topic of a workspace.
func WorkspaceTopic(id int64) Topic { return TopicOf("workspace", id) }

// PracticeTopic is the topic of a practice.
func PracticeTopic(id int64) Topic { return TopicOf("practice", id) }

// MemberTopic is the topic of one member's own events.
func MemberTopic(id int64) Topic { return TopicOf("member", id) }

// ModerationTopic is the topic of a workspace's moderators; of what is in none (0), the officers'.
func ModerationTopic(workspace int64) Topic {
	if workspace == 0 {
		return "moderation"
	}
	return TopicOf("moderation", workspace)
}

// Split takes a topic apart; ok is false for what no topic looks like.
func (t Topic) Split() (kind string, id int64, ok bool) {
	kind, digits, found := strings.Cut(string(t), ":")
	if !found || kind == "" || len(digits) > 18 {
		return "", 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id <= 0 || digits[0] == '+' || digits[0] == '0' {
		return "", 0, false
	}
	return kind, id, true
}

// Event is one row of the portal's log. Position is 0 until the sequencer has given it one; after
// that it is below 2^53, the same on every node and never handed out twice.
type Event struct {
	ID       int64
	Position int64
	Topic    Topic
	Type     EventType
	Actor    int64
	Entity   Ref   // what changed
	Version  int64 // its version after the change, 0 where it has none
	// Thread, Practice and Workspace say where the entity lives; the current audience of the
	// thread or practice decides who is told. 0 where there is none.
	ThreadID    int64
	PracticeID  int64
	WorkspaceID int64
	Data        json.RawMessage // identifiers and states, never a text
	At          time.Time
}
