package attachment_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"praxis/internal/attachment"
	"praxis/internal/portal"
)

// eicar is what every scanner knows, and does nothing; in two pieces, so that none finds it here.
const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-` + `STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// scanners gives the addresses of what speaks clamd's protocol: a small one of this test, and the real
// clamd, on a database of one signature, where its program is found.
func scanners(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"the test's own": ownScanner(t)}
	program, err := exec.LookPath("clamd")
	if err != nil {
		if _, err = os.Stat("/usr/sbin/clamd"); err != nil {
			return all
		}
		program = "/usr/sbin/clamd"
	}
	dir, err := os.MkdirTemp("", "clamd-*") // readable, and short enough for a socket's path
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "eicar.hdb"), []byte("44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test\n"), 0o644))
	conf, socket := filepath.Join(dir, "clamd.conf"), filepath.Join(dir, "socket")
	must(t, os.WriteFile(conf, []byte(fmt.Sprintf("DatabaseDirectory %s\nLocalSocket %s\nForeground yes\nStreamMaxLength 60M\n", dir, socket)), 0o644))
	cmd := exec.Command(program, "-c", conf)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for deadline := time.Now().Add(30 * time.Second); attachment.NewScanner(socket).Check(ctx) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			cmd.Wait()
			t.Fatalf("clamd does not answer: %s", said.String())
		}
	}
	all["clamd"] = socket
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ownScanner(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				c.Write([]byte(verdict(bufio.NewReader(c)) + "\x00"))
			}()
		}
	}()
	return l.Addr().String()
}

func verdict(r *bufio.Reader) string {
	if command, _ := r.ReadString(0); command != "zINSTREAM\x00" {
		return "PONG"
	}
	var all bytes.Buffer
	for {
		var n uint32
		if err := binary.Read(r, binary.BigEndian, &n); err != nil {
			return "stream: " + err.Error() + " ERROR"
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&all, r, int64(n)); err != nil {
			return "stream: " + err.Error() + " ERROR"
		}
	}
	if all.String() == eicar {
		return "stream: Eicar-Test FOUND"
	}
	return "stream: OK"
}

func TestFilesAreScanned(t *testing.T) {
	for name, address := range scanners(t) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			scanner := attachment.NewScanner(address)
			must(t, scanner.Check(ctx))
			w.svc.WithScanner(scanner)
			_, err := w.svc.Add(ctx, w.author, w.practice, "notes.txt", strings.NewReader(eicar))
			var refused *portal.Error
			if !errors.As(err, &refused) || refused.Kind != portal.Unsupported || refused.Message != "error.file_infected" {
				t.Fatalf("an infected file: %v", err)
			}
			if rows := w.audited("attachment.refuse"); rows != 1 {
				t.Errorf("the audit has %d rows of the refusal", rows)
			}
			_, err = w.archive(w.packed("notes.txt", eicar)).Take(ctx, w.author, "notes.txt", true)
			if rows := w.audited("attachment.refuse"); message(err) != "error.file_infected" || rows != 1 {
				t.Errorf("a trial of an infected file: %v, and the audit has %d rows", err, rows)
			}
			a, err := w.svc.Add(ctx, w.author, w.practice, "notes.txt", strings.NewReader("A clean text of an officer."))
			must(t, err)
			if got := string(w.bytesOf(a)); got != "A clean text of an officer." {
				t.Errorf("kept is %q", got)
			}
			if _, err := w.svc.Add(ctx, w.author, w.practice, "large.txt", io.LimitReader(words{}, portal.MaxAttachment)); err != nil {
				t.Errorf("as large as may be: %v", err)
			}
		})
	}
}

// While the scanner is away nothing is taken, and it is said.
func TestScannerAway(t *testing.T) {
	w := newWorld(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	l.Close()
	w.svc.WithScanner(attachment.NewScanner(l.Addr().String()))
	_, err = w.svc.Add(ctx, w.author, w.practice, "notes.txt", strings.NewReader("words"))
	if portal.KindOf(err) != portal.Unavailable || !strings.Contains(err.Error(), "error.scanner_away") {
		t.Errorf("no scanner: %v", err)
	}
	if err := attachment.NewScanner(l.Addr().String()).Check(ctx); err == nil || !strings.Contains(err.Error(), "PRAXIS_CLAMD_ADDR") {
		t.Errorf("the doctor hears %v", err)
	}
	if files, err := w.svc.List(ctx, w.author, w.practice); err != nil || len(files) != 0 {
		t.Errorf("%d files: %v", len(files), err)
	}
}

// audited counts the audit's rows of an action.
func (w *world) audited(action string) (rows int) {
	w.Helper()
	_, err := w.db.Sequence(ctx)
	w.must(err)
	page, err := w.db.AuditPage(ctx, portal.Page{Limit: portal.MaxPage})
	w.must(err)
	for _, row := range page {
		if row.Action == action {
			rows++
		}
	}
	return rows
}
