package storytest

import (
	"database/sql"
	"fmt"
	"testing"
)

// verdict is what the checker has counted.
type verdict struct {
	acknowledged, kept, lost, doubled, backwards, leaked int
}

func (v verdict) String() string {
	return fmt.Sprintf("%d acknowledged, %d kept; lost %d, doubled %d, out of order %d, seen by who may not %d",
		v.acknowledged, v.kept, v.lost, v.doubled, v.backwards, v.leaked)
}

// judge compares what writers were answered and listeners told with the database, of which it reads the
// tables alone. A post counts as told where its event was, or where it stood in what a listener was told to
// fetch afresh.
func judge(t testing.TB, db *sql.DB, p *people, outsiders ...*listener) (v verdict) {
	t.Helper()
	kept := map[string]int{} // by words
	number := map[int64]int64{}
	var order []int64
	rows, err := db.Query(`select p.id, p.body, e.position from posts p
		join events e on e.entity_id = p.id and e.type = 'post.created' and e.topic = 'thread:' || p.thread_id
		where p.thread_id = $1 and p.number > 1 order by e.position`, p.thread)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, position int64
		var words string
		if err := rows.Scan(&id, &words, &position); err != nil {
			t.Fatal(err)
		}
		kept[words]++
		number[id] = position
		order = append(order, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	v.acknowledged, v.kept = len(p.said), len(order)
	for words, id := range p.said {
		switch n := kept[words]; {
		case n == 0:
			v.lost++
			t.Errorf("%q was acknowledged as post %d and is not there", words, id)
		case n > 1:
			v.doubled++
			t.Errorf("%q is there %d times", words, n)
		}
	}
	for words, n := range kept {
		if _, said := p.said[words]; !said && n > 1 {
			v.doubled++
			t.Errorf("%q, which nobody was answered, is there %d times", words, n)
		}
	}
	for _, l := range p.listeners {
		v.add(t, l, order, number)
	}
	for _, l := range outsiders {
		if n := len(l.seen) + len(l.posts); n > 0 || l.refuse == 0 {
			v.leaked += n
			t.Errorf("%s was told of %d posts, and refused %d times", l.name, n, l.refuse)
		}
	}
	for _, s := range p.surprises {
		t.Error(s)
	}
	return v
}

// add counts what one listener was told.
func (v *verdict) add(t testing.TB, l *listener, order []int64, position map[int64]int64) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	lost := 0
	for _, id := range order {
		switch n := l.seen[position[id]]; {
		case n > 1:
			v.doubled++
			t.Errorf("%s was told of post %d %d times", l.name, id, n)
		case n == 0 && !l.posts[id]:
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%s was not told of %d of %d posts (last %d, fetched afresh up to %v)", l.name, lost, len(order), l.last, l.afresh)
	}
	if l.back > 0 {
		t.Errorf("%s was told %d times of what it knew", l.name, l.back)
	}
	v.lost += lost
	v.backwards += l.back
}
