package postgres

import (
	"context"
	"crypto/rand"
)

// Key reads a random key of 32 bytes that all nodes of the portal share under a name; the first
// who asks makes it.
func (c Conn) Key(ctx context.Context, name string) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // it never fails
	if _, err := exec(ctx, c, "make a key", `insert into keys (name, key) values ($1, $2) on conflict do nothing`, name, fresh); err != nil {
		return nil, err
	}
	return get[[]byte](ctx, c, "read a key", `select key from keys where name = $1`, name)
}
