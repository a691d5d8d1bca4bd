package storytest

import (
	"net/url"
	"testing"
)

type foundThings struct {
	Total    int `json:"total"`
	Replaced []struct{ Used string }
	Items    []struct {
		Kind         string
		ID           *int64
		Code         string
		URL, Title   string
		Language     string
		Attachment   string
		AttachmentID int64 `json:"attachment_id"`
	}
}

func (c *Client) finds(query string) (found foundThings) {
	c.T.Helper()
	c.Do("GET", "/search?"+query, nil).Want(200).Into(&found)
	return found
}

// What is new to the index is found through the door for programs: reading lists by their readers, countries
// and organizations by any name; a passage names its file; a question is asked exactly.
func TestSearchFindsMoreKinds(t *testing.T) {
	p := Start(t, nil)
	ana, moderator, visitor := p.As(t, "ana"), p.As(t, "moderator"), p.Visitor(t)
	list := moderator.Do("POST", "/collections", map[string]any{"title": "Zyxwordlist for beginners", "handling": "amber", "workspace_id": 1}).Want(201).Thing()
	Eventually(t, "the reading list", func() bool {
		f := moderator.finds("q=zyxwordlist&exact=true")
		return f.Total == 1 && f.Items[0].Kind == "collection" && *f.Items[0].ID == list.ID
	})
	if f := visitor.finds("q=zyxwordlist&exact=true"); f.Total != 0 {
		t.Errorf("a visitor finds the amber list: %+v", f)
	}
	if f := visitor.finds("kind=country&q=" + url.QueryEscape("Эквадор")); f.Total != 1 || f.Items[0].Code != "EC" || f.Items[0].ID != nil || f.Items[0].URL != "/countries/EC" {
		t.Errorf("a country: %+v", f)
	}
	if f := visitor.finds("kind=organization&q=unodc"); f.Total == 0 || f.Items[0].Code != "UNODC" {
		t.Errorf("an organization: %+v", f)
	}
	if f := visitor.finds("q=naloxnoe"); len(f.Replaced) == 0 || f.Total == 0 {
		t.Errorf("a misspelt word: %+v", f)
	}
	if f := visitor.finds("q=naloxnoe&exact=true"); len(f.Replaced) != 0 || f.Total != 0 {
		t.Errorf("the same exactly: %+v", f)
	}
	visitor.Do("GET", "/search?exact=perhaps", nil).Want(422)
	for _, h := range visitor.finds("q=naloxone&languages=es,pt").Items {
		if h.Language != "es" && h.Language != "pt" && h.Language != "" {
			t.Errorf("among Spanish and Portuguese: %+v", h)
		}
	}
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Con un archivo", "workspace_id": 1}).Want(201).Thing()
	file := ana.upload("/practices/"+itoa(draft.ID)+"/attachments", "nota.txt", []byte("Solo aquí: qwertzuiop.")).Want(201).Thing()
	Eventually(t, "the passage", func() bool {
		f := ana.finds("q=qwertzuiop&exact=1")
		return f.Total == 1 && f.Items[0].AttachmentID == file.ID && f.Items[0].Attachment == "nota.txt"
	})
}

// What is completed says of what kind it is, in the reader's language.
func TestSuggestionsNameTheirKind(t *testing.T) {
	p := Start(t, nil)
	var found struct {
		Items []struct{ Kind, Label, Text, URL string }
	}
	p.As(t, "ana").Do("GET", "/search/suggest?q="+url.QueryEscape("ecu"), nil, "Accept-Language", "es").Want(200).Into(&found)
	kinds := map[string]string{}
	for _, s := range found.Items {
		kinds[s.Kind] = s.Label
	}
	if kinds["country"] != "País" {
		t.Errorf("suggested are %+v", found.Items)
	}
	var rooms struct{ Items []struct{ Name string } }
	p.Visitor(t).Do("GET", "/workspaces", nil).Want(200).Into(&rooms)
	p.Visitor(t).Do("GET", "/search/suggest?q="+url.QueryEscape(rooms.Items[0].Name), nil, "Accept-Language", "en").Want(200).Into(&found)
	if len(found.Items) == 0 || found.Items[0].Kind != "workspace" || found.Items[0].Label != "Workspace" || found.Items[0].URL == "" {
		t.Errorf("%s completes to %+v", rooms.Items[0].Name, found.Items)
	}
}
