package search

const maxConcepts = 3 // of the thesaurus, in one list of suggestions

// concepts finds the thesaurus' concepts of whose names one has words that begin so. They lead to a search by
// that name, which finds all the others.
func (s *Service) concepts(edges []string) []Suggestion {
	var found []Suggestion
	for _, c := range s.ix.Thesaurus().Begun(edges, maxConcepts) {
		found = append(found, Suggestion{Text: c.Name, List: "thesaurus", Key: c.Key})
	}
	return found
}

// unlike gives the terms, and of the concepts those that are not among them by another list: most substances
// are both.
func unlike(terms, concepts []Suggestion) []Suggestion {
	seen := map[string]bool{}
	for _, t := range terms {
		seen[plainName(t.Text)] = true
	}
	for _, c := range concepts {
		if !seen[plainName(c.Text)] {
			seen[plainName(c.Text)] = true
			terms = append(terms, c)
		}
	}
	return terms
}
