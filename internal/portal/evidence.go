package portal

// EvidenceQuestion is one criterion of the evidence scale, asked so that it can be answered from
// the practice's text. The first answer is the weakest.
type EvidenceQuestion struct {
	Key     string
	Answers []string
}

// EvidenceQuestions are the criteria of the scale (sql/seed/taxonomy.json, "evidence") as questions: how it was
// studied, compared with what, on how many, where else, at what harm, and who names it.
var EvidenceQuestions = []EvidenceQuestion{
	{"design", []string{"described", "indicators", "evaluated"}},
	{"comparison", []string{"none", "before_after", "group"}},
	{"size", []string{"unknown", "small", "medium", "large"}}, // under 50, under 500, more
	{"replication", []string{"none", "one", "several"}},       // other places with results of their own
	{"harm", []string{"not_looked", "none_found", "found"}},
	{"standing", []string{"no", "named"}}, // in an international standard or guideline
}

// CheckAnswers checks that the answers are to the questions; not all need be answered.
func CheckAnswers(c *Checks, answers map[string]string) {
	for key, answer := range answers {
		known := false
		for _, q := range EvidenceQuestions {
			for _, a := range q.Answers {
				known = known || q.Key == key && a == answer
			}
		}
		c.Add(known, "evidence.answers", "error.unknown_value")
	}
}

// ProposeRating gives the rating to which the answers lead; "" while the design is not answered. It
// is a proposal: a moderator sets the rating, and says why.
//
// The design gives the step: described → emerging, own indicators → monitored, an evaluation → evaluated.
// An evaluation of fewer than 50 that compares with nothing says no more than indicators do. Results
// from another place make what was evaluated replicated. What a standard names is recommended, if it
// is monitored at least and harm was looked for. Harm that was found holds it at evaluated.
func ProposeRating(answers map[string]string) string {
	compared := answers["comparison"] == "group" || answers["comparison"] == "before_after"
	rating := map[string]string{"described": "emerging", "indicators": "monitored", "evaluated": "evaluated"}[answers["design"]]
	if rating == "evaluated" && answers["size"] == "small" && !compared {
		rating = "monitored"
	}
	if answers["harm"] == "found" {
		return rating
	}
	if rating == "evaluated" && (answers["replication"] == "one" || answers["replication"] == "several") {
		rating = "replicated"
	}
	if answers["standing"] == "named" && answers["harm"] == "none_found" && rating != "" && rating != "emerging" {
		rating = "recommended"
	}
	return rating
}
