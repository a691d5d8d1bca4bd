package postgres

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// CanSee is the SQL form of portal.Viewer.CanSee: a predicate over a table with the audience's
// columns (practices, under the alias, or what looks like them), for the viewer whose six values stand at the
// parameters first to first+5 (see viewerArgs). It is never null.
func CanSee(alias string, first int) string { return canSeeAs(alias, "false", first) }

// CanSeeThread is CanSee over threads, in which others' words are (portal.Audience.Shared).
func CanSeeThread(alias string, first int) string { return canSeeAs(alias, "true", first) }

// CanReply is the SQL form of Can(ActReply) over threads.
func CanReply(alias string, first int) string {
	return "(" + alias + ".stage = 'open' and $" + strconv.Itoa(first) + "::bigint <> 0 and " + CanSeeThread(alias, first) + ")"
}

// ifSeen gives a column that holds a practice, or 0 where there is none that the viewer may see: what
// hangs on something unseen does not tell of it. The viewer stands at the parameters from 1 on. It is no
// "exists", of which the planner may make a table of all practices that the viewer may see.
func ifSeen(column string) string {
	return "coalesce((select q.id from practices q where q.id = " + column + " and " + CanSee("q", 1) + "), 0)"
}

func canSeeAs(alias, shared string, first int) string {
	return canSeeBy(alias, shared, func(n int, _, cast string) string { return fmt.Sprintf("$%d::%s", first+n, cast) })
}

// canSeeOf is the same rule for the viewers of a table: its columns have the names of the parameters.
func canSeeOf(viewers, alias, shared string) string {
	return canSeeBy(alias, shared, func(_ int, name, _ string) string { return viewers + "." + name })
}

func canSeeBy(alias, shared string, at func(n int, name, cast string) string) string {
	coauthor := "or " + at(0, "member_id", "bigint") + " = any(" + alias + ".coauthors)"
	if shared == "true" { // threads have one author
		coauthor = ""
	}
	return strings.NewReplacer(
		"i.", alias+".",
		":coauthor", coauthor,
		":shared", shared,
		":member", at(0, "member_id", "bigint"),
		":country", at(1, "country", "text"),
		":organization", at(2, "organization", "text"),
		":officer", at(3, "officer", "boolean"),
		":workspaces", at(4, "workspaces", "bigint[]"),
		":moderates", at(5, "moderates", "bigint[]"),
	).Replace(canSee)
}

const canSee = `coalesce(
    i.author_id = :member and not (:shared and i.stage = 'open' and i.handling in ('amber', 'amber+strict'))
    :coauthor
    or i.stage <> 'private' and case
    when i.handling = 'red' then
        :member = any(i.named) and (i.stage = 'open' or :officer or i.workspace_id = any(:moderates))
    else :officer or coalesce(i.workspace_id = any(:moderates), false) or i.stage = 'open' and case i.handling
        when 'clear' then true
        when 'green' then :member <> 0
        when 'amber' then i.workspace_id = any(:workspaces)
        when 'amber+strict' then i.workspace_id = any(:workspaces)
            and (:country <> '' and i.author_country = :country
                or :organization <> '' and i.author_organization = :organization)
        else false end
    end, false)`

// viewerArgs gives the six parameters of CanSee.
func viewerArgs(v portal.Viewer) []any {
	return []any{v.MemberID, v.Country, v.Organization, v.Officer,
		pq.Array(nonNil(v.Workspaces)), pq.Array(nonNil(v.Moderates))}
}

// withViewer puts the viewer's parameters first and the statement's own after them.
func withViewer(v portal.Viewer, args ...any) []any { return append(viewerArgs(v), args...) }

func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
