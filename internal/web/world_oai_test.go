package web_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
)

func contains(t *testing.T, body string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("the answer lacks %q: %.600s", text, body)
		}
	}
}

func unjson(t *testing.T, text string, v any) {
	t.Helper()
	must(t, json.Unmarshal([]byte(text), v))
}

// wellFormed reads a document to its end.
func wellFormed(t *testing.T, path, body string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(body)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%s is no XML: %v\n%s", path, err, body)
		}
	}
}

// element is one of a document: its name with its namespace, and what is in it.
type element struct {
	name  xml.Name
	attrs []xml.Attr
	text  string
	in    []*element
}

func tree(t *testing.T, body string) *element {
	t.Helper()
	root := &element{}
	stack := []*element{root}
	for d := xml.NewDecoder(strings.NewReader(body)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		must(t, err)
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child := &element{name: token.Name, attrs: slices.Clone(token.Attr)}
			top.in = append(top.in, child)
			stack = append(stack, child)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
	if len(root.in) != 1 {
		t.Fatalf("%d roots: %s", len(root.in), body)
	}
	return root.in[0]
}

func (e *element) find(path ...string) []*element {
	found := []*element{e}
	for _, name := range path {
		var next []*element
		for _, f := range found {
			for _, child := range f.in {
				if child.name.Local == name {
					next = append(next, child)
				}
			}
		}
		found = next
	}
	return found
}

// The children that the protocol's schema lets each element have, in their order; + is one or more,
// * any number, ? at most one.
var oaiShape = map[string]string{
	"OAI-PMH":             "responseDate request error* Identify? ListMetadataFormats? ListSets? ListIdentifiers? ListRecords? GetRecord?",
	"Identify":            "repositoryName baseURL protocolVersion adminEmail+ earliestDatestamp deletedRecord granularity",
	"ListMetadataFormats": "metadataFormat+", "metadataFormat": "metadataPrefix schema metadataNamespace",
	"ListSets": "set+ resumptionToken?", "set": "setSpec setName",
	"ListIdentifiers": "header+ resumptionToken?", "ListRecords": "record+ resumptionToken?", "GetRecord": "record",
	"record": "header metadata?", "header": "identifier datestamp setSpec*", "metadata": "dc",
	"dc":           "title creator+ subject* description* publisher date type format identifier language coverage* rights",
	"responseDate": "", "request": "", "error": "",
}

func shaped(t *testing.T, e *element) {
	t.Helper()
	shape, known := oaiShape[e.name.Local]
	if !known && len(e.in) > 0 {
		t.Errorf("<%s> holds elements", e.name.Local)
	}
	rest := e.in
	for _, want := range strings.Fields(shape) {
		name := strings.TrimRight(want, "+*?")
		n := 0
		for len(rest) > 0 && rest[0].name.Local == name {
			shaped(t, rest[0])
			rest, n = rest[1:], n+1
		}
		if suffix := want[len(name):]; n == 0 && (suffix == "" || suffix == "+") || n > 1 && (suffix == "" || suffix == "?") {
			t.Errorf("<%s> holds %d <%s>", e.name.Local, n, name)
		}
	}
	if len(rest) > 0 {
		t.Errorf("<%s> holds <%s> out of place", e.name.Local, rest[0].name.Local)
	}
	switch e.name.Space {
	case "http://www.openarchives.org/OAI/2.0/":
	case "http://www.openarchives.org/OAI/2.0/oai_dc/":
		if e.name.Local != "dc" {
			t.Errorf("<%s> is of the wrong namespace", e.name.Local)
		}
	case "http://purl.org/dc/elements/1.1/":
		if _, outer := oaiShape[e.name.Local]; outer {
			t.Errorf("<%s> is of the wrong namespace", e.name.Local)
		}
	default:
		t.Errorf("<%s> is of the namespace %q", e.name.Local, e.name.Space)
	}
	if e.name.Local == "datestamp" || e.name.Local == "responseDate" || e.name.Local == "earliestDatestamp" {
		if _, err := time.Parse("2006-01-02T15:04:05Z", e.text); err != nil {
			t.Errorf("<%s> is %q", e.name.Local, e.text)
		}
	}
}

// harvest asks and holds the answer against the protocol's shape.
func (w *world) harvest(t *testing.T, query string) *element {
	t.Helper()
	rec := w.get(t, visitor, "/oai?"+query)
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "text/xml; charset=utf-8" {
		t.Fatalf("%s: %d %s", query, rec.Code, rec.Header().Get("Content-Type"))
	}
	doc := tree(t, rec.Body.String())
	shaped(t, doc)
	return doc
}

func TestOAIVerbs(t *testing.T) {
	w := newWorld(t)
	id := w.sown(t, "harvested & <kept>", portal.Clear, portal.Published, false)
	identifier := fmt.Sprintf("oai:praxis.test:practice-%d", id)
	who := w.harvest(t, "verb=Identify").find("Identify")[0]
	for name, want := range map[string]string{"baseURL": "http://praxis.test/oai", "protocolVersion": "2.0", "adminEmail": "operators@praxis.test",
		"deletedRecord": "persistent", "granularity": "YYYY-MM-DDThh:mm:ssZ"} {
		if got := who.find(name)[0].text; got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	w.harvest(t, "verb=ListMetadataFormats")
	w.harvest(t, "verb=ListMetadataFormats&identifier="+identifier)
	sets := w.harvest(t, "verb=ListSets").find("ListSets", "set", "setSpec")
	for _, want := range []string{"workspace-1", "sector-health"} {
		if !slices.ContainsFunc(sets, func(e *element) bool { return e.text == want }) {
			t.Errorf("there is no set %s", want)
		}
	}
	record := w.harvest(t, "verb=GetRecord&metadataPrefix=oai_dc&identifier="+identifier).find("GetRecord", "record")[0]
	for name, want := range map[string]string{"title": "Title harvested & <kept>", "identifier": fmt.Sprintf("http://praxis.test/p/%d", id), "language": "en", "rights": "TLP:CLEAR", "coverage": "Ecuador"} {
		if got := record.find("metadata", "dc", name); len(got) != 1 || got[0].text != want {
			t.Errorf("%s is %v", name, got)
		}
	}
	day := time.Now().UTC()
	for span, some := range map[string]bool{
		"from=" + day.Format("2006-01-02"): true, "until=" + day.Format("2006-01-02"): true,
		"from=" + day.Add(-time.Hour).Format("2006-01-02T15:04:05Z"): true, "from=" + day.AddDate(0, 0, 2).Format("2006-01-02"): false,
		"until=" + day.AddDate(-1, 0, 0).Format("2006-01-02"): false, "set=workspace-1": true, "set=sector-health&from=2020-01-01": true} {
		doc := w.harvest(t, "verb=ListIdentifiers&metadataPrefix=oai_dc&"+span)
		if got := len(doc.find("ListIdentifiers", "header")) > 0; got != some {
			t.Errorf("%s: anything: %v", span, got)
		}
	}
}

func TestOAIErrors(t *testing.T) {
	w := newWorld(t)
	stale, err := json.Marshal(map[string]any{"v": "ListRecords", "a": 1, "i": 1, "n": 100, "e": 1})
	must(t, err)
	foreign, err := json.Marshal(map[string]any{"v": "ListIdentifiers", "a": 1, "i": 1, "n": 100, "e": time.Now().Add(time.Hour).Unix()})
	must(t, err)
	token := base64.RawURLEncoding.EncodeToString
	for query, code := range map[string]string{
		"": "badVerb", "verb=Nonsense": "badVerb", "verb=Identify&verb=Identify": "badVerb", "verb=": "badVerb",
		"verb=Identify&set=x": "badArgument", "verb=GetRecord&metadataPrefix=oai_dc": "badArgument", "verb=ListRecords": "badArgument",
		"verb=GetRecord&metadataPrefix=oai_dc&metadataPrefix=oai_dc&identifier=x":           "badArgument",
		"verb=GetRecord&identifier=oai:praxis.test:practice-1":                              "badArgument",
		"verb=ListRecords&metadataPrefix=oai_dc&from=yesterday":                             "badArgument",
		"verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30":                            "badArgument",
		"verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01":           "badArgument",
		"verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-02-01T00:00:00Z": "badArgument",
		"verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x":                          "badArgument",
		"verb=Identify&%zz":                  "badArgument",
		"verb=ListRecords&resumptionToken=x": "badResumptionToken", "verb=ListSets&resumptionToken=x": "badResumptionToken",
		"verb=ListRecords&resumptionToken=" + token(stale): "badResumptionToken", "verb=ListRecords&resumptionToken=" + token(foreign): "badResumptionToken",
		"verb=ListRecords&metadataPrefix=marc21": "cannotDisseminateFormat", "verb=GetRecord&identifier=oai:praxis.test:practice-1&metadataPrefix=x": "cannotDisseminateFormat",
		"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:praxis.test:practice-999999": "idDoesNotExist",
		"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:praxis.test:practice-01":     "idDoesNotExist",
		"verb=GetRecord&metadataPrefix=oai_dc&identifier=nonsense":                        "idDoesNotExist",
		"verb=ListMetadataFormats&identifier=nonsense":                                    "idDoesNotExist",
		"verb=ListRecords&metadataPrefix=oai_dc&set=workspace-999999":                     "noRecordsMatch",
		"verb=ListRecords&metadataPrefix=oai_dc&set=nonsense":                             "noRecordsMatch",
		"verb=ListRecords&metadataPrefix=oai_dc&until=1990-01-01":                         "noRecordsMatch",
	} {
		doc := w.harvest(t, query)
		faults := doc.find("error")
		if len(faults) != 1 || len(doc.in) != 3 || faults[0].attrs[0].Value != code {
			t.Errorf("%q answers %v, not %s", query, faults, code)
		}
		if told := doc.find("request")[0].attrs; (code == "badVerb" || code == "badArgument") && len(told) > 0 {
			t.Errorf("%q: the request is told as %v", query, told)
		}
	}
}

// A long harvest comes in parts, each record once, asked for by GET or by POST.
func TestOAIResumes(t *testing.T) {
	w := newWorld(t)
	for i := range 230 {
		w.sown(t, fmt.Sprintf("long%d", i), portal.Clear, portal.Published, false)
	}
	seen := map[string]bool{}
	query, parts, doc := "verb=ListRecords&metadataPrefix=oai_dc&set=workspace-1", 0, (*element)(nil)
	for query != "" {
		if parts++; parts == 2 {
			r := httptest.NewRequest(http.MethodPost, "/oai", strings.NewReader(query))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			doc = tree(t, w.do(t, visitor, r).Body.String())
			shaped(t, doc)
		} else {
			doc = w.harvest(t, query)
		}
		for _, e := range doc.find("ListRecords", "record", "header", "identifier") {
			if seen[e.text] {
				t.Errorf("%s comes twice", e.text)
			}
			seen[e.text] = true
		}
		tokens := doc.find("ListRecords", "resumptionToken")
		if len(tokens) != 1 {
			t.Fatalf("part %d has %d tokens", parts, len(tokens))
		}
		query = ""
		if tokens[0].text != "" {
			query = url.Values{"verb": {"ListRecords"}, "resumptionToken": {tokens[0].text}}.Encode()
		}
	}
	var want int
	must(t, w.db.Raw().QueryRow(`select count(*) from harvest where workspace_id = 1`).Scan(&want))
	if len(seen) != want || parts != (want+99)/100 {
		t.Errorf("%d records in %d parts, of %d", len(seen), parts, want)
	}
}
