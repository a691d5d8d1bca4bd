package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// TokenBytes is the entropy of a token: 256 bits.
const TokenBytes = 32

// NewToken makes a random token for a session, an invitation or an API client:
// plain (43 characters of base64url) goes to its holder and is never stored, hash
// is what the database keeps.
func NewToken() (plain string, hash []byte) {
	raw := make([]byte, TokenBytes)
	rand.Read(raw) // never fails: the runtime aborts when there is no randomness
	plain = base64.RawURLEncoding.EncodeToString(raw)
	return plain, HashToken(plain)
}

// HashToken returns the SHA-256 of a token, under which it is stored and looked
// up. A fast hash is right here: a token cannot be guessed, unlike a password.
// Bound the length of what a client sends before calling it.
func HashToken(plain string) []byte {
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}
