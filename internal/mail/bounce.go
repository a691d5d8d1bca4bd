package mail

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
)

// Bounds of reading a report: its bytes, the parts looked at, and the recipients that one tells of.
const (
	maxReport     = 1 << 20
	maxParts      = 20
	maxRecipients = 20
)

// signatureLength is how much of the signature an address carries: 60 bits in characters that survive
// servers that write addresses in capitals.
const signatureLength = 12

// ReturnPath is the address to which refusals of one mail go: bounces@example.org becomes
// bounces+ID.SIGNATURE@example.org, so that a report says which mail it is about and nobody else can.
// "" where there is no such address.
func ReturnPath(bounces string, id int64, key []byte) string {
	local, host, ok := strings.Cut(bounces, "@")
	if !ok {
		return ""
	}
	n := strconv.FormatInt(id, 10)
	return local + "+" + n + "." + signature(n, key) + "@" + host
}

// MailOf finds of which mail a return path tells; ok is false where the signature is not ours.
func MailOf(address string, key []byte) (id int64, ok bool) {
	local, _, _ := strings.Cut(address, "@")
	_, tag, found := strings.Cut(local, "+")
	n, signed, dotted := strings.Cut(tag, ".")
	if !found || !dotted || !hmac.Equal([]byte(strings.ToLower(signed)), []byte(signature(n, key))) {
		return 0, false
	}
	id, err := strconv.ParseInt(n, 10, 64)
	return id, err == nil && id > 0
}

func signature(n string, key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("bounce " + n))
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)))[:signatureLength]
}

// Bounce is what a delivery status notification (RFC 3464) tells.
type Bounce struct {
	To   []string // the addresses to which the report came
	Hard bool     // the mail was not delivered and will not be
	Why  string   // what the server said, on one line, at most 300 characters
}

// ReadBounce reads a delivery status notification. An error says that it is none; nothing of it is trusted
// but by the signature in the address to which it came.
func ReadBounce(r io.Reader) (Bounce, error) {
	var b Bounce
	m, err := netmail.ReadMessage(bufio.NewReader(io.LimitReader(r, maxReport)))
	if err != nil {
		return b, fmt.Errorf("read a report: %w", err)
	}
	for _, name := range []string{"To", "Delivered-To", "X-Original-To", "Envelope-To"} {
		for _, value := range m.Header[textproto.CanonicalMIMEHeaderKey(name)] {
			if list, err := netmail.ParseAddressList(value); err == nil && len(list) <= maxRecipients {
				for _, a := range list {
					b.To = append(b.To, a.Address)
				}
			}
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["boundary"] == "" {
		return b, errors.New("it is no report of a delivery: its content is not multipart/report")
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for range maxParts {
		p, err := parts.NextRawPart()
		if err != nil {
			break
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if kind != "message/delivery-status" && kind != "message/global-delivery-status" {
			continue
		}
		return b, b.read(p)
	}
	return b, errors.New("it is no report of a delivery: no part says what became of the mail")
}

// read takes what the report's own part says of the recipients: a block of lines for the server, then one
// for each.
func (b *Bounce) read(part io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(part, maxReport))
	if err != nil {
		return fmt.Errorf("read a report's status: %w", err)
	}
	r := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(text, "\r\n\r\n"...))))
	known := false
	for range maxRecipients + 1 {
		block, err := r.ReadMIMEHeader()
		if err != nil {
			break
		}
		action := strings.ToLower(strings.TrimSpace(block.Get("Action")))
		if action == "" {
			continue // of the server
		}
		known = true
		if action == "failed" && strings.HasPrefix(strings.TrimSpace(block.Get("Status")), "5") {
			b.Hard = true
		}
		if b.Why == "" {
			b.Why = oneLine(block.Get("Status") + " " + block.Get("Diagnostic-Code"))
		}
	}
	if !known {
		return errors.New("it is no report of a delivery: it names no recipient")
	}
	return nil
}

// oneLine leaves of a text what can be shown: no control characters, no more than 300 characters.
func oneLine(s string) string {
	words := strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	var out []rune
	for _, r := range words {
		if len(out) == 300 {
			break
		}
		if r >= ' ' && r != 0x7f {
			out = append(out, r)
		}
	}
	return string(out)
}
