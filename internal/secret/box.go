package secret

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// Box encrypts what only whoever knows the box's words can read again.
type Box struct{ aead cipher.AEAD }

// NewBox makes a box of words that hold a secret, and a print by which the same words are known
// again. The words may be guessable, as a password is: each guess at box or print costs as much as
// one at a password's hash. salt tells boxes of the same words apart. It waits as HashPassword does.
func NewBox(ctx context.Context, words, salt []byte) (print []byte, box *Box, err error) {
	sum, long := sha256.Sum256(words), sha256.Sum256(salt)
	key, err := hashSlot(ctx, current, hex.EncodeToString(sum[:]), long[:], keyBytes+chacha20poly1305.KeySize)
	if err != nil {
		return nil, nil, err
	}
	aead, err := chacha20poly1305.NewX(key[keyBytes:])
	if err != nil {
		return nil, nil, fmt.Errorf("secret: make a box: %w", err)
	}
	return key[:keyBytes], &Box{aead}, nil
}

// Seal encrypts a payload.
func (b *Box) Seal(payload []byte) []byte {
	nonce := make([]byte, b.aead.NonceSize(), b.aead.NonceSize()+len(payload)+b.aead.Overhead())
	rand.Read(nonce)
	return b.aead.Seal(nonce, nonce, payload, nil)
}

// Open gives back what Seal encrypted in a box of the same words and salt, or ErrBadSeal.
func (b *Box) Open(sealed []byte) ([]byte, error) {
	n := b.aead.NonceSize()
	if len(sealed) < n {
		return nil, ErrBadSeal
	}
	payload, err := b.aead.Open(nil, sealed[:n], sealed[n:], nil)
	if err != nil {
		return nil, ErrBadSeal
	}
	return payload, nil
}
