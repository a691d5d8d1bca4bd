package secret_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/secret"
)

func TestHashAndVerify(t *testing.T) {
	ctx := context.Background()
	stored, err := secret.HashPassword(ctx, "naïve café at noon")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("not the expected PHC string: %s", stored)
	}
	again, err := secret.HashPassword(ctx, "naïve café at noon")
	if err != nil || again == stored {
		t.Fatalf("two hashes of one password are equal, or %v", err)
	}
	for _, tt := range []struct {
		name, password string
		want           bool
	}{
		{"same", "naïve café at noon", true},
		{"decomposed", "nai\u0308ve cafe\u0301 at noon", true},
		{"other case", "Naïve café at noon", false},
		{"trailing space", "naïve café at noon ", false},
		{"empty", "", false},
		{"huge", strings.Repeat("a", 1<<20), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ok, rehash, err := secret.VerifyPassword(ctx, stored, tt.password)
			if ok != tt.want || rehash || err != nil {
				t.Errorf("got ok %v, rehash %v, err %v", ok, rehash, err)
			}
		})
	}
}

func TestVerifyKnownVector(t *testing.T) {
	// From the test vectors of the reference implementation: "password",
	// "somesalt", two passes over 64 MiB, one lane.
	const stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ok, rehash, err := secret.VerifyPassword(context.Background(), stored, "password")
	if !ok || !rehash || err != nil {
		t.Errorf("got ok %v, rehash %v, err %v; want true, true, nil", ok, rehash, err)
	}
}

func TestVerifyRefusesMalformedHashes(t *testing.T) {
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for name, stored := range map[string]string{
		"empty":           "",
		"bcrypt":          "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"argon2i":         "$argon2i$v=19$m=65536,t=2,p=1$" + salt + "$" + key,
		"version":         "$argon2id$v=16$m=65536,t=2,p=1$" + salt + "$" + key,
		"a terabyte":      "$argon2id$v=19$m=1073741824,t=2,p=1$" + salt + "$" + key,
		"many iterations": "$argon2id$v=19$m=65536,t=4000000000,p=1$" + salt + "$" + key,
		"no iterations":   "$argon2id$v=19$m=65536,t=0,p=1$" + salt + "$" + key,
		"no lanes":        "$argon2id$v=19$m=65536,t=2,p=0$" + salt + "$" + key,
		"lanes wrap":      "$argon2id$v=19$m=65536,t=2,p=257$" + salt + "$" + key,
		"sign":            "$argon2id$v=19$m=+65536,t=2,p=1$" + salt + "$" + key,
		"order":           "$argon2id$v=19$t=2,m=65536,p=1$" + salt + "$" + key,
		"short salt":      "$argon2id$v=19$m=65536,t=2,p=1$c2E$" + key,
		"short key":       "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$CTFh",
		"no key":          "$argon2id$v=19$m=65536,t=2,p=1$" + salt,
		"line end":        "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$\n" + key,
		"long":            "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$" + strings.Repeat("A", 600),
	} {
		t.Run(name, func(t *testing.T) {
			ok, _, err := secret.VerifyPassword(context.Background(), stored, "password")
			if ok || !errors.Is(err, secret.ErrMalformedHash) {
				t.Errorf("got ok %v, err %v", ok, err)
			}
		})
	}
}

func TestHashingWaitsAndGivesUp(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := secret.HashPassword(ended, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("hash with an ended context: %v", err)
	}
	if err := secret.VerifyNothing(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("verify nothing with an ended context: %v", err)
	}
	// Far more callers than slots, with time for a few: some succeed, the rest
	// give up when their time ends.
	brief, cancel := context.WithTimeout(context.Background(), 150*time.Millisecond)
	defer cancel()
	const callers = 400
	var wg sync.WaitGroup
	results := make(chan error, callers)
	for range callers {
		wg.Go(func() { results <- secret.VerifyNothing(brief) })
	}
	wg.Wait()
	close(results)
	var done, gaveUp int
	for err := range results {
		switch {
		case err == nil:
			done++
		case errors.Is(err, context.DeadlineExceeded):
			gaveUp++
		default:
			t.Fatalf("unexpected error: %v", err)
		}
	}
	if done == 0 || gaveUp == 0 {
		t.Errorf("%d hashed, %d gave up; want some of both", done, gaveUp)
	}
}

func TestCheckPassword(t *testing.T) {
	personal := []string{"Ana Molina", "ana.molina@aduana.example"}
	for _, tt := range []struct {
		password string
		want     secret.Reason
	}{
		{"correct staple under the bridge", ""},
		{"k7!vQp2x_Lm9", ""},
		{"fyxvwqkjbnmt", ""},
		{"lluvia sobre el puerto viejo", ""},
		{"мороз и солнце утром рано", ""},
		{"مطر على الميناء القديم", ""},
		{"雨降る港の朝に船が三艘入る", ""},
		{"Ana keeps bees on Mondays", ""},
		{"", secret.ReasonTooShort},
		{"k7!vQp2x_Lm", secret.ReasonTooShort},
		{"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", secret.ReasonTooShort},
		{strings.Repeat("kq9 ", 33), secret.ReasonTooLong},
		{strings.Repeat("x", 1<<20), secret.ReasonTooLong},
		{"k7!vQp2x\x00Lm9", secret.ReasonInvalid},
		{"k7!vQp2x\xffLm9", secret.ReasonInvalid},
		{"password1234", secret.ReasonCommon},
		{"P@ssw0rd2026!", secret.ReasonCommon},
		{"PasswordPassword", secret.ReasonCommon},
		{"aaaaaaaaaaaa", secret.ReasonCommon},
		{"abcdefghijkl", secret.ReasonCommon},
		{"123456789012", secret.ReasonCommon},
		{"987654321098", secret.ReasonCommon},
		{"qwertyuiopas", secret.ReasonCommon},
		{"qwerty123456", secret.ReasonCommon},
		{"1qaz2wsx3edc", secret.ReasonCommon},
		{"k7!vk7!vk7!vk7!v", secret.ReasonCommon},
		{"iloveyou2024", secret.ReasonCommon},
		{"Sunshine2025!", secret.ReasonCommon},
		{"Welcome-2026-!", secret.ReasonCommon},
		{"ﬁreﬁreﬁreﬁre", secret.ReasonCommon},
		{"praxis-praxis", secret.ReasonCommon},
		{"Praxis2026!!!", secret.ReasonCommon},
		{"teamomucho123", secret.ReasonCommon},
		{"barcelona2019", secret.ReasonCommon},
		{"йцукенгшщзхъ", secret.ReasonCommon},
		{"AnaMolina2026", secret.ReasonPersonal},
		{"molina.ana.molina", secret.ReasonPersonal},
		{"ana.molina@aduana.example", secret.ReasonPersonal},
		{"4n4 m0l1n4 aduana", secret.ReasonPersonal},
	} {
		t.Run(tt.password[:min(len(tt.password), 40)], func(t *testing.T) {
			err := secret.CheckPassword(tt.password, personal...)
			var refused *secret.PasswordError
			switch {
			case err == nil && tt.want == "":
			case !errors.As(err, &refused):
				t.Errorf("got %v, want reason %q", err, tt.want)
			case refused.Reason != tt.want:
				t.Errorf("got reason %q, want %q", refused.Reason, tt.want)
			}
		})
	}
}

func BenchmarkCheckPassword(b *testing.B) {
	long := strings.Repeat("kq9 zw password 4n4 qwerty", 4) + "not a repeat"
	for b.Loop() {
		if err := secret.CheckPassword(long, "Ana Molina"); err != nil && !errors.As(err, new(*secret.PasswordError)) {
			b.Fatal(err)
		}
	}
}
