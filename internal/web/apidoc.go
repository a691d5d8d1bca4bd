package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
)

// apiGroup is the calls of the API about one thing.
type apiGroup struct {
	Name  string
	Calls []apiCall
}

// apiCall is one call: what it does, what it takes.
type apiCall struct {
	Method, Path, Summary string
	Parameters            []string
	Fields                []string // of the body
	Anyone                bool
}

type apiSchema struct {
	Ref        string               `json:"$ref"`
	Properties map[string]apiSchema `json:"properties"`
	Required   []string             `json:"required"`
}

type apiOperation struct {
	Summary    string   `json:"summary"`
	Tags       []string `json:"tags"`
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema apiSchema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	Security []map[string][]string `json:"security"`
}

type apiDocument struct {
	Paths      map[string]map[string]apiOperation `json:"paths"`
	Components struct {
		Schemas map[string]apiSchema `json:"schemas"`
	} `json:"components"`
}

// methodOrder is how the calls of one path follow each other.
var methodOrder = []string{"get", "post", "put", "patch", "delete"}

// readAPI makes the list of the page of the document that programs read, so that the two agree.
func readAPI(document []byte) ([]apiGroup, error) {
	if len(document) == 0 {
		return nil, nil
	}
	var doc apiDocument
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, fmt.Errorf("read the API's document: %w", err)
	}
	groups := map[string]*apiGroup{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range methodOrder {
			op, ok := doc.Paths[path][method]
			if !ok {
				continue
			}
			name := strings.Trim(strings.SplitN(path, "/", 3)[1], "{}")
			if len(op.Tags) > 0 {
				name = op.Tags[0]
			}
			if groups[name] == nil {
				groups[name] = &apiGroup{Name: name}
			}
			groups[name].Calls = append(groups[name].Calls, doc.call(method, path, op))
		}
	}
	list := make([]apiGroup, 0, len(groups))
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		list = append(list, *groups[name])
	}
	return list, nil
}

func (d apiDocument) call(method, path string, op apiOperation) apiCall {
	call := apiCall{Method: strings.ToUpper(method), Path: path, Summary: op.Summary, Anyone: len(op.Security) == 0}
	for _, p := range op.Parameters {
		if p.In == "query" {
			call.Parameters = append(call.Parameters, p.Name)
		}
	}
	for _, need := range op.Security {
		if len(need) == 0 {
			call.Anyone = true
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(op.RequestBody.Content)) {
		schema := op.RequestBody.Content[kind].Schema
		if name, ok := strings.CutPrefix(schema.Ref, "#/components/schemas/"); ok {
			schema = d.Components.Schemas[name]
		}
		call.Fields = append(call.Fields, slices.Sorted(maps.Keys(schema.Properties))...)
	}
	return call
}

func (w *Web) apiPage(c echo.Context) error {
	return w.render(c, "about/api", w.view(c, middleware.Locale(c).T("api.title"), struct {
		Groups  []apiGroup
		Address string
	}{w.calls, w.f.BaseURL + "/api/v1"}))
}
