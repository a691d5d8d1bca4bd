package notify

import (
	"maps"
	"slices"
)

// Kinds are all that a member can be told, for those who put them in words.
var Kinds = kinds()

func kinds() []string {
	all := []string{"announcement", "answer_marked", "case", "edition", "flag_hide", "flag_hide_profile", "flag_keep", "flag_keep_profile", "flag_relabel", "join_refused", "join_request",
		"membership", "mention", "new_practice", "new_thread", "original_changed", "post", "reply", "report_corrected", "review_overdue", "sought", "thread"}
	all = slices.AppendSeq(all, maps.Values(decided))
	all = slices.AppendSeq(all, maps.Values(named))
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		all = append(all, string(part)+"_hidden", string(part)+"_shown")
	}
	return append(all, "named")
}
