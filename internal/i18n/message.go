package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// countName is the variable that N fills in by itself.
const countName = "Count"

// message is one entry of a catalogue, ready to be written.
type message struct {
	forms  [formCount]*pattern // nil where the catalogue has none; formOther always set
	plural bool
}

// pattern is a text with gaps.
type pattern struct {
	plain string // the whole text when there are no gaps
	parts []part
}

// part is a literal, or the name of a gap.
type part struct {
	text string
	name string
}

var gap = regexp.MustCompile(`\{\{\.([A-Z][A-Za-z0-9]*)\}\}`)

func compile(text string) (*pattern, error) {
	p := &pattern{}
	at := 0
	for _, m := range gap.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > at {
			p.parts = append(p.parts, part{text: text[at:m[0]]})
		}
		p.parts = append(p.parts, part{name: text[m[2]:m[3]]})
		at = m[1]
	}
	if at == 0 {
		p.plain = text
	} else if at < len(text) {
		p.parts = append(p.parts, part{text: text[at:]})
	}
	if rest := gap.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return nil, fmt.Errorf("only {{.Name}} can stand in a message: %q", text)
	}
	return p, nil
}

// names are the gaps of a message, in all its forms together.
func (m *message) names() map[string]bool {
	names := map[string]bool{}
	for _, form := range m.forms {
		if form == nil {
			continue
		}
		for _, p := range form.parts {
			if p.name != "" {
				names[p.name] = true
			}
		}
	}
	return names
}

func readCatalogue(fsys fs.FS, name string) (map[string]*message, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxCatalogueBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(data) > MaxCatalogueBytes {
		return nil, fmt.Errorf("over %d bytes", MaxCatalogueBytes)
	}
	return parseCatalogue(data)
}

func parseCatalogue(data []byte) (map[string]*message, error) {
	if err := checkKeys(data); err != nil {
		return nil, err
	}
	parsed, err := goi18n.ParseMessageFileBytes(data, "catalogue.json", nil)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	messages := make(map[string]*message, len(parsed.Messages))
	for _, source := range parsed.Messages {
		m := &message{}
		for f, text := range formsOf(source) {
			if text == "" {
				continue
			}
			if m.forms[f], err = compile(text); err != nil {
				return nil, fmt.Errorf("message %s: %w", source.ID, err)
			}
			m.plural = m.plural || form(f) != formOther
		}
		if m.forms[formOther] == nil {
			return nil, fmt.Errorf("message %s: no text for the form other", source.ID)
		}
		messages[source.ID] = m
	}
	return messages, nil
}

// checkKeys makes sure that a file is flat and names each id once; a JSON decoder
// would silently keep the last.
func checkKeys(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return fmt.Errorf("parse: %w", err)
		}
		id := token.(string) // a key of an object always is
		if seen[id] {
			return fmt.Errorf("message %s occurs twice", id)
		}
		seen[id] = true
		var value any
		if err := d.Decode(&value); err != nil {
			return fmt.Errorf("parse message %s: %w", id, err)
		}
		if err := checkValue(value); err != nil {
			return fmt.Errorf("message %s: %w", id, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON object")
	}
	return nil
}

func checkValue(value any) error {
	switch value := value.(type) {
	case string:
		if value == "" {
			return errors.New("empty")
		}
		return nil
	case map[string]any:
		for key, text := range value {
			if _, known := formNames[key]; !known && key != "description" {
				return fmt.Errorf("unknown plural form %q", key)
			}
			if _, isText := text.(string); !isText {
				return fmt.Errorf("form %s is not a text", key)
			}
		}
		return nil
	}
	return errors.New("neither a text nor plural forms")
}
