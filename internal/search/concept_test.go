package search_test

import (
	"slices"
	"testing"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

// concept writes a concept, with its event; names are pairs of a language and a name.
func (w *world) concept(k portal.Concept, names ...string) portal.Concept {
	w.t.Helper()
	k.Names = nil
	for i := 0; i < len(names); i += 2 {
		k.Names = append(k.Names, portal.ConceptName{Language: names[i], Name: names[i+1]})
	}
	w.tx(func(tx *postgres.Tx) (err error) {
		if k.ID == 0 {
			k.ID, err = tx.InsertConcept(ctx, k)
			k.Version = 1
		} else {
			err = tx.UpdateConcept(ctx, k)
			k.Version++
		}
		if err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.ThesaurusTopic, portal.ThesaurusChanged, portal.Ref{Kind: portal.KindConcept, ID: k.ID}, 0, 0))
	})
	return k
}

// reread leads the index on and reads again what the thesaurus' edits concern.
func (w *world) reread() {
	w.t.Helper()
	w.relay()
	if err := w.indexer.Reread(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// speaks gives the world a small thesaurus.
func (w *world) speaks() (fentanyl portal.Concept) {
	w.concept(portal.Concept{Key: "opioids"}, "en", "opioids", "es", "opioides", "ru", "опиоиды")
	fentanyl = w.concept(portal.Concept{Key: "fentanyl", Broader: "opioids"}, "en", "fentanyl", "es", "fentanilo", "ru", "фентанил", "ar", "الفنتانيل", "zh", "芬太尼", "th", "เฟนทานิล")
	w.concept(portal.Concept{Key: "drug_checking"}, "en", "drug checking", "es", "análisis de sustancias", "pt", "testagem de drogas")
	w.reread()
	return fentanyl
}

func (w *world) says(language, title, summary string) string {
	return ref("practice", w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: title, Summary: summary, Language: language}}, portal.Published))
}

// A question by one name finds what has another, in any language, below what has the name itself. Kinds of
// what is meant count, what it is a kind of does not.
func TestMeaningIsFound(t *testing.T) {
	w := newWorld(t)
	w.speaks()
	es := w.says("es", "Respuesta al fentanilo", "Un equipo móvil")
	ru := w.says("ru", "Борьба с фентанилом", "Группа")
	ar := w.says("ar", "مواجهة الفنتانيل", "فريق")
	zh := w.says("zh", "应对芬太尼危机", "队伍")
	th := w.says("th", "รับมือเฟนทานิล", "ทีม")
	en := w.says("en", "A response to fentanyl", "A mobile team")
	broad := w.says("en", "A response to opioids", "A mobile team")
	w.relay()
	all := []string{es, ru, ar, zh, th, en}
	for typed, literal := range map[string]string{"fentanilo": es, "фентанилом": ru, "الفنتانيل": ar, "芬太尼": zh, "เฟนทานิล": th, "Fentanyl": en} {
		got := w.found(portal.Viewer{}, search.Query{Text: typed})
		if len(got) == 0 || got[0] != literal {
			t.Errorf("%s finds %v; the one in its own word, %s, is not the first", typed, got, literal)
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(all))
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", typed, got, want)
		}
	}
	if got := w.found(portal.Viewer{}, search.Query{Text: "opioides"}); len(got) != 7 || got[0] != broad {
		t.Errorf("the broader name finds %v, want all, and first what is about it: %s", got, broad)
	}
	for _, literal := range []string{"+fentanilo", `"fentanilo"`} {
		if got := w.found(portal.Viewer{}, search.Query{Text: literal}); !slices.Equal(got, []string{es}) {
			t.Errorf("%s finds %v, want only the word: %s", literal, got, es)
		}
	}
	if got := w.found(portal.Viewer{}, search.Query{Text: "fentanilo", Exact: true}); !slices.Equal(got, []string{es}) {
		t.Errorf("the exact word finds %v", got)
	}
	if got := w.found(portal.Viewer{}, search.Query{Text: "fentanilo -team"}); slices.Contains(got, en) || !slices.Contains(got, ru) {
		t.Errorf("without team it finds %v", got)
	}
	if r := w.find(portal.Viewer{}, search.Query{Text: "fentanilo", Language: "ru"}); r.Total != 1 || len(r.Facets["language"]) < 6 {
		t.Errorf("narrowed to Russian there are %d, and counted languages %v", r.Total, r.Facets["language"])
	}
}

// A name of several words is understood as one; whoever answers all of the question comes before whoever
// answers a part.
func TestMeaningOfSeveralWords(t *testing.T) {
	w := newWorld(t)
	w.speaks()
	lisbon := w.says("pt", "Testagem de drogas em Lisboa", "Serviço")
	other := w.says("pt", "Testagem de drogas", "Serviço")
	half := w.says("en", "Checking passports", "At the border")
	w.relay()
	got := w.found(portal.Viewer{}, search.Query{Text: "drug checking lisboa"})
	if !slices.Equal(got, []string{lisbon, other, half}) && !slices.Equal(got, []string{lisbon, half, other}) {
		t.Errorf("it finds %v, want first %s, then %s and %s", got, lisbon, other, half)
	}
	if got[0] != lisbon {
		t.Errorf("the first is %s", got[0])
	}
}

// The reader is told what was understood, and shown the other name in the passage.
func TestMeaningIsTold(t *testing.T) {
	w := newWorld(t)
	w.speaks()
	w.says("ru", "Мобильная группа", "Группа приезжает к людям. Она выявляет фентанил в порошках.")
	w.relay()
	r := w.find(portal.Viewer{}, search.Query{Text: "fentanilo", Locale: "en"})
	if len(r.Meanings) != 1 || r.Meanings[0].Typed != "fentanilo" || r.Meanings[0].Key != "fentanyl" || len(r.Meanings[0].Names) != 4 ||
		r.Meanings[0].Names[0] != (index.ConceptName{Language: "en", Text: "fentanyl"}) {
		t.Errorf("told: %+v", r.Meanings)
	}
	marked := []string{}
	for _, p := range r.Hits[0].Snippet {
		if p.Match {
			marked = append(marked, p.Text)
		}
	}
	if !slices.Equal(marked, []string{"фентанил"}) || len(r.Replaced) != 0 {
		t.Errorf("marked are %q in %+v, replaced %v", marked, r.Hits[0].Snippet, r.Replaced)
	}
	if r := w.find(portal.Viewer{}, search.Query{Text: "fentanilo", Exact: true}); len(r.Meanings) != 0 {
		t.Errorf("the exact word means %+v", r.Meanings)
	}
}

// A name in an attachment is found and shown by another name, with its file and page.
func TestMeaningInAttachments(t *testing.T) {
	w := newWorld(t)
	w.speaks()
	id := w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Laboratorio", Summary: "Muestras.", Language: "es"}}, portal.Published)
	w.tx(func(tx *postgres.Tx) error {
		a, err := tx.InsertAttachment(ctx, postgres.Attachment{PracticeID: id, UploadedBy: w.members[1], Name: "informe.pdf", MediaType: "application/pdf", Size: 9, SHA256: make([]byte, 32)})
		if err != nil {
			return err
		}
		if err := tx.SetAttachmentText(ctx, a, "read", "", []int64{1, 2}, []string{"Portada.", "Se encontró fentanilo en dos muestras."}); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.PracticeTopic(id), portal.AttachmentChanged, portal.Ref{Kind: portal.KindAttachment, ID: a}, 0, id))
	})
	w.relay()
	r := w.find(portal.Viewer{}, search.Query{Text: "фентанил"})
	if len(r.Hits) != 1 || r.Hits[0].AttachmentName != "informe.pdf" || r.Hits[0].AttachmentPage != 2 || render(r.Hits[0].Snippet) != "Se encontró [fentanilo] en dos muestras." {
		t.Errorf("%+v", r.Hits)
	}
}

// Nobody finds by a meaning what she may not see, nor learns of it by a count.
func TestMeaningObeysAccess(t *testing.T) {
	w := newWorld(t)
	w.speaks()
	thread := w.thread(portal.Thread{Title: "Among us", Audience: portal.Audience{Handling: portal.Red, Named: []int64{w.members[2]}}})
	post := ref("post", w.post(thread, w.members[1], "The powder was fentanyl."))
	w.relay()
	for member, sees := range map[int]bool{1: true, 2: true, 3: false, 0: false} {
		r := w.find(w.viewer(member, w.rooms...), search.Query{Text: "фентанил"})
		if got := slices.ContainsFunc(r.Hits, func(h search.Hit) bool { return ref(string(h.Kind), h.ID) == post }); got != sees || !sees && (r.Total != 0 || len(r.Facets["kind"]) != 0) {
			t.Errorf("member %d: %d found, counted %v; she sees it: %v", member, r.Total, r.Facets["kind"], sees)
		}
	}
}

// An edit of the thesaurus works without a new index, for what is there already: a new name, a name taken
// away, a concept removed. What has to be read again survives a restart.
func TestEditedThesaurus(t *testing.T) {
	w := newWorld(t)
	fentanyl := w.speaks()
	china := w.says("en", "China white on the street", "Powder")
	plain := w.says("en", "A response to fentanyl", "A team")
	w.relay()
	if got := w.found(portal.Viewer{}, search.Query{Text: "fentanilo"}); !slices.Equal(got, []string{plain}) {
		t.Fatalf("before it finds %v", got)
	}
	fentanyl = w.concept(fentanyl, "en", "china white", "es", "fentanilo")
	w.relay()
	if live, _ := w.ix.Live(); !slices.Equal(live.Concepts, []int64{fentanyl.ID}) {
		t.Errorf("to be read again by: %v", live.Concepts)
	}
	dir := w.ix.Dir()
	if err := w.ix.Close(); err != nil {
		t.Fatal(err)
	}
	w.start(dir)
	w.reread()
	if got := w.found(portal.Viewer{}, search.Query{Text: "fentanilo"}); !slices.Equal(got, []string{china}) {
		t.Errorf("after the edit it finds %v, want %s", got, china)
	}
	if live, _ := w.ix.Live(); len(live.Concepts) != 0 {
		t.Errorf("still to be read again: %v", live.Concepts)
	}
	if got := w.found(portal.Viewer{}, search.Query{Text: "opioides"}); !slices.Equal(got, []string{china}) {
		t.Errorf("as a kind of opioids it is found as %v", got)
	}
	fentanyl.Broader = ""
	fentanyl = w.concept(fentanyl, "en", "china white", "es", "fentanilo")
	w.reread()
	if got := w.found(portal.Viewer{}, search.Query{Text: "opioides"}); len(got) != 0 {
		t.Errorf("as no kind of opioids it is found as %v", got)
	}
	w.tx(func(tx *postgres.Tx) error {
		if err := tx.RemoveConcept(ctx, fentanyl); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.ThesaurusTopic, portal.ThesaurusChanged, portal.Ref{Kind: portal.KindConcept, ID: fentanyl.ID}, 0, 0))
	})
	w.reread()
	for _, typed := range []string{"fentanilo"} {
		if got := w.found(portal.Viewer{}, search.Query{Text: typed}); slices.Contains(got, china) {
			t.Errorf("once it is removed, %s finds %v", typed, got)
		}
	}
}

// Another name is no misspelling: what the thesaurus knows is not replaced, and what was replaced is
// understood.
func TestMeaningAndSpelling(t *testing.T) {
	w := newWorld(t)
	w.speaks()
	w.says("ru", "Борьба с фентанилом", "Группа")
	w.says("en", "Fentanyls", "fentanyl fentanila")
	w.relay()
	if r := w.find(portal.Viewer{}, search.Query{Text: "fentanilo"}); len(r.Replaced) != 0 || r.Total != 2 {
		t.Errorf("%d found, replaced %v", r.Total, r.Replaced)
	}
	if r := w.find(portal.Viewer{}, search.Query{Text: "fentanyk"}); len(r.Replaced) != 1 || len(r.Meanings) != 1 || r.Total != 2 {
		t.Errorf("%d found, replaced %v, meant %v", r.Total, r.Replaced, r.Meanings)
	}
}

// From the second letter on concepts are suggested, by whatever name.
func TestConceptsAreSuggested(t *testing.T) {
	w := newWorld(t)
	w.speaks()
	for typed, want := range map[string]string{"fenta": "fentanyl", "фен": "фентанил", "芬太": "芬太尼", "análisis sus": "análisis de sustancias", "f": "", "anal": "análisis de sustancias"} {
		list, err := w.service.Suggest(ctx, portal.Viewer{}, typed, 10)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range list {
			if s.List == "thesaurus" {
				got = s.Text
			}
		}
		if got != want {
			t.Errorf("%s suggests %q, want %q", typed, got, want)
		}
	}
}
