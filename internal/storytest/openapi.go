package storytest

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// checker holds answers against the OpenAPI document.
type checker struct {
	doc    *openapi3.T
	router routers.Router
	mu     sync.Mutex
	seen   map[string]bool // method and path of the document that some answer was checked against
}

var (
	theChecker  *checker
	loadChecker = sync.OnceValue(makeChecker)
)

func document(t testing.TB) *checker {
	t.Helper()
	if err := loadChecker(); err != nil {
		t.Fatalf("read the OpenAPI document: %v", err)
	}
	return theChecker
}

func makeChecker() error {
	raw, err := Files.Assets.Open("openapi/openapi.json")
	if err != nil {
		return err
	}
	defer raw.Close()
	all, err := io.ReadAll(raw)
	if err != nil {
		return err
	}
	doc, err := openapi3.NewLoader().LoadFromData(all)
	if err != nil {
		return err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return err
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return err
	}
	theChecker = &checker{doc: doc, router: router, seen: map[string]bool{}}
	return nil
}

// answer checks status, media type and body of an answer.
func (c *checker) answer(req *http.Request, a *Answer) error {
	bare := req.Clone(context.Background())
	bare.URL = &url.URL{Path: req.URL.Path, RawQuery: req.URL.RawQuery}
	route, params, err := c.router.FindRoute(bare)
	if err != nil {
		if a.Status == http.StatusNotFound || a.Status == http.StatusMethodNotAllowed {
			return problem(a)
		}
		return fmt.Errorf("the document does not know the call: %w", err)
	}
	c.mu.Lock()
	c.seen[req.Method+" "+route.Path] = true
	c.mu.Unlock()
	if a.Status >= 400 {
		if err := problem(a); err != nil {
			return err
		}
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: bare, PathParams: params, Route: route},
		Status:                 a.Status, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: route.Path == "/attachments/{id}" && a.Status < 300,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
}

// everyCallIsMade tells, after all tests, which calls of the document none of them has made.
func everyCallIsMade() error {
	if theChecker == nil || flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.skip").Value.String() != "" {
		return nil // some tests were left out
	}
	var missed []string
	for path, item := range theChecker.doc.Paths.Map() {
		for method := range item.Operations() {
			if call := method + " " + path; !theChecker.seen[call] && call != "GET /live" && call != "GET /live/sse" { // what does not end
				missed = append(missed, call)
			}
		}
	}
	if len(missed) == 0 {
		return nil
	}
	slices.Sort(missed)
	return fmt.Errorf("%d calls of the OpenAPI document are made by no test:\n\t%s", len(missed), strings.Join(missed, "\n\t"))
}

func problem(a *Answer) error {
	if t := a.Header.Get("Content-Type"); !strings.HasPrefix(t, "application/problem+json") {
		return fmt.Errorf("an error is of type %q, not application/problem+json", t)
	}
	return nil
}
