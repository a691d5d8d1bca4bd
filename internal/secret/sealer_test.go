package secret_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"praxis/internal/secret"
)

func newSealer(t testing.TB, first byte) *secret.Sealer {
	t.Helper()
	key := bytes.Repeat([]byte{7}, secret.MinSealerKey)
	key[0] = first
	s, err := secret.NewSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealer(t *testing.T) {
	s := newSealer(t, 1)
	token := s.Seal("practices", []byte("12|2026-03-12"))
	if again := s.Seal("practices", []byte("12|2026-03-12")); again != token {
		t.Error("equal payloads give different tokens")
	}
	payload, err := s.Open("practices", token)
	if err != nil || string(payload) != "12|2026-03-12" {
		t.Fatalf("open: %q, %v", payload, err)
	}
	if payload, err := s.Open("k", s.Seal("k", nil)); err != nil || len(payload) != 0 {
		t.Errorf("empty payload: %q, %v", payload, err)
	}
	most := bytes.Repeat([]byte("x"), secret.MaxSealedPayload)
	if _, err := s.Open("k", s.Seal("k", most)); err != nil {
		t.Errorf("largest payload: %v", err)
	}
	other := newSealer(t, 2)
	for name, open := range map[string]func() ([]byte, error){
		"other kind":      func() ([]byte, error) { return s.Open("threads", token) },
		"other key":       func() ([]byte, error) { return other.Open("practices", token) },
		"empty":           func() ([]byte, error) { return s.Open("practices", "") },
		"not base64":      func() ([]byte, error) { return s.Open("practices", "?"+token) },
		"cut":             func() ([]byte, error) { return s.Open("practices", token[:len(token)-2]) },
		"line end":        func() ([]byte, error) { return s.Open("practices", token+"\n") },
		"kind in payload": func() ([]byte, error) { return s.Open("practice", s.Seal("practic", []byte("e"))) },
		"too large":       func() ([]byte, error) { return s.Open("k", s.Seal("k", append(most, 'x'))) },
		"huge":            func() ([]byte, error) { return s.Open("k", strings.Repeat("A", 1<<20)) },
	} {
		if payload, err := open(); !errors.Is(err, secret.ErrBadSeal) || payload != nil {
			t.Errorf("%s: got %q, %v", name, payload, err)
		}
	}
	if _, err := secret.NewSealer(make([]byte, secret.MinSealerKey-1)); err == nil {
		t.Error("a short key is taken")
	}
}

func TestSealerNoticesEveryBit(t *testing.T) {
	s := newSealer(t, 1)
	raw, err := base64.RawURLEncoding.DecodeString(s.Seal("k", []byte("payload")))
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(raw) * 8 {
		forged := bytes.Clone(raw)
		forged[bit/8] ^= 1 << (bit % 8)
		if _, err := s.Open("k", base64.RawURLEncoding.EncodeToString(forged)); err == nil {
			t.Fatalf("bit %d flipped, not noticed", bit)
		}
	}
}

func FuzzSealerOpen(f *testing.F) {
	s := newSealer(f, 1)
	f.Add("practices", s.Seal("practices", []byte("12")))
	f.Add("", "AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, kind, token string) {
		payload, err := s.Open(kind, token)
		if err != nil {
			return
		}
		if s.Seal(kind, payload) != token {
			t.Errorf("%q opens as %q, but is not its one spelling", token, payload)
		}
	})
}

func TestTokens(t *testing.T) {
	plain, hash := secret.NewToken()
	raw, err := base64.RawURLEncoding.DecodeString(plain)
	if err != nil || len(raw) != secret.TokenBytes {
		t.Fatalf("token %q: %d bytes, %v", plain, len(raw), err)
	}
	if !bytes.Equal(hash, secret.HashToken(plain)) || len(hash) != 32 {
		t.Error("the stored hash is not that of the token")
	}
	if other, _ := secret.NewToken(); other == plain {
		t.Error("two tokens are equal")
	}
}
