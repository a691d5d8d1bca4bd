// Package searchtest keeps the index of a template database, so that not every test that copies the
// database builds the same index anew: that takes longer than all else of a portal's start.
package searchtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

// folder holds the index of this process's template database.
const folder = "index"

// Keep builds the index of a template database that was just filled, after giving its events their
// positions in the log. A process keeps one.
func Keep(ctx context.Context, db *postgres.DB, vocab *portal.Vocabulary) error {
	for {
		n, err := db.Sequence(ctx)
		if err != nil {
			return fmt.Errorf("sequence the log of the template: %w", err)
		}
		if n == 0 {
			break
		}
	}
	// Whoever copies the database notes the server at its start; an index of another one would not be led on.
	if _, err := db.NoticeRestore(ctx); err != nil {
		return fmt.Errorf("note the server of the template: %w", err)
	}
	dir := filepath.Join(pgtest.Folder(), folder)
	if err := search.RebuildDir(ctx, db, vocab, dir, func(int, int) {}, nil); err != nil {
		return fmt.Errorf("build the index of the template: %w", err)
	}
	return nil
}

// Lay puts a copy of the kept index where a portal on a copy of the template will look for its own.
// dir must not be there yet.
func Lay(t testing.TB, dir string) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(pgtest.Folder(), folder))); err != nil {
		t.Fatalf("searchtest: copy the template's index: %v", err)
	}
}
