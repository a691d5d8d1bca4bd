package portal_test

import (
	"testing"

	"praxis/internal/portal"
)

func TestProposeRating(t *testing.T) {
	for _, c := range []struct {
		design, comparison, size, replication, harm, standing, want string
	}{
		{"", "group", "large", "several", "none_found", "named", ""},
		{"described", "none", "unknown", "none", "not_looked", "no", "emerging"},
		{"described", "none", "unknown", "several", "none_found", "named", "emerging"},
		{"indicators", "none", "large", "none", "not_looked", "no", "monitored"},
		{"indicators", "none", "large", "several", "not_looked", "no", "monitored"},
		{"evaluated", "none", "small", "none", "none_found", "no", "monitored"},
		{"evaluated", "before_after", "small", "none", "none_found", "no", "evaluated"},
		{"evaluated", "none", "medium", "none", "none_found", "no", "evaluated"},
		{"evaluated", "group", "large", "one", "none_found", "no", "replicated"},
		{"evaluated", "group", "large", "several", "not_looked", "named", "replicated"},
		{"evaluated", "group", "large", "several", "none_found", "named", "recommended"},
		{"evaluated", "group", "large", "several", "found", "named", "evaluated"},
		{"indicators", "none", "large", "none", "none_found", "named", "recommended"},
	} {
		answers := map[string]string{"design": c.design, "comparison": c.comparison, "size": c.size, "replication": c.replication, "harm": c.harm, "standing": c.standing}
		if got := portal.ProposeRating(answers); got != c.want {
			t.Errorf("%+v is proposed as %q", c, got)
		}
	}
}

// A better answer never lowers the proposal, but for harm that was found.
func TestProposalsGrow(t *testing.T) {
	steps := map[string]int{"": 0, "emerging": 1, "monitored": 2, "evaluated": 3, "replicated": 4, "recommended": 5}
	var walk func(n int, answers map[string]string)
	walk = func(n int, answers map[string]string) {
		if n == len(portal.EvidenceQuestions) {
			for _, q := range portal.EvidenceQuestions {
				if q.Key == "harm" {
					continue
				}
				at, before := answers[q.Key], steps[portal.ProposeRating(answers)]
				for i := range q.Answers[:len(q.Answers)-1] {
					// "unknown" size says nothing, so it is not less than a small one.
					if q.Answers[i] != at || at == "unknown" {
						continue
					}
					answers[q.Key] = q.Answers[i+1]
					if after := steps[portal.ProposeRating(answers)]; after < before {
						t.Errorf("%v: a better %s lowers it from %d to %d", answers, q.Key, before, after)
					}
					answers[q.Key] = at
				}
			}
			return
		}
		q := portal.EvidenceQuestions[n]
		for _, a := range q.Answers {
			answers[q.Key] = a
			walk(n+1, answers)
		}
	}
	walk(0, map[string]string{})
}
