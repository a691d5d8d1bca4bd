package citation

import "time"

// Thing is a node of a schema.org document: who or what stands beside the work.
type Thing struct {
	Type string `json:"@type"`
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Article is the schema.org document of a work, to be written as JSON-LD into its page.
type Article struct {
	Context     string   `json:"@context"`
	Type        string   `json:"@type"`
	ID          string   `json:"@id"`
	URL         string   `json:"url"`
	MainEntity  string   `json:"mainEntityOfPage"`
	Headline    string   `json:"headline"`
	Description string   `json:"description,omitempty"`
	Author      []Thing  `json:"author,omitempty"`
	Publisher   *Thing   `json:"publisher,omitempty"`
	Language    string   `json:"inLanguage,omitempty"`
	Version     string   `json:"version,omitempty"`
	Published   string   `json:"datePublished,omitempty"`
	Changed     string   `json:"dateModified,omitempty"`
	Keywords    []string `json:"keywords,omitempty"`
	Place       *Thing   `json:"contentLocation,omitempty"`
	Free        bool     `json:"isAccessibleForFree"`
	Conditions  string   `json:"conditionsOfAccess,omitempty"`
}

// Schema describes the work in the words of schema.org; everybody may read it.
func (w Work) Schema() Article {
	a := Article{Context: "https://schema.org", Type: "Article", ID: w.URL, URL: w.URL, MainEntity: w.URL, Headline: line(w.Title),
		Description: line(w.Summary), Language: w.Language, Version: w.Version, Published: day(w.Published), Changed: day(w.Changed),
		Keywords: w.Keywords, Free: true, Conditions: "TLP:CLEAR"}
	for _, name := range w.Authors {
		a.Author = append(a.Author, Thing{Type: "Person", Name: line(name)})
	}
	if w.Publisher != "" {
		a.Publisher = &Thing{Type: "Organization", Name: w.Publisher}
	}
	if w.Place != "" {
		a.Place = &Thing{Type: "Country", Name: w.Place}
	}
	return a
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
