package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"strings"

	"golang.org/x/text/language"

	"praxis/internal/account"
	"praxis/internal/blob"
	"praxis/internal/i18n"
	"praxis/internal/pgcluster"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
	"praxis/internal/transfer"
)

// Accounts makes the account feature for a command, with the origin that its links begin with.
func (n *Node) Accounts() (*account.Service, string, error) {
	catalogues, err := n.catalogues()
	if err != nil {
		return nil, "", err
	}
	var languages []string
	for _, tag := range catalogues.Tags() {
		languages = append(languages, tag.String())
	}
	origin, err := n.origin()
	if err != nil {
		return nil, "", err
	}
	return account.New(n.DB, n.Vocab, n.Settings.SMTPURL != "", languages, n.Log), origin, nil
}

// origin is where links of a command lead: to the public origin that is set, to the portal that
// runs on the data folder, or to where one will listen.
func (n *Node) origin() (string, error) {
	at, err := net.ResolveTCPAddr("tcp", n.Settings.Addr)
	if err != nil {
		return "", fmt.Errorf("read PRAXIS_ADDR: %w", err)
	}
	if told := n.toldOrigin(); told != "" && n.Settings.BaseURL == "" {
		return told, nil
	}
	if at.Port == 0 && n.Settings.BaseURL == "" {
		return "", fmt.Errorf("no portal runs on %s, and port 0 of PRAXIS_ADDR says nothing of where one will: start it first, or set PRAXIS_BASE_URL", n.Settings.DataDir)
	}
	return n.Settings.Origin(at), nil
}

func (n *Node) catalogues() (*i18n.Catalogues, error) {
	locales, err := fs.Sub(n.Files.Assets, "locales")
	if err != nil {
		return nil, fmt.Errorf("open the catalogues: %w", err)
	}
	return i18n.Load(locales)
}

// InWords says a rule's answer in English sentences, for a terminal.
func (n *Node) InWords(err error) error {
	var e *portal.Error
	if !errors.As(err, &e) {
		return err
	}
	catalogues, loadErr := n.catalogues()
	if loadErr != nil {
		return err
	}
	l := catalogues.Localizer(language.English)
	if len(e.Fields) == 0 {
		return errors.New(l.T(e.Message, e.Args...))
	}
	var words []string // that something is wrong need not be said beside what it is
	for _, f := range e.Fields {
		words = append(words, f.Field+": "+l.T(f.Message, f.Args...))
	}
	return errors.New(strings.Join(words, " "))
}

// Reindex builds a new search index beside the one in use and has it taken.
func (n *Node) Reindex(ctx context.Context, progress func(done, total int)) error {
	return search.RebuildDir(ctx, n.DB, n.Vocab, n.Settings.Sub("index"), progress, n.Log)
}

// Library is the portal's content, indexed in an empty folder of its own, in the sight of the member with
// this address; of a visitor where it is "".
func (n *Node) Library(ctx context.Context, dir, email string, kind portal.Kind, log *slog.Logger) (*search.Library, error) {
	var v portal.Viewer
	if email != "" {
		m, err := n.DB.MemberByEmail(ctx, email)
		if err == nil {
			v, err = n.DB.Viewer(ctx, m.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("look for the member %s: %w", email, err)
		}
	}
	return search.NewLibrary(ctx, n.DB, n.Vocab, dir, v, kind, log)
}

func (n *Node) tools() (transfer.Tools, error) {
	if n.Cluster != nil {
		return n.Cluster, nil
	}
	env, err := postgres.ClientEnv(n.AsOwner)
	if err != nil {
		return nil, err
	}
	return pgcluster.NewClient(n.Settings.PostgresBin, env)
}

// Backup writes one archive with the database and the attachments.
func (n *Node) Backup(ctx context.Context, file, version string, progress transfer.Progress) (transfer.Manifest, error) {
	tools, err := n.tools()
	if err != nil {
		return transfer.Manifest{}, err
	}
	store, err := blob.At(n.Settings.Sub("attachments"), n.Settings.S3URL)
	if err != nil {
		return transfer.Manifest{}, err
	}
	return transfer.Backup(ctx, tools, store, "praxis "+version, file, progress)
}

// Replaced says in words what a restore would drop; "" where nobody would miss anything.
func (n *Node) Replaced(ctx context.Context) (string, error) {
	held, err := n.DB.Holds(ctx, n.Files.SQL)
	if err != nil {
		return "", err
	}
	var words []string
	if held.Members > 0 {
		words = append(words, Counted(held.Members, "member"))
	}
	if held.Practices > 0 {
		words = append(words, Counted(held.Practices, "practice"))
	}
	if held.Changes > 0 {
		words = append(words, Counted(held.Changes, "row")+" of audit")
	}
	if len(held.Others) > 0 {
		words = append(words, "what is not Praxis's ("+strings.Join(held.Others, ", ")+")")
	}
	return strings.Join(words, ", "), nil
}

// Restore puts an archive in place of an empty database, or with force of whatever it holds.
func (n *Node) Restore(ctx context.Context, file string, force bool, progress transfer.Progress) error {
	replaced, err := n.Replaced(ctx)
	if err != nil {
		return err
	}
	if replaced != "" && !force {
		return fmt.Errorf("the database holds %s: give --force to drop all of it, or set another PRAXIS_DATA_DIR or PRAXIS_DATABASE_URL", replaced)
	}
	if _, err := n.DB.CheckServer(ctx); err != nil {
		return err
	}
	tools, err := n.tools()
	if err != nil {
		return err
	}
	store, err := blob.At(n.Settings.Sub("attachments"), n.Settings.S3URL)
	if err != nil {
		return err
	}
	if err := transfer.Restore(ctx, tools, store, file, progress); err != nil {
		return err
	}
	owner, err := postgres.Open(n.AsOwner, postgres.Options{Owner: true, PoolSize: 2, Log: n.Log})
	if err != nil {
		return err
	}
	defer owner.Close()
	if err := n.migrate(ctx, owner); err != nil { // the archive may be from an older Praxis, or a newer one
		return fmt.Errorf("it is restored, but %w", err)
	}
	_, err = owner.NoticeRestore(ctx)
	return err
}
