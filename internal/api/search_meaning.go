package api

import "praxis/internal/search"

type meaningView struct {
	Typed string     `json:"typed"`
	Key   string     `json:"key"` // of the concept in the thesaurus
	Names []nameView `json:"names"`
}

type nameView struct {
	Language string `json:"language"`
	Name     string `json:"name"`
}

func viewMeanings(meanings []search.Meaning) []meaningView {
	var views []meaningView
	for _, m := range meanings {
		view := meaningView{Typed: m.Typed, Key: m.Key, Names: []nameView{}}
		for _, n := range m.Names {
			view.Names = append(view.Names, nameView{n.Language, n.Text})
		}
		views = append(views, view)
	}
	return views
}
