package storytest

import (
	"os"
	"strings"
	"testing"
)

// A report, a file, a reading list and a profile are flagged over the API, hidden by those who decide, and
// gone for all others at once: lists, bytes, counts, the directory, the search. Officers hear of each live.
func TestAnythingIsFlagged(t *testing.T) {
	p := Start(t, nil)
	officer, moderator, ana, somchai, lena := p.As(t, "officer"), p.As(t, "moderator"), p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "lena")
	watching := Dial(officer)
	watching.subscribe("moderation", 0)
	pdf, err := os.ReadFile("../extract/testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	practice := ana.Do("POST", "/practices", map[string]any{"title": "Con informe y archivo", "workspace_id": 1, "summary": "Resumen.", "sectors": []string{"customs"},
		"handling": "green", "sections": map[string]string{"problem": "a", "steps": "b", "results": "c"}}).Want(201).Thing()
	path := "/practices/" + itoa(practice.ID)
	file := ana.upload(path+"/attachments", "testigo.pdf", pdf).Want(201).Thing()
	ana.Do("POST", path+"/submit", nil).Want(200)
	moderator.Do("POST", path+"/approve", nil).Want(200)
	report := lena.Do("POST", path+"/adoptions", map[string]any{"result": "failed", "country": "AT", "note": "Nurse Huber."}).Want(201).Thing()
	list := moderator.Do("POST", "/collections", map[string]any{"title": "Primeros pasos", "introduction": "Ask Huber.", "workspace_id": 1, "handling": "green"}).Want(201).Thing()
	lena.Do("PATCH", "/me", map[string]any{"bio": "Zwetschkenkern", "sharing": map[string]bool{"bio": true}}).Want(200)
	her := idOf(t, lena)
	found := func(q string) bool {
		var hits struct {
			Items []struct{ Title, Attachment string }
		}
		somchai.Do("GET", "/search?q="+q, nil).Want(200).Into(&hits)
		for _, hit := range hits.Items {
			if hit.Attachment == "testigo.pdf" || strings.HasPrefix(hit.Title, "Lena") {
				return true
			}
		}
		return false
	}
	Eventually(t, "the profile and the file's text are searchable", func() bool {
		return found("Zwetschkenkern&kind=member") && found("lecciones+puerto+Guayaquil&kind=practice&sort=newest")
	})
	gone := map[string]func() bool{
		"adoption": func() bool {
			a := string(somchai.Do("GET", path, nil).Want(200).Body) + string(somchai.Do("GET", path+"/adoptions", nil).Want(200).Body)
			return !strings.Contains(a, "Huber") && strings.Contains(a, `"failed":0`)
		},
		"attachment": func() bool {
			somchai.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(404)
			return !strings.Contains(string(somchai.Do("GET", path, nil).Body), "testigo.pdf") && !found("lecciones+puerto+Guayaquil&kind=practice&sort=newest")
		},
		"collection": func() bool {
			somchai.Do("GET", "/collections/"+itoa(list.ID), nil).Want(404)
			return !strings.Contains(string(somchai.Do("GET", "/collections", nil).Body), "Primeros pasos")
		},
		"member": func() bool {
			return !strings.Contains(string(somchai.Do("GET", "/members/"+itoa(her), nil).Want(200).Body), "Zwetschkenkern") && !found("Zwetschkenkern&kind=member")
		},
	}
	for kind, id := range map[string]int64{"adoption": report.ID, "attachment": file.ID, "collection": list.ID, "member": her} {
		somchai.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": kind, "id": id}, "reason": "names_a_person", "note": "A name."}).Want(201)
		for m := watching.until("event", "moderation"); m.Type != "case.opened" || m.Data["target"].(map[string]any)["kind"] != kind; {
			m = watching.until("event", "moderation")
		}
		at := "/moderation/cases/" + itoa(findCase(t, officer, "flag", kind, id))
		if kind == "member" || kind == "collection" { // its own maker's, and no moderator's
			moderator.Do("POST", at+"/actions", map[string]any{"action": "hide"}).Want(403, 404)
		}
		officer.Do("POST", at+"/actions", map[string]any{"action": "relabel", "handling": "amber"}).Want(422)
		officer.Do("POST", at+"/actions", map[string]any{"action": "hide", "note": "No names."}).Want(201)
		Eventually(t, "the hidden "+kind+" is gone", gone[kind])
		if kind != "member" { // who is still there
			somchai.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": kind, "id": id}, "reason": "other"}).Want(404)
		}
		officer.Do("POST", at+"/undo", nil).Want(200)
		officer.Do("POST", at+"/actions", map[string]any{"action": "keep"}).Want(201)
	}
}

// A red thing is passed on to an officer who is named with it, by the API too.
func TestRedCaseNamesAnOfficer(t *testing.T) {
	p := Start(t, nil)
	moderator, ana, officer := p.As(t, "moderator"), p.As(t, "ana"), p.As(t, "officer")
	red := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Solo para dos", "body": "Un nombre.", "handling": "red", "named": []int64{idOf(t, moderator)}}).Want(201).Thing()
	moderator.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": "thread", "id": red.ID}, "reason": "other"}).Want(201)
	at := "/moderation/cases/" + itoa(findCase(t, moderator, "flag", "thread", red.ID))
	officer.Do("GET", at, nil).Want(404)
	if a := moderator.Do("POST", at+"/actions", map[string]any{"action": "escalate"}).Want(422); !strings.Contains(string(a.Body), `"officer"`) {
		t.Errorf("it is refused with %s", a.Body)
	}
	moderator.Do("POST", at+"/actions", map[string]any{"action": "escalate", "officer": idOf(t, officer)}).Want(201)
	officer.Do("GET", at, nil).Want(200)
	Eventually(t, "the officer is told", func() bool {
		return strings.Contains(string(officer.Do("GET", "/notifications", nil).Body), `"case_id":`+strings.TrimPrefix(at, "/moderation/cases/"))
	})

	// What was handed in, too; whoever it was passed on to decides.
	p1 := ana.Do("POST", "/practices", map[string]any{"title": "Rojo", "workspace_id": 1, "summary": "Resumen.", "sectors": []string{"customs"}, "handling": "red",
		"named": []int64{idOf(t, moderator)}, "sections": map[string]string{"problem": "a", "steps": "b", "results": "c"}}).Want(201).Thing()
	ana.Do("POST", "/practices/"+itoa(p1.ID)+"/submit", nil).Want(200)
	at = "/moderation/cases/" + itoa(findCase(t, moderator, "submission", "practice", p1.ID)) + "/actions"
	officer.Do("POST", at, map[string]any{"action": "approve"}).Want(404)
	moderator.Do("POST", at, map[string]any{"action": "escalate", "officer": idOf(t, ana)}).Want(422)
	moderator.Do("POST", at, map[string]any{"action": "escalate", "officer": idOf(t, officer)}).Want(201)
	officer.Do("POST", at, map[string]any{"action": "approve"}).Want(201)
}
