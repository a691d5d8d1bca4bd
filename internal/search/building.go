package search

import (
	"log/slog"
	"time"
)

// building tells a log how a build of the index goes: that it began, each tenth of the way, and the end.
type building struct {
	log    *slog.Logger
	begun  time.Time
	tenths int
	done   int
	told   func(done, total int)
}

// began says that a build begins. told is told of each step, too.
func began(log *slog.Logger, told func(done, total int)) *building {
	log.Info("the search index is being built")
	return &building{log: log, begun: time.Now(), told: told}
}

// at is told how many of about how many things are done.
func (b *building) at(done, total int) {
	b.done = done
	if tenths := 10 * done / max(total, 1); tenths > b.tenths && tenths < 10 {
		b.tenths = tenths
		b.log.Info("the search index is being built", "percent", 10*tenths, "done", done, "of", total, "took", b.took())
	}
	b.told(done, total)
}

// ended says what came of it.
func (b *building) ended(err error) {
	if err != nil {
		b.log.Warn("the search index was not built", "done", b.done, "took", b.took(), "err", err)
		return
	}
	a := []any{"documents", b.done, "took", b.took()}
	if s := time.Since(b.begun).Seconds(); s > 0 {
		a = append(a, "per_second", int(float64(b.done)/s))
	}
	b.log.Info("the search index was built", a...)
}

func (b *building) took() time.Duration { return time.Since(b.begun).Round(time.Millisecond) }

// Built is when the index in use was built from the database; zero where there is none.
func (x *Indexer) Built() time.Time {
	live, ok := x.ix.Live()
	if !ok || live.Built == 0 {
		return time.Time{}
	}
	return time.UnixMilli(live.Built)
}
