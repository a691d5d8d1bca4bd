package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// ErrBadSeal says that a sealed token is damaged, forged, of another kind, or was
// sealed with another key. It doesn't say which.
var ErrBadSeal = errors.New("secret: bad seal")

const (
	// MaxSealedPayload bounds what one token carries, in bytes.
	MaxSealedPayload = 2048
	// MinSealerKey is the shortest key, in bytes, that NewSealer takes.
	MinSealerKey = 32

	sealBytes = 16
)

var sealEncoding = base64.RawURLEncoding.Strict()

// Sealer signs small payloads that travel through a client and come back, such as
// pagination cursors. The holder can read a payload but cannot change it, nor
// use it where another kind is expected. Equal payloads give equal tokens, so
// pages that carry one can be compared by their bytes. Safe for concurrent use.
type Sealer struct {
	key []byte
}

// NewSealer makes a Sealer; every node of a portal needs the same key, at least
// MinSealerKey random bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) < MinSealerKey {
		return nil, fmt.Errorf("secret: sealer key of %d bytes, need %d", len(key), MinSealerKey)
	}
	return &Sealer{key: append([]byte(nil), key...)}, nil
}

// Seal returns payload with its signature, in characters that are safe in a URL.
// A payload over MaxSealedPayload bytes seals to a token that Open refuses.
func (s *Sealer) Seal(kind string, payload []byte) string {
	sealed := append(s.sum(kind, payload), payload...)
	return sealEncoding.EncodeToString(sealed)
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
	seal, payload := sealed[:sealBytes], sealed[sealBytes:]
	if !hmac.Equal(seal, s.sum(kind, payload)) {
		return nil, ErrBadSeal
	}
	return payload, nil
}

func (s *Sealer) sum(kind string, payload []byte) []byte {
	mac := hmac.New(sha256.New, s.key)
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(kind)))
	mac.Write(length[:])
	mac.Write([]byte(kind))
	mac.Write(payload)
	return mac.Sum(nil)[:sealBytes]
}
