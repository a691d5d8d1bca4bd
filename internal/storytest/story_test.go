package storytest

import (
	"strings"
	"testing"

	"praxis/internal/pgcluster/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, everyCallIsMade) }

// The main job, end to end, through the API and sockets: an alumna writes a practice in her
// cohort's workspace, a moderator curates it, others find it by search and discuss it live.
func TestStory(t *testing.T) {
	p := Start(t, nil)
	ana, moderator, somchai, lena, karim, visitor := p.As(t, "ana"), p.As(t, "moderator"), p.As(t, "somchai"), p.As(t, "lena"), p.As(t, "karim"), p.Visitor(t)

	// Ana drafts. A title is enough; nobody else sees it.
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Registro de prensas de comprimidos", "language": "es", "workspace_id": 1}).Want(201).Thing()
	path := "/practices/" + itoa(draft.ID)
	if draft.Status != "draft" || draft.Handling != "amber" || draft.Version != 1 {
		t.Errorf("a new draft is %+v", draft)
	}
	for _, other := range []*Client{moderator, somchai, visitor} {
		other.Do("GET", path, nil).Want(404)
	}

	// What is missing is said field by field; then it is filled in, and a lost update is refused.
	missing := ana.Do("POST", path+"/submit", nil).Want(422)
	for _, field := range []string{"summary", "sections.problem", "sections.steps", "sections.results", "sectors"} {
		if !strings.Contains(string(missing.Body), `"field":"`+field+`"`) {
			t.Errorf("submit does not say that %s is missing: %s", field, missing.Body)
		}
	}
	ana.Do("PATCH", path, map[string]any{"summary": "Quien importa una prensa la declara.", "sectors": []string{"customs"},
		"sections": map[string]string{"problem": "Entraban como repuestos.", "steps": "1. Se declara.\n2. Se comprueba.", "results": "Catorce fabricantes en la lista."}},
		"If-Match", `"1"`).Want(200)
	ana.Do("PATCH", path, map[string]any{"title": "Otra pestaña"}, "If-Match", `"1"`).Want(412)

	// Submitted: the moderator has it in the queue, the others still don't.
	ana.Do("POST", path+"/submit", nil).Want(200)
	ana.Do("POST", path+"/submit", nil).Want(409)
	somchai.Do("GET", path, nil).Want(404)
	somchai.Do("POST", path+"/approve", nil).Want(404)
	moderator.Do("POST", path+"/request-changes", map[string]string{}).Want(422)
	moderator.Do("POST", path+"/request-changes", map[string]string{"note": "Falta decir quién firma."}).Want(200)
	ana.Do("PATCH", path, map[string]any{"sections": map[string]string{"actors": "Firma el director de aduana."}}).Want(200)
	ana.Do("POST", path+"/submit", nil).Want(200)
	caseID := findCase(t, moderator, "submission", "practice", draft.ID)
	moderator.Do("POST", "/moderation/cases/"+itoa(caseID)+"/actions", map[string]any{"action": "approve", "note": "Gracias, Ana.",
		"evidence": map[string]string{"rating": "monitored", "basis": "Lleva sus propios indicadores."}}).Want(201)
	moderator.Do("POST", "/moderation/cases/"+itoa(caseID)+"/actions", map[string]any{"action": "approve"}).Want(409)

	// Ana is told. Her cohort reads it, others learn nothing.
	Eventually(t, "ana is told", func() bool {
		return strings.Contains(string(ana.Do("GET", "/notifications", nil).Want(200).Body), "Gracias, Ana.")
	})
	published := somchai.Do("GET", path, nil).Want(200)
	if thing := published.Thing(); thing.Status != "published" || !strings.Contains(string(published.Body), `"rating":"monitored"`) {
		t.Errorf("the practice is %s", published.Body)
	}
	for _, other := range []*Client{lena, karim, visitor} {
		other.Do("GET", path, nil).Want(404)
	}

	// Within two seconds the search finds it, misspelt too; for others not even a count changes.
	Eventually(t, "the search finds it", func() bool { return finds(somchai, "prensas comprimidos", draft.ID) })
	if !finds(somchai, "prensas conprimidos", draft.ID) {
		t.Error("a misspelt word is not mended")
	}
	if finds(lena, "prensas comprimidos", draft.ID) || finds(visitor, "prensas comprimidos", draft.ID) {
		t.Error("the search shows it to somebody who may not see it")
	}

	discussLive(t, p, ana, somchai, lena, draft.ID)

	// Somchai's country tries it.
	somchai.Do("POST", path+"/adoptions", map[string]any{"result": "mixed", "country": "TH", "year": 2026, "note": "Two ports, one too small."}).Want(201)
	if body := ana.Do("GET", path, nil).Want(200).Body; !strings.Contains(string(body), `"mixed":1`) {
		t.Errorf("the adoption is not counted: %s", body)
	}
	versions := ana.Do("GET", path+"/versions", nil).Want(200).Things()
	if len(versions) != 3 {
		t.Errorf("%d versions were kept, want 3", len(versions))
	}
	diff := ana.Do("GET", path+"/diff?from=2&to=3", nil).Want(200)
	if !strings.Contains(string(diff.Body), `"part":"actors"`) || !strings.Contains(string(diff.Body), `"op":"added"`) {
		t.Errorf("the difference is %s", diff.Body)
	}
	officer := p.As(t, "officer")
	officer.Do("GET", "/audit", nil).Want(200)
	ana.Do("GET", "/audit", nil).Want(403)
	if n, err := p.Store(t).VerifyAudit(t.Context()); err != nil || n == 0 {
		t.Errorf("the audit's chain of %d rows: %v", n, err)
	}
}

// findCase finds the open case of a kind about a target.
func findCase(t *testing.T, c *Client, kind, targetKind string, target int64) int64 {
	t.Helper()
	var queue struct {
		Items []struct {
			ID     int64
			Kind   string
			Target struct {
				Kind string
				ID   int64
			}
		}
	}
	c.Do("GET", "/moderation/queue?limit=100", nil).Want(200).Into(&queue)
	for _, k := range queue.Items {
		if k.Kind == kind && k.Target.Kind == targetKind && k.Target.ID == target {
			return k.ID
		}
	}
	t.Fatalf("no %s about %s %d is in the queue", kind, targetKind, target)
	return 0
}

func finds(c *Client, q string, practice int64) bool {
	c.T.Helper()
	var found struct {
		Items []struct {
			Kind string
			ID   int64
		}
	}
	c.Do("GET", "/search?q="+strings.ReplaceAll(q, " ", "+"), nil).Want(200).Into(&found)
	for _, h := range found.Items {
		if h.Kind == "practice" && h.ID == practice {
			return true
		}
	}
	return false
}
