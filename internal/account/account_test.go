package account_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/account"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

const password = "forty blue elephants dance"

// world is a portal without mail: links are told to whoever makes them.
type world struct {
	*testing.T
	db  *postgres.DB
	svc *account.Service
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := storetest.Open(t)
	return &world{T: t, db: db, svc: account.New(db, storetest.Vocabulary(t), false, []string{"en"}, slog.New(slog.DiscardHandler))}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// member joins by a link and comes back as whoever asks.
func (w *world) member(name string, officer bool) portal.Identity {
	w.Helper()
	in := account.Invitation{Email: name + "@example.org", Name: name, Country: "AT"}
	made, err := w.svc.CreateOfficer(ctx, in)
	w.must(err)
	m, err := w.svc.Accept(ctx, made.Token, password, "")
	w.must(err)
	if !officer {
		no := false
		_, err = w.svc.SetStanding(ctx, portal.Identity{Viewer: portal.Viewer{MemberID: -1, Officer: true}}, m.ID, account.Standing{Officer: &no})
		w.must(err)
	}
	return w.again(m.ID)
}

func (w *world) again(id int64) portal.Identity {
	w.Helper()
	v, err := w.db.Viewer(ctx, id)
	w.must(err)
	return portal.Identity{Viewer: v}
}

func (w *world) signIn(name, password, address string) error {
	_, _, err := w.svc.SignIn(ctx, account.SignIn{Email: name + "@example.org", Password: password, Address: address})
	return err
}

func (w *world) want(kind portal.ErrorKind, err error, what string) {
	w.Helper()
	if portal.KindOf(err) != kind || kind == "" && err != nil {
		w.Errorf("%s: %v, want %q", what, err, kind)
	}
}

func TestSignInIsSlowed(t *testing.T) {
	const home, office = "192.0.2.1", "192.0.2.2"
	t.Run("an account from one address", func(t *testing.T) {
		w := newWorld(t)
		w.member("ana", false)
		for i := range 6 {
			w.want(portal.Unauthorized, w.signIn("ana", "wrong", home), fmt.Sprint("guess ", i))
		}
		err := w.signIn("ana", password, home)
		w.want(portal.TooMany, err, "the right password after six guesses")
		w.want("", w.signIn("ana", password, office), "herself from elsewhere")
	})
	t.Run("one's own success forgives one's mistakes", func(t *testing.T) {
		w := newWorld(t)
		w.member("ana", false)
		for range 3 {
			for range 5 {
				w.want(portal.Unauthorized, w.signIn("ana", "wrong", home), "a mistake")
			}
			w.want("", w.signIn("ana", password, home), "the right one at last")
		}
	})
	t.Run("an address that guesses at many accounts, and signs in between", func(t *testing.T) {
		w := newWorld(t)
		w.member("eve", false)
		var slowed error
		for i := range 40 {
			if slowed = w.signIn(fmt.Sprint("other", i), "wrong", home); portal.KindOf(slowed) == portal.TooMany {
				break
			}
			if i%4 == 3 {
				w.want("", w.signIn("eve", password, home), "her own account")
			}
		}
		w.want(portal.TooMany, slowed, "40 guesses at 40 accounts")
	})
	t.Run("an office whose people all know their passwords", func(t *testing.T) {
		w := newWorld(t)
		w.member("ana", false)
		for i := range 35 {
			w.want("", w.signIn("ana", password, office), fmt.Sprint("sign-in ", i))
		}
	})
}

func TestInvitationsEndWithTheOfficeOfTheirSender(t *testing.T) {
	yes, no := true, false
	tests := []struct {
		name   string
		to     account.Standing
		invite account.Invitation
		want   portal.ErrorKind
	}{
		{"nothing has changed", account.Standing{}, account.Invitation{Officer: true}, ""},
		{"suspended", account.Standing{Suspended: &yes}, account.Invitation{}, portal.NotFound},
		{"no officer any more, an officer's invitation", account.Standing{Officer: &no}, account.Invitation{Officer: true}, portal.NotFound},
		{"no officer any more, a member's invitation", account.Standing{Officer: &no}, account.Invitation{}, portal.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			first, second := w.member("olga", true), w.member("oscar", true)
			tt.invite.Email, tt.invite.Name, tt.invite.Country = "friend@example.org", "Friend", "AT"
			made, err := w.svc.Invite(ctx, second, tt.invite)
			w.must(err)
			reset, err := w.svc.ResetLink(ctx, second, first.MemberID)
			w.must(err)
			_, err = w.svc.SetStanding(ctx, first, second.MemberID, tt.to)
			w.must(err)
			_, err = w.svc.Accept(ctx, made.Token, password, "")
			w.want(tt.want, err, "accept the invitation")
			_, err = w.svc.Accept(ctx, reset.Token, password, "")
			w.want(tt.want, err, "use the link to set a password")
		})
	}
	t.Run("a suspended sender comes back", func(t *testing.T) {
		w := newWorld(t)
		first, second := w.member("olga", true), w.member("oscar", true)
		made, err := w.svc.Invite(ctx, second, account.Invitation{Email: "friend@example.org", Name: "Friend", Country: "AT"})
		w.must(err)
		for _, suspended := range []*bool{&yes, &no} {
			_, err := w.svc.SetStanding(ctx, first, second.MemberID, account.Standing{Suspended: suspended})
			w.must(err)
		}
		_, err = w.svc.Accept(ctx, made.Token, password, "")
		w.want(portal.NotFound, err, "accept what was sent before")
	})
}

func TestModeratorInvitesOnlyAsLongAsSheModerates(t *testing.T) {
	w := newWorld(t)
	mia := w.member("mia", false)
	var room int64
	put := func(role string) {
		w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
			_, err := tx.PutWorkspaceMember(ctx, room, mia.MemberID, role)
			return err
		}))
	}
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "invitation"})
		return err
	}))
	put(portal.RoleModerator)
	mia = w.again(mia.MemberID)
	made, err := w.svc.Invite(ctx, mia, account.Invitation{Email: "friend@example.org", Name: "Friend", Country: "AT", Workspaces: []int64{room}})
	w.must(err)
	put(portal.RoleMember)
	_, err = w.svc.Accept(ctx, made.Token, password, "")
	w.want(portal.NotFound, err, "accept into a room that she moderates no more")
	put(portal.RoleModerator)
	_, err = w.svc.Accept(ctx, made.Token, password, "")
	w.want("", err, "accept while she moderates")
}

func TestHostileProfilesAreRefused(t *testing.T) {
	w := newWorld(t)
	ana := w.member("ana", false)
	for name, value := range map[string]string{"blanks": strings.Repeat(" ", 3000), "a control": "\v", "a long text": strings.Repeat("é", 2001)} {
		_, err := w.svc.UpdateMe(ctx, ana, account.Profile{Bio: &value})
		w.want(portal.Invalid, err, name)
	}
	line := "two\nlines"
	_, err := w.svc.UpdateMe(ctx, ana, account.Profile{Name: &line})
	w.want(portal.Invalid, err, "a name of two lines")
	token, _, err := w.svc.SignIn(ctx, account.SignIn{Email: "ana@example.org", Password: password, Agent: "Mozilla \xff\x00" + strings.Repeat("é", 400)})
	w.want("", err, "sign in with a browser that names itself in no encoding")
	who, err := w.svc.Identify(ctx, token)
	w.must(err)
	_, made, err := w.svc.CreateToken(ctx, who, "many scopes", slices.Repeat([]string{"read"}, 600), 1)
	if err != nil || len(made.Scopes) != 1 {
		t.Errorf("a token for the same scope 600 times has %d (%v), want 1", len(made.Scopes), err)
	}
}

// What two windows save at once comes together: her language from one, her text from the other.
func TestProfilesSavedAtOnce(t *testing.T) {
	w := newWorld(t)
	ana := w.member("ana", false)
	const windows, times = 4, 10
	failed := make(chan error, windows*times)
	var windowsDone sync.WaitGroup
	for window := range windows {
		windowsDone.Go(func() {
			for n := range times {
				p, text := account.Profile{}, fmt.Sprint(window, " ", n)
				*[]**string{&p.Name, &p.OrganizationText, &p.Expertise, &p.Bio}[window] = &text
				_, err := w.svc.UpdateMe(ctx, ana, p)
				failed <- err
			}
		})
	}
	windowsDone.Wait()
	close(failed)
	for err := range failed {
		w.want("", err, "save a field while other windows save theirs")
	}
	m, err := w.db.Member(ctx, ana.MemberID)
	w.must(err)
	if got := []string{m.Name, m.OrganizationText, m.Expertise, m.Bio}; !slices.Equal(got, []string{"0 9", "1 9", "2 9", "3 9"}) {
		t.Errorf("the member is %q", got)
	}
}

func TestResetAnswersAlike(t *testing.T) {
	w := newWorld(t)
	w.member("ana", false)
	for _, email := range []string{"ana@example.org", "nobody@example.org"} {
		start := time.Now()
		w.want("", w.svc.RequestReset(ctx, email), email)
		if took := time.Since(start); took < 300*time.Millisecond {
			t.Errorf("%s is answered after %v, before the time that both take", email, took)
		}
	}
}
