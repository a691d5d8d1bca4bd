package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"praxis/internal/postgres"
)

// TestHintsArrive holds that what is hinted is heard as it was, beside the wake-ups, and
// that what is too long is refused.
func TestHintsArrive(t *testing.T) {
	db := open(t)
	ctx := t.Context()
	heard := make(chan string, 10)
	go db.Listen(ctx, func() {}, func(hint string) { heard <- hint })
	next := func() string {
		t.Helper()
		select {
		case hint := <-heard:
			return hint
		case <-time.After(10 * time.Second):
			t.Fatal("nothing is heard")
		}
		return ""
	}
	if hint := next(); hint != "" {
		t.Fatalf("first %q is heard, want the word that listening has begun", hint)
	}
	for _, said := range []string{`{"node":"a"}`, `it's \n "quoted" $1 الاسم`, strings.Repeat("x", postgres.MaxHint)} {
		if err := db.Hint(ctx, said); err != nil {
			t.Fatal(err)
		}
		if got := next(); got != said {
			t.Errorf("%q is heard as %q", said, got)
		}
	}
	for _, said := range []string{"", strings.Repeat("x", postgres.MaxHint+1)} {
		if db.Hint(context.Background(), said) == nil {
			t.Errorf("a hint of %d bytes is sent", len(said))
		}
	}
}
