package portal_test

import (
	"testing"

	"praxis/internal/portal"
)

func TestStatusNext(t *testing.T) {
	const none = portal.Status("")
	steps := []portal.Step{portal.StepSubmit, portal.StepApprove, portal.StepRequestChanges, portal.StepReject, portal.StepArchive, "publish"}
	tests := map[portal.Status][]portal.Status{ // status → after each step; none where it is out of turn
		portal.Draft:            {portal.Submitted, none, none, none, none, none},
		portal.Submitted:        {none, portal.Published, portal.ChangesRequested, portal.Rejected, none, none},
		portal.ChangesRequested: {portal.Submitted, none, none, none, none, none},
		portal.Rejected:         {portal.Submitted, none, none, none, none, none},
		portal.Published:        {none, none, none, none, portal.Archived, none},
		portal.Archived:         {none, none, none, none, none, none},
	}
	for from, after := range tests {
		for i, step := range steps {
			got, err := from.Next(step)
			if want := after[i]; want == none && (portal.KindOf(err) != portal.Conflict || got != from) || want != none && (err != nil || got != want) {
				t.Errorf("%s after %s = %s, %v; want %q", from, step, got, err, want)
			}
		}
	}
}
