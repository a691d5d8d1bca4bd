package live

import (
	"context"
	"crypto/rand"
	"time"

	"praxis/internal/portal"
)

// Who is in a thread, and who types, is told to the other nodes by hints of the store: no table and
// no event stand behind them. Each is a NOTIFY, whose commit takes a lock that the whole server has
// once, so a node sends at most one in hintGap, whatever happens on it, and while it is the only
// one nothing but its beat.
const (
	hintGap   = 250 * time.Millisecond
	beatEvery = 15 * time.Second // a node says that it is there
	hintTime  = 5 * time.Second  // for sending one
	byeTime   = time.Second      // for the last one
	// Bounds of what is kept for and of others.
	maxPeers   = 64
	maxHeard   = 50_000 // threads of one node
	maxTypings = 32     // words of typing that wait to be sent; of more it is no loss
)

// peers is what a hub knows of the other nodes, and has still to tell them. Guarded by the hub's lock.
type peers struct {
	name    string // of this node, among the hints; does not change
	known   map[string]*peer
	ask     bool               // something was missed
	whole   bool               // somebody missed something
	changed map[int64]struct{} // threads
	pieces  []presentHint      // of those that changed, cut, in order
	typings []typingHint
	spoke   time.Time
}

// peer is another node.
type peer struct {
	heard   time.Time
	present map[int64][]person // by thread
	coming  presentHint        // the pieces so far of a thread's list that is not whole yet
}

func newPeers() peers {
	return peers{name: rand.Text(), known: map[string]*peer{}, changed: map[int64]struct{}{}, spoke: time.Now()}
}

// speak tells the other nodes what they should know, until the hub ends.
func (h *Hub) speak() {
	tick := time.NewTicker(hintGap)
	defer tick.Stop()
	var rest time.Time // after a failure: the database has other worries
	for {
		select {
		case <-h.ctx.Done():
			h.sayBye()
			return
		case now := <-tick.C:
			if now.Before(rest) {
				continue
			}
			if said := h.nextHint(now); said != nil && !h.say(*said) {
				rest = now.Add(h.opt.Beat / 4)
			}
		}
	}
}

// say sends a hint. If that fails nobody knows who has heard what: everything is told again.
func (h *Hub) say(said hint) bool {
	ctx, cancel := context.WithTimeout(h.ctx, hintTime)
	defer cancel()
	err := h.db.Hint(ctx, string(mustJSON(said)))
	if err == nil {
		h.Hints.Add(1)
		return true
	}
	h.log.Debug("the other nodes could not be told who is here", "err", err)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.peers.ask, h.peers.whole = true, true
	return false
}

func (h *Hub) sayBye() {
	h.mu.Lock()
	alone := len(h.peers.known) == 0
	h.mu.Unlock()
	if alone {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), byeTime)
	defer cancel()
	_ = h.db.Hint(ctx, string(mustJSON(hint{Node: h.peers.name, Bye: true}))) // unheard, it is forgotten a little later
}

// nextHint gathers what there is to say, as much as fits; nil when there is nothing.
func (h *Hub) nextHint(now time.Time) *hint {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := &h.peers
	for name, p := range o.known {
		if now.Sub(p.heard) > h.opt.Beat*8/3 { // 40 s: two beats may be lost
			h.forget(name)
		}
	}
	if len(o.known) == 0 { // whoever comes is told all
		o.whole, o.pieces, o.typings = false, nil, nil
		clear(o.changed)
	}
	said := hint{Node: o.name, Ask: o.ask, Whole: o.whole}
	if o.whole {
		h.tellWhole()
	}
	if !said.Ask && !said.Whole && len(o.typings)+len(o.pieces)+len(o.changed) == 0 && now.Sub(o.spoke) < h.opt.Beat {
		return nil
	}
	o.ask, o.whole, o.spoke = false, false, now
	h.fill(&said)
	return &said
}

// fill takes what waits into a hint, as much as fits.
func (h *Hub) fill(said *hint) {
	o := &h.peers
	space := newFiller(*said)
	for half := space.room / 2; len(o.typings) > 0 && space.room > half && space.take(o.typings[0]); o.typings = o.typings[1:] {
		said.Typing = append(said.Typing, o.typings[0])
	}
	for {
		if len(o.pieces) == 0 {
			for id := range o.changed {
				o.pieces = pieces(id, h.ownReaders(id))
				delete(o.changed, id)
				break
			}
		}
		if len(o.pieces) == 0 || !space.take(o.pieces[0]) {
			return
		}
		said.Present = append(said.Present, o.pieces[0])
		o.pieces = o.pieces[1:]
	}
}

// ownReaders lists who reads a thread on this node, as they were last counted; nobody where it is
// nobody's business.
func (h *Hub) ownReaders(thread int64) []person {
	if t := h.topics[portal.ThreadTopic(thread)]; t != nil && !t.quiet {
		return t.own
	}
	return nil
}

// tellWhole has all that is here told anew.
func (h *Hub) tellWhole() {
	h.peers.pieces = nil
	clear(h.peers.changed)
	for key, t := range h.topics {
		if _, id, _ := key.Split(); len(t.own) > 0 {
			h.peers.changed[id] = struct{}{}
		}
	}
}

// tellReaders has the other nodes told who reads a thread here.
func (o *peers) tellReaders(thread int64) {
	if len(o.known) > 0 {
		o.changed[thread] = struct{}{}
	}
}

// tellTyping has the other nodes told who types here.
func (o *peers) tellTyping(thread int64, who person) {
	if len(o.known) > 0 && len(o.typings) < maxTypings {
		o.typings = append(o.typings, typingHint{Thread: thread, Member: who})
	}
}

// Hear takes what another node hints; nothing of it is trusted beyond its bounds, and who may be
// told of it is decided here as for this node's own members. An empty hint says that some may have
// been missed: the others are asked to tell all.
func (h *Hub) Hear(payload string) {
	said, ok := parseHint(payload)
	if payload != "" && (!ok || said.Node == h.peers.name) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if payload == "" {
		h.peers.ask = true
		return
	}
	if said.Bye {
		h.forget(said.Node)
		return
	}
	p := h.peers.known[said.Node]
	if p == nil {
		if len(h.peers.known) >= maxPeers {
			return
		}
		p = &peer{present: map[int64][]person{}}
		h.peers.known[said.Node] = p
		h.peers.whole = true
	}
	p.heard = time.Now()
	h.peers.whole = h.peers.whole || said.Ask
	if said.Whole {
		h.void(p)
	}
	for _, piece := range said.Present {
		if p.take(piece) {
			h.stir(piece.Thread)
		}
	}
	for _, typed := range said.Typing {
		if t := h.topics[portal.ThreadTopic(typed.Thread)]; t != nil && !t.quiet {
			t.tellTyping(typed.Thread, typed.Member, nil)
		}
	}
}

// take takes a piece of a thread's list, and tells whether it is whole now.
func (p *peer) take(piece presentHint) bool {
	switch {
	case piece.From == 0:
		p.coming = presentHint{Thread: piece.Thread}
	case p.coming.Thread != piece.Thread || len(p.coming.Members) != piece.From:
		return false // one between was lost
	}
	p.coming.Members = append(p.coming.Members, piece.Members...)
	if piece.More {
		return false
	}
	members := p.coming.Members
	p.coming = presentHint{}
	_, before := p.present[piece.Thread]
	switch {
	case len(members) == 0:
		delete(p.present, piece.Thread)
	case before || len(p.present) < maxHeard:
		p.present[piece.Thread] = members
	}
	return true
}

// forget drops another node and its readers.
func (h *Hub) forget(name string) {
	if p := h.peers.known[name]; p != nil {
		h.void(p)
		delete(h.peers.known, name)
	}
}

// void drops what another node has told.
func (h *Hub) void(p *peer) {
	for thread := range p.present {
		h.stir(thread)
	}
	p.present, p.coming = map[int64][]person{}, presentHint{}
}

// stir has the readers of a thread looked at when presence is next told.
func (h *Hub) stir(thread int64) {
	if t := h.topics[portal.ThreadTopic(thread)]; t != nil {
		t.dirty = true
	}
}
