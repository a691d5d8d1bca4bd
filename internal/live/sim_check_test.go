package live_test

import (
	"time"

	"praxis/internal/portal"
)

func (s *sim) run(steps int) {
	for range steps {
		s.step()
	}
	s.settle()
	s.check()
	s.t.Logf("%v", s.done)
	for _, n := range s.nodes {
		s.stop(n)
	}
}

// settle gives everybody back what was taken, and all the time that there is.
func (s *sim) settle() {
	for _, id := range s.threads {
		if s.red[id] {
			s.relabel(id)
		}
	}
	if s.outside {
		s.membership()
	}
	head := s.handed()
	for _, n := range s.nodes {
		for n.at < head {
			s.hand(n, 1000)
		}
	}
	for _, c := range s.clients {
		c.pause(false)
		c.drop()
		c.mu.Lock()
		for _, f := range c.follows {
			f.wants = true
		}
		c.mu.Unlock()
		c.connect(s.nodes[s.rng.IntN(len(s.nodes))], s.head)
	}
}

// check compares what each client was told with the log, of which it knows nothing but the table: every
// event of the thread once and in order, but for what a client was told to fetch afresh; nothing to who may
// not see it, and nothing while she may not.
func (s *sim) check() {
	for _, c := range s.clients {
		for j, id := range s.threads {
			if f := c.follows[topicOf(id)]; f != nil {
				s.checkTopic(c, s.threads[j], f)
			}
		}
		c.mu.Lock()
		for _, wrong := range c.wrong {
			s.t.Errorf("%s: %s", c.name, wrong)
		}
		s.t.Logf("%s: %d connections ended, %d resets, %d revoked", c.name, c.ended, c.resets, c.revoked)
		c.mu.Unlock()
	}
}

// logged reads the public events of a thread after a position.
func (s *sim) logged(thread, after int64) (positions []int64) {
	rows, err := s.db.Raw().Query(`select position, type from events where topic = $1 and position > $2 order by position`, topicOf(thread), after)
	s.must(err)
	defer rows.Close()
	for rows.Next() {
		var position int64
		var kind portal.EventType
		s.must(rows.Scan(&position, &kind))
		if kind.Public() {
			positions = append(positions, position)
		}
	}
	s.must(rows.Err())
	return positions
}

func (s *sim) checkTopic(c *simClient, thread int64, f *seen) {
	want := s.logged(thread, f.from)
	if c.who.MemberID == s.lena.MemberID {
		want = nil // it is nothing to her
	}
	for late := time.Now().Add(patience); len(want) > 0 && time.Now().Before(late); time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		last := f.last
		c.mu.Unlock()
		if last >= want[len(want)-1] {
			break
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	told, lost := 0, 0
	for _, position := range want {
		if at, ok := f.ids[position]; ok {
			told++
			s.checkSecret(c, thread, position, at)
		} else if !fetched(f, position) {
			lost++
			s.t.Errorf("%s was not told of event %d of thread %d", c.name, position, thread)
		}
	}
	if told != len(f.ids) {
		s.t.Errorf("%s was told of %d events of thread %d, of which the log has %d", c.name, len(f.ids), thread, told)
	}
	if lost > 0 {
		s.t.Errorf("%s: %d of %d lost; connected: %v, subscribed: %v, last seen %d", c.name, lost, len(want), c.conn != nil, f.on, f.last)
	}
}

// fetched tells whether an event is in what the client was told to fetch afresh.
func fetched(f *seen, position int64) bool {
	return len(f.afters) > 0 && position <= f.afters[len(f.afters)-1]
}

func (s *sim) checkSecret(c *simClient, thread, position int64, at time.Time) {
	for _, x := range s.secrets[thread] {
		hers := x.who == c.who.MemberID || x.who == 0 && c.who.MemberID != s.ana.MemberID
		if hers && position > x.from && position <= x.until && at.Before(x.ended) {
			s.t.Errorf("%s was told of event %d of thread %d while it was not hers to see", c.name, position, thread)
		}
	}
}
