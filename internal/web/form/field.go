package form

import (
	"fmt"
	"strings"
)

// Choice is one value that can be chosen, with its words.
type Choice struct {
	Value, Label, Help string
	Chosen             bool
}

// Field is one field as the templates "input", "textarea", "select", "checks", "radios" and
// "tick" show it.
type Field struct {
	Name, ID, Label string
	Help, Example   string
	Error           string
	Value           string
	Type            string // of an input; "text" unless said
	Autocomplete    string
	Lang, Dir       string // of what is typed, where it is known
	Rows            int
	Max             int // characters; 0: not said
	Optional        bool
	Empty           string // words of a select's empty choice; "" for none
	Choices         []Choice
}

// ID gives the identifier of a field's element, to which the error summary links.
func ID(name string) string { return "f-" + strings.NewReplacer(".", "-", "_", "-").Replace(name) }

// Field makes a field of the form for a template. options are pairs: "type", "help", "example",
// "autocomplete", "rows", "max", "lang", "dir", "empty" with their values; "optional" with true;
// "choices" with a []Choice. An option that is not known is a mistake of the template: an error.
func (s *State) Field(name, label string, options ...any) (Field, error) {
	f := Field{Name: name, ID: ID(name), Label: label, Value: s.Value(name), Error: s.Error(name), Type: "text", Dir: "auto", Rows: 4}
	for i := 0; i < len(options); i += 2 {
		if i+1 == len(options) {
			return f, fmt.Errorf("field %s: option %v has no value", name, options[i])
		}
		if err := f.set(options[i], options[i+1]); err != nil {
			return f, fmt.Errorf("field %s: %w", name, err)
		}
	}
	s.noteLabel(name, label)
	for i := range f.Choices {
		f.Choices[i].Chosen = s.Holds(name, f.Choices[i].Value)
	}
	return f, nil
}

func (s *State) noteLabel(name, label string) {
	if !s.Failed() {
		return
	}
	if s.labels == nil {
		s.labels = map[string]string{}
	}
	s.labels[name] = label
}

func (f *Field) set(option, value any) error {
	ok := true
	text := func(to *string) { *to, ok = value.(string) }
	switch option {
	case "type":
		text(&f.Type)
	case "help":
		text(&f.Help)
	case "example":
		text(&f.Example)
	case "autocomplete":
		text(&f.Autocomplete)
	case "lang":
		text(&f.Lang)
	case "dir":
		text(&f.Dir)
	case "empty":
		text(&f.Empty)
	case "value":
		text(&f.Value)
	case "rows":
		f.Rows, ok = value.(int)
	case "max":
		f.Max, ok = value.(int)
	case "optional":
		f.Optional, ok = value.(bool)
	case "choices":
		var list []Choice
		if list, ok = value.([]Choice); ok {
			f.Choices = append([]Choice(nil), list...)
		}
	default:
		return fmt.Errorf("no option %v", option)
	}
	if !ok {
		return fmt.Errorf("option %v cannot be %T", option, value)
	}
	return nil
}

// DescribedBy names the elements that explain the field, for aria-describedby; "" for none.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Help != "" || f.Example != "" {
		ids = append(ids, f.ID+"-help")
	}
	if f.Error != "" {
		ids = append(ids, f.ID+"-error")
	}
	return strings.Join(ids, " ")
}
