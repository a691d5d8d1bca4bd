package outbox

// Stats tells where a relay stands, for the operator's metrics.
type Stats struct {
	Head      int64 // the last position handed out that this node knows of
	Rounds    int64 // looks at the log since the start
	Sequenced int64 // events that this node gave their position
	Failures  int64 // rounds and housekeeping that failed
	Readers   []ReaderStats
}

// ReaderStats tells where one follower or worker stands.
type ReaderStats struct {
	Name     string
	Position int64 // the last position consumed; -1 for work done once for all nodes
	Lag      int64 // positions between it and the head; 0 for work done once for all nodes
	Failures int64 // tries that failed
}

// Stats tells where the relay stands. It may be asked at any time.
func (r *Relay) Stats() Stats {
	s := Stats{Head: r.head.Load(), Rounds: r.rounds.Load(), Sequenced: r.sequenced.Load(), Failures: r.failures.Load()}
	for _, f := range r.followers {
		at := f.position.Load()
		s.Readers = append(s.Readers, ReaderStats{Name: f.Name, Position: at, Lag: max(s.Head-max(at, 0), 0), Failures: f.failures.Load()})
	}
	for _, w := range r.workers {
		s.Readers = append(s.Readers, ReaderStats{Name: w.name, Position: -1, Failures: w.failures.Load()})
	}
	return s
}
