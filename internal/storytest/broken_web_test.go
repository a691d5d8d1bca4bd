package storytest

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"praxis/internal/web"
)

// hostileQuery are what the pages read from their addresses.
var hostileQuery = []string{"after", "author", "country", "done", "evidence", "from", "id", "kind", "lang", "language", "level", "mine", "next", "page", "period", "post",
	"practice", "programme", "q", "quote", "result", "section", "sector", "show", "sort", "status", "tag", "to", "translation_of", "undo", "workspace", "year"}

// hostileFields are what no field of a form should hold.
var hostileFields = []string{"", "\x00", "\xff\xfe", "-1", "2147483648", "9223372036854775808", strings.Repeat("ß", 11_000)}

// reader is somebody with a browser.
type reader struct {
	*Client
	http  http.Client
	tried map[string]bool // forms, by their route and fields
}

// No page and no form fails for what is sent to it, whoever sends it: each value of an address, and
// each field of each form that a page shows, is what it should not be, in turn, and each body is broken.
func TestNoPageFailsForItsInput(t *testing.T) {
	p := Start(t, nil)
	for _, name := range []string{"", "ana", "officer"} {
		t.Run("as "+name, func(t *testing.T) {
			t.Parallel()
			r := &reader{Client: p.Visitor(t), tried: map[string]bool{}}
			if name != "" {
				r.Client = p.As(t, name)
			}
			r.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			r.probe()
			if _, status := r.send("GET", "/settings", nil, ""); name != "" && (status != 200 || len(r.tried) < 8) {
				t.Errorf("in the end %d at the settings, and %d forms tried", status, len(r.tried))
			}
		})
	}
}

// probe opens each page, and sends each form, with what they should not be given.
func (r *reader) probe() {
	r.T.Helper()
	for _, route := range (&web.Web{}).Routes() {
		if route.Path == "/sign-out" {
			continue // it ends the reader's session
		}
		r.paths(route)
		if route.Method == "POST" {
			r.broken(ordinary(route.Path))
		} else {
			r.forms(r.get(ordinary(route.Path)))
		}
	}
}

// ordinary fills a route's path with what is likely to be there.
func ordinary(path string) string {
	return strings.NewReplacer(":id", "1", ":case", "31", ":member", "2", ":post", "1", ":n", "1", ":kind", "country", ":code", "EC", ":token", "none").Replace(path)
}

func (r *reader) send(method, path string, body []byte, kind string) (page string, status int) {
	r.T.Helper()
	req, err := http.NewRequest(method, r.URL+path, bytes.NewReader(body))
	if err != nil {
		return "", 0 // no address at all
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Accept-Language", "en")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if r.Token != "" {
		req.Header.Set("Cookie", "praxis_session="+r.Token)
	}
	res, err := r.http.Do(req)
	if err != nil {
		r.T.Fatalf("%s %.200s: %v", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.T.Fatalf("%s %.200s: %v", method, path, err)
	}
	if res.StatusCode >= 500 {
		r.T.Errorf("%s %.200s %.300q (%s) answers %d", method, path, body, kind, res.StatusCode)
	}
	if to := res.Header.Get("Location"); method == "GET" && res.StatusCode < 400 && strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/sign-in") {
		return r.send("GET", to, nil, "")
	}
	return string(raw), res.StatusCode
}

func (r *reader) get(path string) string {
	page, _ := r.send("GET", path, nil, "")
	return page
}

// paths gives each place of a route's path, and each value of its query, what it should not be.
func (r *reader) paths(route web.Route) {
	if strings.Contains(route.Path, ":") {
		for _, v := range hostileParams {
			if v != "" {
				r.send(route.Method, filledPath(route.Path, v), nil, "application/x-www-form-urlencoded")
			}
		}
	}
	if route.Method != "GET" {
		return
	}
	for _, v := range hostileParams {
		r.send("GET", ordinary(route.Path)+"?"+strings.Join(hostileQuery, "="+v+"&")+"="+v, nil, "")
	}
	if route.Access < web.Members && r.Token != "" {
		return // as for visitors
	}
	for _, name := range hostileQuery {
		for _, v := range []string{"2147483648", "%00"} {
			r.send("GET", ordinary(route.Path)+"?"+name+"="+v, nil, "")
		}
	}
}

// broken sends bodies that no form is.
func (r *reader) broken(path string) {
	const plain, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
	for _, b := range [][2]string{{"", ""}, {"application/json", `{`}, {plain, "a=%zz"}, {plain, "%00=%00"}, {plain, strings.Repeat("a=1&", 2000)},
		{"multipart/form-data", "x"}, {parts, ""}, {parts, "--b\r\nContent-Disp"}, {parts, "--b--\r\n"}, {parts, "--b\r\n\r\nx\r\n--b--\r\n"},
		{parts, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\x00../x\"\r\n\r\n\x00\r\n--b--\r\n"},
		{parts, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.zip\"\r\n\r\nPK\x03\x04"}} {
		r.send("POST", path, []byte(b[1]), b[0])
	}
}

// forms sends each form of a page once for each of its fields and each value that should not be there.
func (r *reader) forms(page string) {
	for _, f := range formsOf(page) {
		names := slices.Sorted(maps.Keys(f.fields))
		key := regexp.MustCompile(`[0-9]+`).ReplaceAllString(f.action, "0") + " " + strings.Join(names, " ")
		if r.tried[key] || strings.HasPrefix(f.action, "/sign-out") {
			continue
		}
		r.tried[key] = true
		for _, name := range names {
			for _, v := range hostileFields {
				values := maps.Clone(f.fields)
				values[name] = []string{v}
				if f.upload {
					body, kind := asParts(values)
					r.send("POST", f.action, body, kind)
				} else {
					r.send("POST", f.action, []byte(values.Encode()), "application/x-www-form-urlencoded")
				}
			}
		}
	}
}

func asParts(values url.Values) (body []byte, kind string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, list := range values {
		for _, v := range list {
			_ = m.WriteField(name, v) // into memory: it cannot fail
		}
	}
	m.Close()
	return b.Bytes(), m.FormDataContentType()
}

// shownForm is a form as a page holds it.
type shownForm struct {
	action string
	upload bool
	fields url.Values
}

func formsOf(page string) (forms []*shownForm) {
	var form *shownForm
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return forms
		}
		t := z.Token()
		attr := map[string]string{}
		for _, a := range t.Attr {
			attr[a.Key] = a.Val
		}
		switch {
		case t.Data == "form" && kind == html.StartTagToken && attr["method"] == "post":
			form = &shownForm{attr["action"], attr["enctype"] != "", url.Values{}}
			forms = append(forms, form)
		case t.Data == "form":
			form = nil
		case form != nil && attr["name"] != "" && attr["type"] != "file" && form.fields.Get(attr["name"]) == "":
			form.fields.Set(attr["name"], attr["value"])
			if attr["value"] == "" && attr["type"] != "hidden" {
				form.fields.Set(attr["name"], "x")
			}
		}
	}
}
