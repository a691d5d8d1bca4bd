package notify_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/notify"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/push"
	"praxis/internal/secret"
)

// browser is one that has subscribed, and its push service.
type browser struct {
	t       *testing.T
	key     *ecdh.PrivateKey
	auth    []byte
	service *httptest.Server
	mu      sync.Mutex
	status  int
	shown   []notify.Pushed
	asked   int
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, key: key, auth: make([]byte, 16), status: http.StatusCreated}
	b.service = httptest.NewTLSServer(b)
	t.Cleanup(b.service.Close)
	return b
}

func (b *browser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	raw, err := io.ReadAll(r.Body)
	if err != nil || !strings.HasPrefix(r.Header.Get("Authorization"), "vapid t=") || r.Header.Get("TTL") == "" || r.Header.Get("Content-Encoding") != "aes128gcm" {
		b.t.Errorf("the push service is asked with %v (%v)", r.Header, err)
	}
	if b.status == http.StatusCreated {
		var p notify.Pushed
		if err := json.Unmarshal(b.decrypt(raw), &p); err != nil {
			b.t.Errorf("a message cannot be read: %v", err)
		}
		b.shown = append(b.shown, p)
	}
	w.WriteHeader(b.status)
}

// decrypt does what RFC 8291 has a browser do.
func (b *browser) decrypt(raw []byte) []byte {
	salt, size, rest := raw[:16], binary.BigEndian.Uint32(raw[16:20]), raw[20:]
	theirs, err := ecdh.P256().NewPublicKey(rest[1 : 1+int(rest[0])])
	if err != nil {
		b.t.Fatal(err)
	}
	text := rest[1+int(rest[0]):]
	shared, err := b.key.ECDH(theirs)
	if err != nil || uint32(len(raw)) > size {
		b.t.Fatalf("a message of %d bytes in a record of %d (%v)", len(raw), size, err)
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			b.t.Fatal(err)
		}
		return out
	}
	ikm := derive(shared, b.auth, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(theirs.Bytes()), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		b.t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		b.t.Fatal(err)
	}
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), text, nil)
	if err != nil {
		b.t.Fatalf("a message is not encrypted to the browser: %v", err)
	}
	return plain[:strings.LastIndexByte(string(plain), 2)]
}

func (b *browser) subscription() push.Subscription {
	return push.Subscription{Endpoint: b.service.URL + "/one", P256dh: base64.RawURLEncoding.EncodeToString(b.key.PublicKey().Bytes()), Auth: base64.RawURLEncoding.EncodeToString(b.auth)}
}

// pushed is a room whose watcher has a browser that shows notifications.
type pushed struct {
	*room
	browser *browser
	pusher  *notify.Pusher
	who     portal.Identity
}

func newPushed(t *testing.T) *pushed {
	t.Helper()
	p := &pushed{room: newRoom(t), browser: newBrowser(t)}
	key, err := p.db.Key(ctx, notify.PushKey)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := push.New(key, push.Options{Contact: "praxis@example.org", Client: p.browser.service.Client()})
	if err != nil {
		t.Fatal(err)
	}
	p.service.WithPush(sender)
	p.pusher = notify.NewPusher(p.db, sender, catalogues(t), "https://praxis.example.org", slog.New(slog.DiscardHandler))
	p.who = portal.Identity{Viewer: p.viewer(watcher)}
	p.tx(func(tx *postgres.Tx) error {
		_, hash := secret.NewToken()
		p.who.SessionID, err = tx.InsertSession(ctx, portal.Session{MemberID: p.who.MemberID, Kind: "browser", ExpiresAt: time.Now().Add(time.Hour)}, hash)
		return err
	})
	if err := p.service.Subscribe(ctx, p.who, p.browser.subscription()); err != nil {
		t.Fatal(err)
	}
	return p
}

// push has a new post told, and gives what the browser showed.
func (p *pushed) push() []notify.Pushed {
	p.t.Helper()
	p.reply(writer, 0)
	return p.again()
}

func (p *pushed) again() []notify.Pushed {
	p.t.Helper()
	p.work()
	p.sql(`update pushes set due_at = now()`)
	p.pusher.Work(ctx)
	p.browser.mu.Lock()
	defer p.browser.mu.Unlock()
	shown := p.browser.shown
	p.browser.shown = nil
	return shown
}

func (p *pushed) sql(statement string, args ...any) {
	p.t.Helper()
	if _, err := p.db.Raw().ExecContext(ctx, statement, args...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pushed) count(table string) (n int) {
	p.t.Helper()
	if err := p.db.Raw().QueryRowContext(ctx, `select count(*) from `+table).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

func TestABrowserShowsWhatItsLabelLets(t *testing.T) {
	t.Parallel()
	p := newPushed(t)
	thread := fmt.Sprint("t", p.thread.ID)
	for _, test := range []struct {
		label, title, body, tag string
	}{
		{"amber", "Something new in Room", "", fmt.Sprint("w", p.id)},
		{"green", "Who hands out naloxone?", "M1 wrote in\nWe do.", thread},
		{"clear", "Who hands out naloxone?", "M1 wrote in\nWe do.", thread},
	} {
		p.sql(`update threads set handling = $1`, test.label)
		shown := p.push()
		if len(shown) != 1 || shown[0].Title != test.title || shown[0].Body != test.body || shown[0].Tag != test.tag || !strings.HasPrefix(shown[0].URL, "https://praxis.example.org/t/") {
			t.Errorf("of %s the browser shows %+v", test.label, shown)
		}
	}
	p.sql(`update threads set handling = 'red', named = array[$1::bigint, $2::bigint]`, p.who.MemberID, p.ids[writer])
	if shown := p.push(); len(shown) != 1 || shown[0].Title != "Something new for you" || shown[0].Body != "" || shown[0].URL != "https://praxis.example.org/notifications" {
		t.Errorf("of red the browser shows %+v", shown)
	}
	if again := p.again(); len(again) != 0 || p.count("pushes") != 0 {
		t.Errorf("shown again is %+v, and %d wait", again, p.count("pushes"))
	}
}

func TestPushesEndAndAreRetried(t *testing.T) {
	t.Parallel()
	p := newPushed(t)
	for _, test := range []struct{ status, waiting, subscriptions int }{{503, 1, 1}, {429, 1, 1}, {201, 0, 1}, {413, 0, 1}, {403, 0, 1}, {410, 0, 0}} {
		p.browser.status = test.status
		p.sql(`delete from pushes`)
		p.push()
		if p.count("pushes") != test.waiting || p.count("push_subscriptions") != test.subscriptions {
			t.Errorf("after %d there wait %d, for %d browsers", test.status, p.count("pushes"), p.count("push_subscriptions"))
		}
	}
	// It ends with its session, and never has more waiting than it can show.
	if err := p.service.Subscribe(ctx, p.who, p.browser.subscription()); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		p.reply(writer, 0)
	}
	p.work()
	if n := p.count("pushes"); n > 60 || n < 50 {
		t.Errorf("%d messages wait", n)
	}
	before := p.browser.asked
	if err := p.service.MarkRead(ctx, p.who, nil, 0); err != nil {
		t.Fatal(err)
	}
	p.again()
	if p.browser.asked != before || p.count("pushes") != 0 {
		t.Errorf("what was read meanwhile is shown %d times", p.browser.asked-before)
	}
	p.sql(`delete from sessions where id = $1`, p.who.SessionID)
	if n := p.count("push_subscriptions"); n != 0 {
		t.Errorf("%d browsers are subscribed after the session's end", n)
	}
}

func TestOnlyBrowsersSubscribe(t *testing.T) {
	t.Parallel()
	p := newPushed(t)
	good := p.browser.subscription()
	for name, bad := range map[string]push.Subscription{
		"no https":  {Endpoint: strings.Replace(good.Endpoint, "https", "http", 1), P256dh: good.P256dh, Auth: good.Auth},
		"a user":    {Endpoint: "https://u:p@push.example.org/x", P256dh: good.P256dh, Auth: good.Auth},
		"no host":   {Endpoint: "https:///x", P256dh: good.P256dh, Auth: good.Auth},
		"no key":    {Endpoint: good.Endpoint, P256dh: "", Auth: good.Auth},
		"no point":  {Endpoint: good.Endpoint, P256dh: "BAAA", Auth: good.Auth},
		"no secret": {Endpoint: good.Endpoint, P256dh: good.P256dh, Auth: "x"},
		"too long":  {Endpoint: good.Endpoint + strings.Repeat("x", push.MaxEndpoint), P256dh: good.P256dh, Auth: good.Auth},
	} {
		if err := p.service.Subscribe(ctx, p.who, bad); portal.KindOf(err) != portal.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	program := p.who
	program.SessionID, program.TokenID = 0, 1
	if err := p.service.Subscribe(ctx, program, good); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("a program's token: %v", err)
	}
	for i := range 15 {
		sub := good
		sub.Endpoint += fmt.Sprint(i)
		if err := p.service.Subscribe(ctx, p.who, sub); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.count("push_subscriptions"); n != postgres.MaxSubscriptions {
		t.Errorf("she has %d browsers", n)
	}
}

// A browser shows nothing any more once its session has expired, neither what comes then nor what waits already.
func TestABrowserOfAnExpiredSessionShowsNothing(t *testing.T) {
	t.Parallel()
	p := newPushed(t)
	p.reply(writer, 0)
	p.work()
	if n := p.count("pushes"); n != 1 {
		t.Fatalf("%d messages wait", n)
	}
	p.sql(`update sessions set expires_at = now() - interval '1 minute'`)
	p.reply(writer, 0)
	p.work()
	if n := p.count("pushes"); n != 1 {
		t.Errorf("%d messages wait after one more was queued", n)
	}
	if shown := p.again(); len(shown) != 0 || p.browser.asked != 0 {
		t.Errorf("the browser shows %+v", shown)
	}
	if p.count("pushes") != 0 || p.count("push_subscriptions") != 0 {
		t.Errorf("%d messages wait still, for %d browsers", p.count("pushes"), p.count("push_subscriptions"))
	}
}
