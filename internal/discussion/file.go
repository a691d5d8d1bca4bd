package discussion

import (
	"context"
	"slices"

	"praxis/internal/portal"
)

// unsent checks the files that are to go with a post: each once, the viewer's own, in this thread, on no
// post yet. Those that a first try of the same post took along are refused by nobody: its key answers.
func (s *Service) unsent(ctx context.Context, who portal.Identity, thread int64, files []int64) ([]int64, error) {
	if len(files) == 0 {
		return nil, nil
	}
	files = slices.Compact(slices.Sorted(slices.Values(files)))
	var c portal.Checks
	c.Add(len(files) <= portal.MaxPostFiles, "files", "error.too_many", "Max", portal.MaxPostFiles)
	if err := c.Err(); err != nil {
		return nil, err
	}
	have, err := s.db.UnsentFiles(ctx, who.MemberID, thread)
	if err != nil {
		return nil, err
	}
	known := map[int64]bool{}
	for _, f := range have {
		known[f.ID] = true
	}
	c.Add(!slices.ContainsFunc(files, func(id int64) bool { return !known[id] }), "files", "error.unknown_value")
	return files, c.Err()
}
