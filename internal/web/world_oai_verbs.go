package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"praxis/internal/harvest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Bounds of a harvest.
const (
	oaiPage   = 100            // records in one answer
	oaiLife   = 24 * time.Hour // of a resumption token
	oaiTokens = 1000           // bytes of a token that is looked at
)

func (w *Web) oaiIdentify(ctx context.Context, _ url.Values, doc *oaiDoc) error {
	first, _, err := w.f.Harvest.Span(ctx)
	if err != nil {
		return err
	}
	if first.IsZero() {
		first = time.Now()
	}
	admin := "praxis@" + w.oaiHost()
	if a, err := mail.ParseAddress(w.f.Contact); err == nil {
		admin = a.Address
	}
	doc.Identify = &oaiIdentity{Name: w.name(), Base: w.f.BaseURL + "/oai", Protocol: "2.0", Admin: admin, Earliest: stamp(first),
		Deleted: "persistent", Granularity: "YYYY-MM-DDThh:mm:ssZ"}
	return nil
}

func (w *Web) oaiFormats(ctx context.Context, args url.Values, doc *oaiDoc) error {
	if args.Has("identifier") {
		if _, err := w.oaiFind(ctx, args.Get("identifier")); err != nil {
			return err
		}
	}
	doc.Formats = &oaiFormats{[]oaiFormat{{oaiPrefix, "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", oaiDCNS}}}
	return nil
}

func (w *Web) oaiSets(ctx context.Context, args url.Values, doc *oaiDoc) error {
	if args.Has("resumptionToken") {
		return errOAIToken // the sets come in one answer, so no token was ever given
	}
	spaces, err := w.f.Harvest.Sets(ctx)
	if err != nil {
		return err
	}
	doc.Sets = &oaiSetList{}
	for _, ws := range spaces {
		doc.Sets.Sets = append(doc.Sets.Sets, oaiSet{workspaceSet + decimal(ws.ID), ws.NameIn(w.base().Lang())})
	}
	for _, term := range w.f.Vocabulary.List("sectors") {
		doc.Sets.Sets = append(doc.Sets.Sets, oaiSet{sectorSet + term.Key, term.Name(w.base().Lang())})
	}
	return nil
}

func (w *Web) oaiFind(ctx context.Context, identifier string) (harvest.Record, error) {
	id, err := w.oaiNumber(identifier)
	if err != nil {
		return harvest.Record{}, err
	}
	r, err := w.f.Harvest.Record(ctx, id)
	if portal.KindOf(err) == portal.NotFound {
		return r, errNoSuchID
	}
	return r, err
}

func (w *Web) oaiRecord(ctx context.Context, args url.Values, doc *oaiDoc) error {
	r, err := w.oaiFind(ctx, args.Get("identifier"))
	if err != nil {
		return err
	}
	doc.Record = &oaiOne{w.oaiItem(r)}
	return nil
}

func (w *Web) oaiIdentifiers(ctx context.Context, args url.Values, doc *oaiDoc) error {
	records, token, err := w.oaiWalk(ctx, args, false)
	if err != nil {
		return err
	}
	doc.Headers = &oaiHeaders{Token: token}
	for _, r := range records {
		doc.Headers.Headers = append(doc.Headers.Headers, w.oaiHeader(r))
	}
	return nil
}

func (w *Web) oaiRecords(ctx context.Context, args url.Values, doc *oaiDoc) error {
	records, token, err := w.oaiWalk(ctx, args, true)
	if err != nil {
		return err
	}
	doc.Records = &oaiList{Token: token}
	for _, r := range records {
		doc.Records.Records = append(doc.Records.Records, w.oaiItem(r))
	}
	return nil
}

// walk is where a harvester stands in a list, as its token says: the server keeps nothing of it. The
// token holds what the harvester said itself and the last record that it got, so that there is
// nothing to hide and nothing to gain from another.
type walk struct {
	Verb    string `json:"v"`
	From    string `json:"f,omitempty"`
	Until   string `json:"u,omitempty"`
	Set     string `json:"s,omitempty"`
	AfterAt int64  `json:"a"` // in microseconds, as PostgreSQL keeps it
	AfterID int64  `json:"i"`
	Given   int    `json:"n"` // records so far
	Expires int64  `json:"e"`
}

// maxOAIMoment is later than anything that a token tells of, in microseconds: the year 9999.
const maxOAIMoment = 253_402_300_799 * 1_000_000

var errOAIToken = &oaiFault{"badResumptionToken", "the token is not of this list, or has expired"}

func openWalk(args url.Values) (walk, error) {
	token, verb := args.Get("resumptionToken"), args.Get("verb")
	if token == "" {
		return walk{Verb: verb, From: args.Get("from"), Until: args.Get("until"), Set: args.Get("set")}, nil
	}
	var at walk
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(token) > oaiTokens || json.Unmarshal(raw, &at) != nil || at.Verb != verb || at.AfterID <= 0 || at.Given <= 0 || at.AfterAt < 0 || at.AfterAt > maxOAIMoment ||
		time.Unix(at.Expires, 0).Before(time.Now()) {
		return at, errOAIToken
	}
	return at, nil
}

func (at walk) seal() (string, error) {
	raw, err := json.Marshal(at)
	if err != nil {
		return "", fmt.Errorf("write a resumption token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// oaiWalk reads the next part of a list and the token for the rest: none where the list is whole, an
// empty one at the end of what came in parts.
func (w *Web) oaiWalk(ctx context.Context, args url.Values, full bool) ([]harvest.Record, *oaiToken, error) {
	at, err := openWalk(args)
	if err != nil {
		return nil, nil, err
	}
	f := postgres.HarvestFilter{AfterID: at.AfterID, Limit: oaiPage + 1}
	if at.AfterID != 0 {
		f.AfterAt = time.UnixMicro(at.AfterAt)
	}
	f.From, f.Before, err = oaiSpan(url.Values{"from": {at.From}, "until": {at.Until}})
	if err == nil {
		err = w.oaiSetOf(at.Set, &f)
	}
	if err != nil {
		if at.Given > 0 {
			err = errOAIToken // what a token says was right when it was made
		}
		return nil, nil, err
	}
	records, err := w.f.Harvest.Records(ctx, f, full)
	if err != nil {
		return nil, nil, err
	}
	if len(records) == 0 { // in the midst of a list, too: what was to come has changed since
		return nil, nil, &oaiFault{"noRecordsMatch", "nothing matches"}
	}
	if len(records) <= oaiPage {
		if at.Given == 0 {
			return records, nil, nil
		}
		return records, &oaiToken{Cursor: at.Given}, nil
	}
	records = records[:oaiPage]
	last := records[oaiPage-1]
	token := &oaiToken{Cursor: at.Given}
	expires := time.Now().Add(oaiLife)
	at.AfterAt, at.AfterID, at.Given, at.Expires = last.ChangedAt.UnixMicro(), last.PracticeID, at.Given+oaiPage, expires.Unix()
	token.Expires = stamp(expires)
	token.Text, err = at.seal()
	return records, token, err
}

// oaiSetOf narrows a harvest to a set. In a set that does not exist, nothing matches.
func (w *Web) oaiSetOf(set string, f *postgres.HarvestFilter) error {
	if set == "" {
		return nil
	}
	if digits, ok := strings.CutPrefix(set, workspaceSet); ok {
		if f.Workspace, ok = plainNumber(digits); ok {
			return nil
		}
	}
	if key, ok := strings.CutPrefix(set, sectorSet); ok && w.f.Vocabulary.Has("sectors", key) {
		f.Sector = key
		return nil
	}
	return &oaiFault{"noRecordsMatch", "there is no such set"}
}
