package storytest

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"praxis/internal/api"
)

// hostileParams are what no number, cursor, code or word of a query should be.
var hostileParams = []string{"", "-1", "0", "2147483648", "9007199254740991", "9223372036854775808", "%00", "%ff%fe", "292278994-08-17", strings.Repeat("9", 500),
	cursor("zik0zk"), cursor("1y2p0ij32e8e7"), "c1.zzz"}

// cursor is one of a list's, at a position in digits of base 36: "zik0zk" is 2^31, "1y2p0ij32e8e7" 2^63-1.
func cursor(digits string) string {
	return base64.RawURLEncoding.EncodeToString([]byte("c1." + digits))
}

// hostileValues are what no field of a body should hold.
var hostileValues = []any{nil, "", "x\u202e\x00y", strings.Repeat("ß", 3000), -1, 2147483648, json.Number("9223372036854775807"), json.Number("1e400"),
	[]any{nil}, []any{"\x00"}, []any{-1, json.Number("9223372036854775807")}, map[string]any{"\x00": "\x00"},
	map[string]any{"id": json.Number("9223372036854775807"), "kind": "post"}}

var brokenBodies = []string{``, `{`, `[]`, `null`, `"x"`, `5`, `{"a":1}{`, "\x00", "\xff\xfe", strings.Repeat("[", 100_000), `{"\u0000":"\ud800"}`, strings.Repeat(`{"a":`, 5000)}

// No call of the API fails for what is sent to it, whoever sends it: each parameter and each field
// that the document knows of is given what it should not be, in turn, and each body is broken.
func TestNoCallFailsForItsInput(t *testing.T) {
	p := Start(t, nil)
	for _, name := range []string{"", "ana", "officer"} {
		t.Run("as "+name, func(t *testing.T) {
			t.Parallel()
			c := p.Visitor(t)
			if name != "" {
				c = p.As(t, name)
			}
			c.probe()
			if name != "" {
				c.Do("GET", "/me", nil).Want(200) // else all the rest was only told to sign in
			}
		})
	}
}

// probe calls each route with what it should not be given.
func (c *Client) probe() {
	c.T.Helper()
	for _, r := range (&api.API{}).Routes() {
		if r.Path == "/sessions/current" {
			continue // it ends the caller's session
		}
		probe := prober{c, r.Method, documented(c.check.doc, r)}
		probe.params(r.Path)
		if r.Method != "GET" && r.Method != "DELETE" && (c.Token != "" || r.Anyone) {
			probe.bodies(filledPath(r.Path, "1"))
		}
	}
}

type prober struct {
	c      *Client
	method string
	call   *openapi3.Operation
}

// documented finds what the document says of a route.
func documented(doc *openapi3.T, r api.Route) *openapi3.Operation {
	path := regexp.MustCompile(`:([a-z]+)`).ReplaceAllString(r.Path, "{$1}")
	return doc.Paths.Value(path).GetOperation(r.Method)
}

// filledPath puts a value into each place of a route's path.
func filledPath(path, value string) string {
	return regexp.MustCompile(`:[a-z]+`).ReplaceAllString(path, value)
}

func (p prober) send(path string, body []byte, headers ...string) {
	p.c.T.Helper()
	if a := p.c.Raw(p.method, path, body, headers...); a.Status >= 500 {
		p.c.T.Errorf("%s %.200s %.200q answers %d: %.300s", p.method, path, body, a.Status, a.Body)
	}
}

// params gives each place of the path, and each parameter of the query, what it should not be.
func (p prober) params(path string) {
	if strings.Contains(path, ":") {
		for _, v := range hostileParams {
			if v != "" && v != "0" {
				p.send(filledPath(path, v), nil)
			}
		}
	}
	if p.method != "GET" {
		return
	}
	for _, param := range p.call.Parameters {
		if param.Value.In == "query" {
			for _, v := range hostileParams {
				p.send(filledPath(path, "1")+"?"+param.Value.Name+"="+v, nil)
			}
		}
	}
}

// bodies sends bodies that cannot be read, and such that can where one field is not what it should be.
func (p prober) bodies(path string) {
	kind := "application/json"
	for _, body := range brokenBodies {
		p.send(path, []byte(body), "Content-Type", kind)
	}
	for _, other := range []string{"text/plain", "multipart/form-data", "multipart/form-data; boundary=b", "application/octet-stream", ";;"} {
		p.send(path, []byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\x00\"\r\n\r\n\x00"), "Content-Type", other, "Upload-Offset", "9223372036854775807")
	}
	for _, header := range []string{"If-Match", "Idempotency-Key", "Upload-Offset", "Accept-Language", "Range"} {
		for _, v := range []string{"\"9223372036854775807\"", "\xff\xfe"} {
			p.send(path, []byte(`{}`), "Content-Type", kind, header, v)
		}
	}
	if p.call.RequestBody == nil || p.call.RequestBody.Value.Content.Get(kind) == nil {
		return
	}
	plain := map[string]any{}
	fieldsIn(p.call.RequestBody.Value.Content.Get(kind).Schema, plain)
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		for _, v := range hostileValues {
			body := maps.Clone(plain)
			body[name] = v
			raw, err := json.Marshal(body)
			if err != nil {
				p.c.T.Fatal(err)
			}
			p.send(path, raw, "Content-Type", kind)
		}
	}
}

// fieldsIn gives each field of a schema a value that it might have.
func fieldsIn(s *openapi3.SchemaRef, plain map[string]any) {
	for _, part := range s.Value.AllOf {
		fieldsIn(part, plain)
	}
	for name, field := range s.Value.Properties {
		plain[name] = plausible(field.Value)
	}
}

func plausible(s *openapi3.Schema) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == nil || s.Type.Includes("string"):
		return "x"
	case s.Type.Includes("integer"):
		return 1
	case s.Type.Includes("boolean"):
		return false
	case s.Type.Includes("array"):
		return []any{}
	}
	plain := map[string]any{}
	for name, field := range s.Properties {
		plain[name] = plausible(field.Value)
	}
	return plain
}

// The cursor of one list may name a position that another can never have.
func TestCursorBeyondAThread(t *testing.T) {
	Start(t, nil).Visitor(t).Do("GET", "/threads/1/posts?after="+cursor("zik0zk"), nil).Want(400, 404)
}
