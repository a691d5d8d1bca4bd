package web

import (
	"encoding/xml"
	"net/url"
	"strconv"

	"praxis/internal/harvest"
)

const (
	oaiNS     = "http://www.openarchives.org/OAI/2.0/"
	oaiDCNS   = "http://www.openarchives.org/OAI/2.0/oai_dc/"
	xsiNS     = "http://www.w3.org/2001/XMLSchema-instance"
	dcNS      = "http://purl.org/dc/elements/1.1/"
	oaiPrefix = "oai_dc"
)

// oaiDoc is an answer: one of its parts, or errors.
type oaiDoc struct {
	XMLName  xml.Name     `xml:"OAI-PMH"`
	NS       string       `xml:"xmlns,attr"`
	XSI      string       `xml:"xmlns:xsi,attr"`
	Schema   string       `xml:"xsi:schemaLocation,attr"`
	Date     string       `xml:"responseDate"`
	Request  oaiRequest   `xml:"request"`
	Errors   []oaiFault   `xml:"error"`
	Identify *oaiIdentity `xml:"Identify"`
	Formats  *oaiFormats  `xml:"ListMetadataFormats"`
	Sets     *oaiSetList  `xml:"ListSets"`
	Headers  *oaiHeaders  `xml:"ListIdentifiers"`
	Records  *oaiList     `xml:"ListRecords"`
	Record   *oaiOne      `xml:"GetRecord"`
}

type oaiRequest struct {
	Verb       string `xml:"verb,attr,omitempty"`
	Identifier string `xml:"identifier,attr,omitempty"`
	Prefix     string `xml:"metadataPrefix,attr,omitempty"`
	From       string `xml:"from,attr,omitempty"`
	Until      string `xml:"until,attr,omitempty"`
	Set        string `xml:"set,attr,omitempty"`
	Token      string `xml:"resumptionToken,attr,omitempty"`
	Base       string `xml:",chardata"`
}

func (r oaiRequest) with(args url.Values) oaiRequest {
	return oaiRequest{args.Get("verb"), args.Get("identifier"), args.Get("metadataPrefix"), args.Get("from"), args.Get("until"), args.Get("set"),
		args.Get("resumptionToken"), r.Base}
}

type oaiIdentity struct {
	Name        string `xml:"repositoryName"`
	Base        string `xml:"baseURL"`
	Protocol    string `xml:"protocolVersion"`
	Admin       string `xml:"adminEmail"`
	Earliest    string `xml:"earliestDatestamp"`
	Deleted     string `xml:"deletedRecord"`
	Granularity string `xml:"granularity"`
}

type oaiFormats struct {
	Formats []oaiFormat `xml:"metadataFormat"`
}

type oaiFormat struct {
	Prefix string `xml:"metadataPrefix"`
	Schema string `xml:"schema"`
	NS     string `xml:"metadataNamespace"`
}

type oaiSetList struct {
	Sets []oaiSet `xml:"set"`
}

type oaiSet struct {
	Spec string `xml:"setSpec"`
	Name string `xml:"setName"`
}

type oaiHeader struct {
	Status string   `xml:"status,attr,omitempty"`
	ID     string   `xml:"identifier"`
	Stamp  string   `xml:"datestamp"`
	Sets   []string `xml:"setSpec"`
}

type oaiHeaders struct {
	Headers []oaiHeader `xml:"header"`
	Token   *oaiToken   `xml:"resumptionToken"`
}

type oaiToken struct {
	Expires string `xml:"expirationDate,attr,omitempty"`
	Cursor  int    `xml:"cursor,attr"`
	Text    string `xml:",chardata"`
}

type oaiItem struct {
	Header oaiHeader `xml:"header"`
	DC     *dublin   `xml:"metadata>oai_dc:dc"`
}

type oaiList struct {
	Records []oaiItem `xml:"record"`
	Token   *oaiToken `xml:"resumptionToken"`
}

type oaiOne struct {
	Record oaiItem `xml:"record"`
}

// dublin is a practice in the fifteen elements of Dublin Core.
type dublin struct {
	OAIDC       string   `xml:"xmlns:oai_dc,attr"`
	DC          string   `xml:"xmlns:dc,attr"`
	Schema      string   `xml:"xsi:schemaLocation,attr"`
	Title       dcText   `xml:"dc:title"`
	Creators    []string `xml:"dc:creator"`
	Subjects    []dcText `xml:"dc:subject"`
	Description []dcText `xml:"dc:description"`
	Publisher   string   `xml:"dc:publisher"`
	Date        string   `xml:"dc:date"`
	Type        string   `xml:"dc:type"`
	Format      string   `xml:"dc:format"`
	Identifier  string   `xml:"dc:identifier"`
	Language    string   `xml:"dc:language"`
	Coverage    []dcText `xml:"dc:coverage"`
	Rights      string   `xml:"dc:rights"`
}

type dcText struct {
	Lang string `xml:"xml:lang,attr,omitempty"`
	Text string `xml:",chardata"`
}

func (w *Web) oaiHeader(r harvest.Record) oaiHeader {
	h := oaiHeader{ID: w.oaiID(r.PracticeID), Stamp: stamp(r.ChangedAt), Sets: []string{workspaceSet + decimal(r.WorkspaceID)}}
	for _, key := range r.Sectors {
		h.Sets = append(h.Sets, sectorSet+key)
	}
	if r.Gone {
		h.Status = "deleted"
	}
	return h
}

// oaiItem is a record: of one that is gone, its header alone.
func (w *Web) oaiItem(r harvest.Record) oaiItem {
	item := oaiItem{Header: w.oaiHeader(r)}
	if r.Gone {
		return item
	}
	k := w.work(r.Practice)
	said := func(texts ...string) (list []dcText) {
		for _, text := range texts {
			if text != "" {
				list = append(list, dcText{k.Language, text})
			}
		}
		return list
	}
	item.DC = &dublin{OAIDC: oaiDCNS, DC: dcNS, Schema: oaiDCNS + " http://www.openarchives.org/OAI/2.0/oai_dc.xsd", Title: dcText{k.Language, k.Title},
		Creators: k.Authors, Subjects: said(k.Keywords...), Description: said(k.Summary), Publisher: k.Publisher, Date: k.Published.Format("2006-01-02"),
		Type: "Text", Format: "text/html", Identifier: k.URL, Language: k.Language, Coverage: said(k.Place), Rights: "TLP:CLEAR"}
	return item
}

// plainNumber reads an identifier as it is written by us: no sign, no zero before it.
func plainNumber(digits string) (int64, bool) {
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && n > 0 && n < 1<<53 && decimal(n) == digits
}
