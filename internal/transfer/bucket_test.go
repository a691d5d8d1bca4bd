package transfer_test

import (
	"crypto/sha256"
	"io"
	"path/filepath"
	"testing"

	"praxis/internal/blob"
	"praxis/internal/blob/s3test"
	"praxis/internal/transfer"
)

// A portal may move from a folder to a bucket by its backup, and is backed up there alike.
func TestBackupOfABucket(t *testing.T) {
	p := backedUp(t)
	bucket, err := blob.At(t.TempDir(), s3test.Start(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := transfer.Restore(ctx, p.tools, bucket, p.archive, nil); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("standing order"))
	f, err := bucket.Get(sum[:])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "standing order" {
		t.Errorf("restored is %q, %v", got, err)
	}
	again := filepath.Join(t.TempDir(), "again.tar.zst")
	if _, err := transfer.Backup(ctx, p.tools, bucket, "praxis test", again, nil); err != nil {
		t.Fatal(err)
	}
	if m, err := transfer.Verify(again, nil); err != nil || len(m.Files) != 1 {
		t.Errorf("the archive holds %d files, %v", len(m.Files), err)
	}
}
