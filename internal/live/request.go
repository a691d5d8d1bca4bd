package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"praxis/internal/portal"
)

// maxRequests bounds the requests in one frame of a client.
const maxRequests = 64

const maxPosition = 1<<53 - 1

// request is what a client asks for.
type request struct {
	Op    string `json:"op"`
	Topic string `json:"topic"`
	After *int64 `json:"after"`
}

var (
	errNotUTF8     = errors.New("a frame must be UTF-8 text")
	errNotRequests = errors.New("a frame must be a JSON object with op, or an array of at most 64 of them")
	errNoPosition  = errors.New("after must be the id of an event: an integer from 0 to 2^53-1")
)

// parse reads a frame: one request, or an array of them.
func parse(frame []byte) ([]request, error) {
	if !utf8.Valid(frame) {
		return nil, errNotUTF8
	}
	frame = bytes.TrimLeft(frame, " \t\r\n")
	var requests []request
	switch {
	case len(frame) > 0 && frame[0] == '[':
		if json.Unmarshal(frame, &requests) != nil || len(requests) > maxRequests {
			return nil, errNotRequests
		}
	case len(frame) > 0 && frame[0] == '{':
		requests = make([]request, 1)
		if json.Unmarshal(frame, &requests[0]) != nil {
			return nil, errNotRequests
		}
	default:
		return nil, errNotRequests
	}
	for _, r := range requests {
		if r.Op == "" {
			return nil, errNotRequests
		}
		if r.After != nil && (*r.After < 0 || *r.After > maxPosition) {
			return nil, errNoPosition
		}
	}
	return requests, nil
}

// The kinds of topic, by the first part of their names in the log.
const (
	threadKind     = "thread"
	workspaceKind  = "workspace"
	practiceKind   = "practice"
	memberKind     = "member"
	moderationKind = "moderation"
)

// moderationKey gathers the topics of all workspaces' moderators: who gets what is asked at each
// event, so that a moderator of many workspaces, or an officer, has one subscription.
const moderationKey portal.Topic = moderationKind

// target is a topic as the hub knows it.
type target struct {
	name string       // as the client says it
	key  portal.Topic // as the hub gathers subscriptions
	kind string
	id   int64 // of the thread, workspace, practice or member
}

// targetOf reads a client's topic; ok is false for what no topic looks like.
func targetOf(name string, v portal.Viewer) (t target, ok bool) {
	switch name {
	case "me":
		return target{name: name, key: portal.MemberTopic(v.MemberID), kind: memberKind, id: v.MemberID}, true
	case "moderation":
		return target{name: name, key: moderationKey, kind: moderationKind}, true
	}
	kind, id, ok := portal.Topic(name).Split()
	if !ok || kind != threadKind && kind != workspaceKind && kind != practiceKind {
		return target{}, false
	}
	return target{name: name, key: portal.Topic(name), kind: kind, id: id}, true
}

// keyOf gives the key under which an event's subscribers are gathered, and the topic's name for
// them.
func keyOf(e portal.Event) (key portal.Topic, name string) {
	switch kind, _, _ := e.Topic.Split(); kind {
	case moderationKind:
		return moderationKey, moderationKind
	case memberKind:
		return e.Topic, "me"
	}
	return e.Topic, string(e.Topic)
}
