package web_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// fieldsOf reads the fields of the form that an error page gives back.
func fieldsOf(page string) url.Values {
	v := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		v.Add(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea class="in" name="([^"]*)"[^>]*>\n(.*?)</textarea>`).FindAllStringSubmatch(page, -1) {
		v.Add(m[1], html.UnescapeString(m[2]))
	}
	return v
}

// A form that ends in an error page comes back with its words, whoever refused it, and sent again
// it does what it should.
func TestErrorPageGivesTheWordsBack(t *testing.T) {
	w := newWorld(t)
	reply := values("body", "Two ports,\nand <one> too small. ", "seen", "1", "reply_to", "", "language", "en")
	for _, s := range []struct {
		name, who, path, from string
		values                url.Values
		status                int
		next                  string // where signing in leads; "" where it is not offered
	}{
		{"lost session", visitor, "/t/1/posts", "http://example.com/t/1?after=3", reply, 401, "/t/1?after=3"},
		{"lost session, no referrer", visitor, "/t/1/posts", "", reply, 401, "/t/1"},
		{"sent again in vain", visitor, "/t/1/posts", "http://example.com/t/1/posts", reply, 401, "/t/1"},
		{"another site's page", visitor, "/posts/1/react", "http://other.example/t/1", values("add", "thank you"), 401, "/"},
		{"editor", visitor, "/p/1/edit", "", whole("Words in an editor"), 401, "/p/1/edit"},
		{"out of sight", lena, "/t/1/posts", "", reply, 404, ""},
		{"not hers to change", ana, "/officer/roster/country/EC", "", values("source", "Words of a source"), 403, ""},
	} {
		t.Run(s.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, s.path, strings.NewReader(s.values.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Referer", s.from)
			rec := w.do(t, s.who, r)
			body := rec.Body.String()
			if rec.Code != s.status || !strings.Contains(body, `<form method="post" action="`+s.path+`">`) {
				t.Fatalf("status %d: %s", rec.Code, summary(body))
			}
			if got := fieldsOf(body); got.Encode() != s.values.Encode() {
				t.Errorf("gives back %v", got)
			}
			offered := regexp.MustCompile(`class="button" href="([^"]*)" target="_blank"`).FindStringSubmatch(body)
			want := "/sign-in"
			if s.next != "/" {
				want += "?next=" + url.QueryEscape(s.next)
			}
			switch {
			case s.next == "" && offered != nil || s.next != "" && offered == nil:
				t.Errorf("offers to sign in: %v", offered)
			case s.next != "" && html.UnescapeString(offered[1]) != want:
				t.Errorf("signing in leads to %s, not %s", offered[1], want)
			}
		})
	}
	again := fieldsOf(w.post(t, visitor, "/t/1/posts", reply).Body.String())
	w.send(t, sending{who: ana, path: "/t/1/posts", values: again, status: 303, to: "/t/1"})
	holds(t, w.page(t, ana, "/t/1"), "Two ports,")
}

func TestErrorPageGivesAnUploadsWordsBack(t *testing.T) {
	w := newWorld(t)
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, list := range whole("Words beside a file") {
		for _, v := range list {
			must(t, parts.WriteField(name, v))
		}
	}
	file, err := parts.CreateFormFile("file", "big.pdf")
	must(t, err)
	_, err = file.Write(make([]byte, 2<<20))
	must(t, err)
	must(t, parts.Close())
	r := httptest.NewRequest(http.MethodPost, "/write", &body)
	r.Header.Set("Content-Type", parts.FormDataContentType())
	rec := w.do(t, visitor, r)
	if got := fieldsOf(rec.Body.String()); rec.Code != 401 || got.Encode() != whole("Words beside a file").Encode() {
		t.Errorf("status %d, gives back %v", rec.Code, got)
	}
	holds(t, rec.Body.String(), "Choose the files again")
}

// What no page should hold stays out: passwords, and what another site's page has sent.
func TestErrorPageHoldsNoSecrets(t *testing.T) {
	w := newWorld(t)
	body := w.post(t, visitor, "/settings/password", values("current", "my old secret", "password", "my new secret")).Body.String()
	lacks(t, body, "secret", "<textarea")
	r := httptest.NewRequest(http.MethodPost, "/t/1/posts", strings.NewReader("body=Words+of+another+site"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	rec := w.do(t, ana, r)
	if rec.Code != http.StatusForbidden {
		t.Errorf("status %d", rec.Code)
	}
	lacks(t, rec.Body.String(), "another site<", "<textarea")
}
