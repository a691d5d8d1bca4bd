package web

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// The protocol that libraries harvest by: OAI-PMH 2.0 (openarchives.org, 2002). It answers its own
// errors with 200 and a code.

// oaiFault is an error of the protocol.
type oaiFault struct {
	Code string `xml:"code,attr"`
	Text string `xml:",chardata"`
}

func (f *oaiFault) Error() string { return f.Code + ": " + f.Text }

func badArgument(text string) error { return &oaiFault{"badArgument", text} }

// oaiVerb is one verb of the protocol: the arguments that it needs and those that it takes.
type oaiVerb struct {
	needs, takes []string
	answer       func(w *Web, ctx context.Context, args url.Values, doc *oaiDoc) error
}

var oaiVerbs = map[string]oaiVerb{
	"Identify":            {answer: (*Web).oaiIdentify},
	"ListMetadataFormats": {takes: []string{"identifier"}, answer: (*Web).oaiFormats},
	"ListSets":            {takes: []string{"resumptionToken"}, answer: (*Web).oaiSets},
	"ListIdentifiers":     {needs: []string{"metadataPrefix"}, takes: []string{"from", "until", "set", "resumptionToken"}, answer: (*Web).oaiIdentifiers},
	"ListRecords":         {needs: []string{"metadataPrefix"}, takes: []string{"from", "until", "set", "resumptionToken"}, answer: (*Web).oaiRecords},
	"GetRecord":           {needs: []string{"identifier", "metadataPrefix"}, answer: (*Web).oaiRecord},
}

// oai answers a request of a harvester.
func (w *Web) oai(c echo.Context) error {
	args, err := oaiArgs(c.Request())
	doc := &oaiDoc{NS: oaiNS, XSI: xsiNS, Schema: oaiNS + " " + oaiNS + "OAI-PMH.xsd", Date: stamp(time.Now()), Request: oaiRequest{Base: w.f.BaseURL + "/oai"}}
	if err == nil {
		err = w.oaiAnswer(c.Request().Context(), args, doc)
	}
	var fault *oaiFault
	if errors.As(err, &fault) {
		doc.Errors = append(doc.Errors, *fault)
	} else if err != nil {
		return err
	}
	if fault == nil || fault.Code != "badVerb" && fault.Code != "badArgument" { // else the protocol wants no arguments told
		doc.Request = doc.Request.with(args)
	}
	body, err := xml.Marshal(doc)
	if err != nil {
		return fmt.Errorf("write a harvest: %w", err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	return c.Blob(http.StatusOK, "text/xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// oaiArgs reads the arguments of a request: of its address, or of its body where it was posted.
func oaiArgs(r *http.Request) (url.Values, error) {
	if r.Method != http.MethodPost {
		args, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return nil, badArgument("the arguments cannot be read")
		}
		return args, nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" || r.ParseForm() != nil {
		return nil, badArgument("a posted request is application/x-www-form-urlencoded")
	}
	return r.PostForm, nil
}

func (w *Web) oaiAnswer(ctx context.Context, args url.Values, doc *oaiDoc) error {
	verb, known := oaiVerbs[args.Get("verb")]
	if !known || len(args["verb"]) != 1 {
		return &oaiFault{"badVerb", "one verb is needed: Identify, ListMetadataFormats, ListSets, ListIdentifiers, ListRecords or GetRecord"}
	}
	for name, values := range args {
		if name != "verb" && !slices.Contains(verb.needs, name) && !slices.Contains(verb.takes, name) {
			return badArgument("the verb takes no argument of this name")
		}
		if len(values) != 1 || values[0] == "" {
			return badArgument(name + " is given once, and is not empty")
		}
	}
	if args.Has("resumptionToken") {
		if len(args) != 2 {
			return badArgument("a resumptionToken stands alone")
		}
		return verb.answer(w, ctx, args, doc)
	}
	for _, name := range verb.needs {
		if !args.Has(name) {
			return badArgument(name + " is missing")
		}
	}
	if prefix := args.Get("metadataPrefix"); prefix != "" && prefix != oaiPrefix {
		return &oaiFault{"cannotDisseminateFormat", "the format here is oai_dc"}
	}
	return verb.answer(w, ctx, args, doc)
}

// oaiSpan reads from and until. Both are given in days, or both in seconds; until is included, so the
// moment before which changes lie is a day, or a second, later.
func oaiSpan(args url.Values) (from, before time.Time, err error) {
	read := func(name string) (time.Time, time.Duration) {
		text := args.Get(name)
		if text == "" || err != nil {
			return time.Time{}, 0
		}
		if t, wrong := time.Parse("2006-01-02", text); wrong == nil && len(text) == 10 {
			return t, 24 * time.Hour
		}
		t, wrong := time.Parse("2006-01-02T15:04:05Z", text)
		if wrong != nil || len(text) != 20 {
			err = badArgument(name + " is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")
		}
		return t, time.Second
	}
	from, day := read("from")
	until, step := read("until")
	switch {
	case err != nil:
		return from, before, err
	case !from.IsZero() && !until.IsZero() && day != step:
		return from, before, badArgument("from and until are both days, or both seconds")
	case !until.IsZero() && from.After(until):
		return from, before, badArgument("from is later than until")
	}
	if !until.IsZero() {
		before = until.Add(step)
	}
	return from, before, nil
}

// Sets are flat: a workspace by its number, a sector by its key of the vocabulary.
const workspaceSet, sectorSet = "workspace-", "sector-"

// oaiHost is the part of the identifiers that tells this portal from others.
func (w *Web) oaiHost() string {
	u, err := url.Parse(w.f.BaseURL)
	if err != nil {
		return "praxis"
	}
	return u.Hostname()
}

// oaiID is a practice's lasting identifier: it stays when the practice is gone.
func (w *Web) oaiID(practice int64) string {
	return "oai:" + w.oaiHost() + ":practice-" + decimal(practice)
}

func (w *Web) oaiNumber(identifier string) (int64, error) {
	digits, ours := strings.CutPrefix(identifier, "oai:"+w.oaiHost()+":practice-")
	id, ok := plainNumber(digits)
	if !ours || !ok {
		return 0, errNoSuchID
	}
	return id, nil
}

var errNoSuchID = &oaiFault{"idDoesNotExist", "there is no record of this identifier"}
