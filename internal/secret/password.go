package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"time"

	"golang.org/x/text/unicode/norm"
)

// MaxConcurrentHashes is how many passwords are hashed at once in this process.
// Each takes about 19 MiB; more callers wait, MaxHashWait at most.
const MaxConcurrentHashes = 2

// MaxHashWait is how long a caller waits for a free slot; then the answer is
// context.DeadlineExceeded. It bounds how many can be waiting.
const MaxHashWait = 5 * time.Second

const (
	saltBytes = 16
	keyBytes  = 32
	// maxVerifyBytes bounds what VerifyPassword hashes; MaxPasswordRunes runes
	// always fit, also when normalization makes them longer.
	maxVerifyBytes = 4096
)

// current is the cost of new hashes: the first choice of OWASP's password
// storage guidance for argon2id with one lane.
var current = argonParams{memoryKiB: 19 << 10, iterations: 2, lanes: 1}

var hashSlots = make(chan struct{}, MaxConcurrentHashes)

// HashPassword returns the argon2id hash of a password as a PHC string that
// carries its own salt and cost. It doesn't judge the password: see
// CheckPassword. It waits for a free slot until ctx ends, MaxHashWait at most.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails: the runtime aborts when there is no randomness
	key, err := hashSlot(ctx, current, password, salt, keyBytes)
	if err != nil {
		return "", err
	}
	return phc{argonParams: current, salt: salt, key: key}.String(), nil
}

// VerifyPassword tells whether password is the one behind the stored hash, and,
// when it is, whether the hash was made at another cost than today's and should
// be made again. A hash that cannot be read is ErrMalformedHash; other errors
// come from ctx and MaxHashWait.
func VerifyPassword(ctx context.Context, stored, password string) (ok, needsRehash bool, err error) {
	want, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	got, err := hashSlot(ctx, want.argonParams, password, want.salt, len(want.key))
	if err != nil {
		return false, false, err
	}
	if len(password) > maxVerifyBytes || subtle.ConstantTimeCompare(got, want.key) != 1 {
		return false, false, nil
	}
	outdated := want.argonParams != current || len(want.key) != keyBytes || len(want.salt) != saltBytes
	return true, outdated, nil
}

// VerifyNothing takes as long as VerifyPassword does. Call it when the account is
// unknown or has no password, so that the answer's timing doesn't tell.
func VerifyNothing(ctx context.Context) error {
	_, err := hashSlot(ctx, current, "no account has this password", make([]byte, saltBytes), keyBytes)
	return err
}

func hashSlot(ctx context.Context, params argonParams, password string, salt []byte, length int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, MaxHashWait)
	defer cancel()
	select {
	case hashSlots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash password: %w", ctx.Err())
	}
	defer func() { <-hashSlots }()
	if len(password) > maxVerifyBytes {
		password = password[:maxVerifyBytes]
	}
	return params.derive(normalize(password), salt, length), nil
}

// normalize makes é one thing, whichever keyboard composed it. Nothing else
// about a password is changed: no trimming, no case, no truncation.
func normalize(password string) []byte {
	return norm.NFC.Bytes([]byte(password))
}
