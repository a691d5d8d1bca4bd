package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"praxis/internal/attachment"
	"praxis/internal/blob"
	"praxis/internal/config"
	"praxis/internal/demo"
	"praxis/internal/index"
	"praxis/internal/mail"
)

// Finding is one line of the doctor's: what was looked at, whether it is well, and what to do.
type Finding struct {
	What string
	OK   bool
	Note bool // it may be meant so, and must be known
	Says string
}

const (
	lowDisk      = 1 << 30 // bytes
	mailPatience = 10 * time.Second
)

// Examine checks settings, disk, database, log, audit, attachments, index and mail, and changes
// nothing. What cannot be looked at because of an earlier finding is left out.
func Examine(ctx context.Context, s config.Settings, files Files, log *slog.Logger) []Finding {
	var found []Finding
	add := func(what string, err error, says string, args ...any) {
		f := Finding{What: what, OK: err == nil, Says: fmt.Sprintf(says, args...)}
		if err != nil {
			f.Says = err.Error()
		}
		found = append(found, f)
	}
	if err := s.Check(); err != nil {
		add("settings", err, "")
		return found
	}
	add("settings", nil, "they can be read; data folder %s", s.DataDir)
	if abs, err := filepath.Abs(s.DataDir); err == nil {
		s.DataDir = abs
	}
	free, err := freeSpace(s.DataDir)
	add("disk", err, "%.1f GiB are free", float64(free)/(1<<30))
	examineMail(ctx, s, add)
	if s.ClamdAddr != "" {
		add("scanner", attachment.NewScanner(s.ClamdAddr).Check(ctx), "clamd answers: every attachment is scanned")
	}
	// Opened, an empty folder would be made a new portal's.
	if _, err := os.Stat(s.Sub("postgres")); s.Private() && errors.Is(err, os.ErrNotExist) {
		add("database", fmt.Errorf("there is no portal in %s: check PRAXIS_DATA_DIR and PRAXIS_DATABASE_URL, or make one by praxis serve", s.DataDir), "")
		return found
	}
	n, err := Open(ctx, s, files, Options{AsItIs: true}, log)
	if err != nil {
		add("database", err, "")
		return found
	}
	defer n.Close()
	note := func(what, says string) { found = append(found, Finding{What: what, OK: true, Note: true, Says: says}) }
	if n.examineDatabase(ctx, add, note) {
		n.examineFiles(ctx, add)
		if email, err := demo.Opens(ctx, n.DB); err != nil {
			add("accounts", err, "")
		} else if email != "" {
			note("accounts", demoOpens(email))
		}
	}
	return found
}

// Counted says how many of a thing there are: "1 row", "2 rows".
func Counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

type report func(what string, err error, says string, args ...any)

func freeSpace(dir string) (int64, error) {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("ask for the free space of %s: %w", dir, err)
	}
	free := int64(fs.Bavail) * int64(fs.Bsize)
	if free < lowDisk {
		return free, fmt.Errorf("only %d MiB are free in %s: make room, or set PRAXIS_DATA_DIR to a larger disk", free>>20, dir)
	}
	return free, nil
}

func examineMail(ctx context.Context, s config.Settings, add report) {
	if s.SMTPURL == "" {
		add("mail", nil, "no SMTP server is set: links are shown to whoever asks for them (PRAXIS_SMTP_URL)")
		return
	}
	sender, err := mail.New(s.SMTPURL, mailFrom(s, s.BaseURL))
	if err == nil {
		within, cancel := context.WithTimeout(ctx, mailPatience)
		defer cancel()
		err = sender.Check(within)
	}
	add("mail", err, "the SMTP server answers")
}

// examineDatabase tells whether there is a schema to look further in.
func (n *Node) examineDatabase(ctx context.Context, add report, note func(what, says string)) bool {
	version, err := n.DB.CheckServer(ctx)
	add("database", err, "PostgreSQL %d answers", version)
	at, missing, err := n.schema(ctx)
	if err == nil {
		err = misfit(at, missing)
	}
	add("schema", err, "version %d, nothing is missing", at)
	if at == 0 {
		return false
	}
	n.examineRole(ctx, add, note)
	state, err := n.DB.LogState(ctx)
	add("log", err, "stands at %d", state.Head)
	rows, err := n.DB.VerifyAudit(ctx)
	add("audit", err, "the chain of %s is whole", Counted(int(rows), "row"))
	return true
}

// examineRole looks at the role that the portal runs as, and at the login behind it: what that one may, the
// portal may again by "reset role".
func (n *Node) examineRole(ctx context.Context, add report, note func(what, says string)) {
	if !n.OwnRole {
		add("role", errors.New("the portal connects as the role that owns its tables, so only triggers guard the audit: let its login be a member of praxis_portal (grant praxis_portal to …)"), "")
		return
	}
	login, owns, err := n.DB.LoginOwns(ctx)
	if err == nil && owns {
		note("role", "the portal runs as praxis_portal, which owns nothing, but logs in as "+login+", which owns the tables: whoever makes it run SQL of her own has those rights back by reset role. "+
			"Let it log in as praxis_portal (alter role praxis_portal login password '…'; user=praxis_portal in PRAXIS_DATABASE_URL), and run praxis migrate as "+login+" before each new version")
		return
	}
	add("role", err, "the portal runs as praxis_portal, which owns nothing")
}

func (n *Node) examineFiles(ctx context.Context, add report) {
	where := "the folder " + n.Settings.Sub("attachments")
	if n.Settings.S3URL != "" {
		where = "the bucket of PRAXIS_S3_URL"
	}
	store, err := blob.At(n.Settings.Sub("attachments"), n.Settings.S3URL)
	if err == nil {
		err = store.Check()
	}
	if err != nil {
		add("files", err, "")
		n.examineIndex(ctx, add)
		return
	}
	lost, err := n.DB.LostAttachments(ctx, func(sum []byte) bool {
		f, err := store.Get(sum)
		if err != nil {
			return false
		}
		f.Close()
		return true
	})
	if err == nil && lost > 0 {
		err = fmt.Errorf("the bytes of %s are missing in %s: put them back from a backup", Counted(lost, "attachment"), where)
	}
	add("files", err, "the bytes of every attachment are in %s", where)
	n.examineIndex(ctx, add)
}

// examineIndex opens the index where no portal has it open, and compares it with the log.
func (n *Node) examineIndex(ctx context.Context, add report) {
	x, err := index.Open(n.Settings.Sub("index"), n.Log)
	if errors.Is(err, index.ErrInUse) {
		add("index", nil, "in use by the running portal, whose /readyz tells of it")
		return
	}
	if err != nil {
		add("index", err, "")
		return
	}
	defer x.Close()
	built, ok := x.Live()
	if !ok {
		add("index", nil, "not built yet: the next start builds it")
		return
	}
	state, err := n.DB.LogState(ctx)
	switch {
	case err != nil:
	case built.System != state.SystemIdentifier || built.Timeline != state.Timeline:
		err = errors.New("the index is of another database, or of one before a restore: the next start, or praxis reindex, builds it anew")
	case built.Position > state.Head:
		err = errors.New("the index is ahead of the database, which was put back to an earlier state: the next start, or praxis reindex, builds it anew")
	}
	add("index", err, "built up to %d, %d behind the log", built.Position, state.Head-built.Position)
}
