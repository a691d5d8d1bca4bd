package secret

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrBadSeal says that a sealed token is damaged, forged, of another kind, or was
// sealed with another key. It doesn't say which.
var ErrBadSeal = errors.New("secret: bad seal")

const (
	// MaxSealedPayload bounds what one token carries, in bytes.
	MaxSealedPayload = 2048
	// MinSealerKey is the shortest key, in bytes, that NewSealer takes.
	MinSealerKey = 32

	sealBytes = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead
)

var sealEncoding = base64.RawURLEncoding.Strict()

// Sealer encrypts small payloads that travel through a client and come back, such
// as pagination cursors. The holder can neither read nor change a payload, nor use
// it where another kind is expected. Equal payloads give equal tokens, so pages
// that carry one can be compared by their bytes. Safe for concurrent use.
type Sealer struct {
	nonces []byte
	aead   cipher.AEAD
}

// NewSealer makes a Sealer; every node of a portal needs the same key, at least
// MinSealerKey random bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) < MinSealerKey {
		return nil, fmt.Errorf("secret: sealer key of %d bytes, need %d", len(key), MinSealerKey)
	}
	aead, err := chacha20poly1305.NewX(derive(key, "encrypt"))
	if err != nil {
		return nil, fmt.Errorf("secret: make a sealer: %w", err)
	}
	return &Sealer{nonces: derive(key, "nonce"), aead: aead}, nil
}

func derive(key []byte, what string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(what))
	return h.Sum(nil)
}

// Seal returns payload encrypted, in characters that are safe in a URL. A payload
// over MaxSealedPayload bytes seals to a token that Open refuses.
func (s *Sealer) Seal(kind string, payload []byte) string {
	// The nonce follows from what is sealed, so it is never used for two payloads.
	nonce := derive(s.nonces, kind+"\x00"+string(payload))[:chacha20poly1305.NonceSizeX]
	return sealEncoding.EncodeToString(s.aead.Seal(nonce, nonce, payload, []byte(kind)))
}

// Open returns the payload of a token that Seal made for the same kind, or
// ErrBadSeal.
func (s *Sealer) Open(kind, token string) ([]byte, error) {
	// The decoder skips line ends, which would give one payload many spellings.
	if len(token) > sealEncoding.EncodedLen(sealBytes+MaxSealedPayload) || strings.ContainsAny(token, "\r\n") {
		return nil, ErrBadSeal
	}
	sealed, err := sealEncoding.DecodeString(token)
	if err != nil || len(sealed) < sealBytes {
		return nil, ErrBadSeal
	}
	nonce, text := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	payload, err := s.aead.Open(nil, nonce, text, []byte(kind))
	if err != nil {
		return nil, ErrBadSeal
	}
	return payload, nil
}
