package transfer_test

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"praxis/internal/blob"
	"praxis/internal/pgcluster"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
	"praxis/internal/transfer"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

// place is a database with one member, a store with one file, and a backup of both.
type place struct {
	db      *postgres.DB
	tools   transfer.Tools
	store   blob.Store
	archive string
	before  postgres.LogState
}

func backedUp(t *testing.T) place {
	t.Helper()
	url := storetest.URL(t)
	db, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p := place{db: db, archive: filepath.Join(t.TempDir(), "praxis.tar.zst")}
	if _, err := db.NoticeRestore(ctx); err != nil {
		t.Fatal(err)
	}
	p.join(t, "kept@example.org")
	if p.store, err = blob.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.store.Put(strings.NewReader("standing order"), 100); err != nil {
		t.Fatal(err)
	}
	env, err := postgres.ClientEnv(url)
	if err != nil {
		t.Fatal(err)
	}
	if p.tools, err = pgcluster.NewClient("", env); err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.Backup(ctx, p.tools, p.store, "praxis test", p.archive, nil); err != nil {
		t.Fatal(err)
	}
	p.join(t, "later@example.org")
	if p.before, err = db.LogState(ctx); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p place) join(t *testing.T, email string) {
	t.Helper()
	err := p.db.InTx(ctx, func(tx *postgres.Tx) error {
		_, err := tx.InsertMember(ctx, portal.Member{Email: email, Name: "Ada", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p place) has(t *testing.T, email string) bool {
	t.Helper()
	_, err := p.db.MemberByEmail(ctx, email)
	if err != nil && portal.KindOf(err) != portal.NotFound {
		t.Fatal(err)
	}
	return err == nil
}

// entry is one file inside an archive.
type entry struct {
	name string
	data []byte
}

// rewritten gives an archive whose entries went through change and whose sums are right again.
func rewritten(t *testing.T, archive string, change func([]entry) []entry) string {
	t.Helper()
	entries, m := read(t, archive)
	entries = change(entries)
	for _, e := range entries {
		if sum := sha256.Sum256(e.data); e.name == "database.dump" {
			m.Database = hex.EncodeToString(sum[:])
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "changed.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	packed, err := zstd.NewWriter(out)
	if err != nil {
		t.Fatal(err)
	}
	to := tar.NewWriter(packed)
	for _, e := range append(entries, entry{"manifest.json", raw}) {
		err = errors.Join(err, to.WriteHeader(&tar.Header{Name: e.name, Size: int64(len(e.data)), Mode: 0o600}))
		_, wrote := to.Write(e.data)
		err = errors.Join(err, wrote)
	}
	if err := errors.Join(err, to.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Name()
}

func read(t *testing.T, archive string) (entries []entry, m transfer.Manifest) {
	t.Helper()
	in, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	unpacked, err := zstd.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	defer unpacked.Close()
	for from := tar.NewReader(unpacked); ; {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			return entries, m
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != "manifest.json" {
			entries = append(entries, entry{h.Name, data})
		} else if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRefusedRestoreLeavesEverything(t *testing.T) {
	dump := func(change func([]byte) []byte) func([]entry) []entry {
		return func(entries []entry) []entry {
			entries[0].data = change(entries[0].data)
			return entries
		}
	}
	tests := []struct {
		name    string
		change  func([]entry) []entry
		damaged bool
	}{
		{"a dump by tools of the future", dump(func(b []byte) []byte { b[6]++; return b }), false},
		{"a dump that breaks off", dump(func(b []byte) []byte { return b[:len(b)*3/4] }), false},
		{"no dump at all", dump(func([]byte) []byte { return nil }), false},
		{"a file that the manifest does not name", func(e []entry) []entry {
			return append(e, entry{"attachments/" + strings.Repeat("0", 64), []byte("smuggled")})
		}, true},
		{"a file twice", func(e []entry) []entry { return append(e, e[1]) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := backedUp(t)
			err := transfer.Restore(ctx, p.tools, p.store, rewritten(t, p.archive, tt.change), nil)
			if err == nil || errors.Is(err, transfer.ErrDamaged) != tt.damaged {
				t.Errorf("Restore = %v, want damaged: %v", err, tt.damaged)
			}
			if !p.has(t, "kept@example.org") || !p.has(t, "later@example.org") {
				t.Error("what the database held is gone")
			}
			stored := 0
			if err := p.store.Walk(func([]byte, int64) error { stored++; return nil }); err != nil || stored != 1 {
				t.Errorf("%d files are stored (%v), want the one that was", stored, err)
			}
		})
	}
}

func TestRestoreIsNoticedWhoeverComesNext(t *testing.T) {
	p := backedUp(t)
	if err := transfer.Restore(ctx, p.tools, p.store, p.archive, nil); err != nil {
		t.Fatal(err)
	}
	if !p.has(t, "kept@example.org") || p.has(t, "later@example.org") {
		t.Error("the database does not hold what the archive does")
	}
	restored, err := p.db.NoticeRestore(ctx)
	if err != nil || !restored {
		t.Errorf("NoticeRestore = %v, %v; want true: it is the same server, and the restore may have died here", restored, err)
	}
	after, err := p.db.LogState(ctx)
	if err != nil || after.Head <= p.before.Head {
		t.Errorf("the log stands at %d (%v), before the restore at %d", after.Head, err, p.before.Head)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(p.archive), ".praxis-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("%v are left beside the archive (%v)", left, err)
	}
}
