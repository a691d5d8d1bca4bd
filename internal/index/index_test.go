package index_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// live makes an index in use with the documents.
func live(t *testing.T, documents ...index.Document) *index.Index {
	t.Helper()
	dir := t.TempDir()
	x, err := index.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	f, err := index.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Apply(index.Batch{Put: documents, State: &index.State{Position: 7, Complete: true}}); err != nil {
		t.Fatal(err)
	}
	if err := x.Swap(f); err != nil {
		t.Fatal(err)
	}
	return x
}

func doc(id int64, language, title, body string) index.Document {
	return index.Document{Kind: portal.KindPractice, ID: id, Language: language, Access: []string{"all"},
		Created: time.UnixMilli(1_700_000_000_000 + id), Country: "EC",
		Texts: []index.Text{{Field: index.Title, Language: language, Value: title}, {Field: index.Body, Language: language, Value: body}}}
}

func find(t *testing.T, x *index.Index, r index.Request) []int64 {
	t.Helper()
	if r.Access == nil {
		r.Access = []string{"all"}
	}
	if r.Limit == 0 {
		r.Limit = 20
	}
	answer, err := x.Search(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	ids := []int64{}
	for _, h := range answer.Hits {
		ids = append(ids, h.Ref.ID)
	}
	if answer.Total != len(ids) {
		t.Errorf("total %d for %d hits", answer.Total, len(ids))
	}
	return ids
}

// TestEveryLanguage asks in each language as people type: other endings, without accents, in
// other widths, parts of words in scripts without spaces.
func TestEveryLanguage(t *testing.T) {
	x := live(t,
		doc(1, "en", "Overdoses in prisons", "Officers were trained to reverse poisonings; a naïve approach failed."),
		doc(2, "es", "Prevención de sobredosis", "Las niñas y los jóvenes recibieron capacitaciones sobre sustancias sintéticas."),
		doc(3, "fr", "L’état des saisies", "Les douaniers ont intercepté des précurseurs chimiques à l'aéroport."),
		doc(4, "pt-BR", "Gestões de fronteira", "As apreensões de fentanil aumentaram nas alfândegas."),
		doc(5, "ru", "Обучение таможенников", "Ещё одна ёлка: сотрудники изъяли синтетические наркотики."),
		doc(6, "ar", "الوقاية من المخدرات", "تدريب الضباط على كشف المخدرات الاصطناعية في المطارات."),
		doc(7, "zh", "芬太尼前体管制", "海关人员接受培训，识别新型合成毒品。"),
		doc(8, "ja", "薬物乱用防止", "合成ドラッグの検査キットを配布した。"),
		doc(9, "th", "การป้องกันยาเสพติดในโรงเรียน", "ครูได้รับการอบรมเรื่องสารสังเคราะห์"),
		doc(10, "ko", "마약류 관리", "세관 직원 교육"),
		doc(11, "lo", "ການປ້ອງກັນຢາເສບຕິດ", "ໂຮງຮຽນ"),
		doc(12, "km", "ការបង្ការគ្រឿងញៀន", "សាលារៀន"),
		doc(13, "my", "မူးယစ်ဆေးဝါးကာကွယ်ရေး", "ကျောင်း"),
		doc(14, "de", "Drogenprüfung am Zoll", "Straßenkontrollen wurden verstärkt."),
		doc(15, "uk", "Навчання митників", "Синтетичні наркотики вилучено."),
		doc(16, "fa", "پیشگیری از مواد مخدر", "آموزش مأموران گمرک"),
	)
	for _, c := range []struct {
		typed string
		want  int64
	}{
		{"overdose prison", 1}, {"naive", 1}, {"training officers", 1},
		{"prevencion", 2}, {"nina", 2}, {"ninas", 2}, {"niña", 2}, {"sustancia sintética", 2}, {"capacitacion", 2},
		{"etat", 3}, {"état", 3}, {"précurseur", 3}, {"precurseurs", 3}, {"aeroport", 3},
		{"gestoes", 4}, {"gestões", 4}, {"gestão", 4}, {"apreensão", 4},
		{"таможенник", 5}, {"елка", 5}, {"ёлки", 5}, {"синтетических наркотиков", 5},
		{"مخدرات", 6}, {"تَدْرِيب", 6}, {"الضباط", 6},
		{"芬太尼", 7}, {"合成毒品", 7}, {"海关", 7},
		{"ﾄﾞﾗｯｸﾞ", 8}, {"検査キット", 8},
		{"ยาเสพติด", 9}, {"โรงเรียน", 9}, {"ยา", 9},
		{"마약류", 10}, {"ຢາເສບຕິດ", 11}, {"គ្រឿងញៀន", 12}, {"ဆေးဝါး", 13},
		{"strassenkontrollen", 14}, {"drogenprufung", 14}, {"ＺＯＬＬ", 14},
		{"митників", 15}, {"گمرک", 16},
	} {
		t.Run(c.typed, func(t *testing.T) {
			got := find(t, x, index.Request{Words: index.QueryWords(c.typed)})
			if len(got) == 0 || got[0] != c.want {
				t.Errorf("found %v, want %d first", got, c.want)
			}
		})
	}
}

func TestPhrases(t *testing.T) {
	x := live(t,
		doc(1, "en", "War on drugs", "A new policy for harm reduction was written."),
		doc(2, "en", "Drugs and war", "Reduction of the harm."),
		doc(3, "zh", "前体管制", "合成毒品的前体"),
		doc(4, "th", "ห้ามยาเสพติด", "ยา"),
		doc(5, "es", "Política", "La reducción de daños en las cárceles."),
	)
	for typed, want := range map[string][]int64{
		"harm reduction": {1}, "war on drugs": {1}, "reducción de daños": {5}, "reduccion de danos": {5},
		"合成毒品": {3}, "ยาเสพติด": {4}, "no such thing": {},
	} {
		w, ok := index.QueryPhrase(typed)
		if !ok {
			t.Errorf("%q is no phrase", typed)
		}
		if got := find(t, x, index.Request{Must: []index.Word{w}}); !slices.Equal(got, want) {
			t.Errorf("%q found %v, want %v", typed, got, want)
		}
	}
	if w, ok := index.QueryPhrase(`the of "" !`); ok {
		t.Errorf("nothing but small words is a phrase: %+v", w)
	}
}

func TestMatchingMoreIsBetterButNothingIsRequired(t *testing.T) {
	x := live(t, doc(1, "en", "Naloxone", "kits"), doc(2, "en", "Naloxone for prisons", "kits"), doc(3, "en", "Prisons", "walls"))
	got := find(t, x, index.Request{Words: index.QueryWords("naloxone prisons")})
	if len(got) != 3 || got[0] != 2 {
		t.Errorf("found %v, want all three, 2 first", got)
	}
	got = find(t, x, index.Request{Must: index.QueryWords("prisons"), MustNot: index.QueryWords("naloxone")})
	if !slices.Equal(got, []int64{3}) {
		t.Errorf("found %v, want 3", got)
	}
	if got = find(t, x, index.Request{Must: index.QueryWords("absent"), Words: index.QueryWords("naloxone")}); len(got) != 0 {
		t.Errorf("a required word that nothing has found %v", got)
	}
}

func TestAccessFiltersHitsTotalsAndFacets(t *testing.T) {
	secret := doc(2, "en", "Secret naloxone", "kits")
	secret.Access, secret.Country = []string{"m:5"}, "TH"
	x := live(t, doc(1, "en", "Naloxone", "kits"), secret)
	for _, c := range []struct {
		access []string
		want   int
	}{{[]string{"all"}, 1}, {[]string{"all", "members", "m:5"}, 2}, {[]string{"m:50"}, 0}, {[]string{}, 0}} {
		for _, words := range [][]index.Word{index.QueryWords("naloxone"), nil} {
			answer, err := x.Search(context.Background(), index.Request{Words: words, Access: c.access, Facets: []index.Field{index.Country}, Limit: 9})
			if err != nil {
				t.Fatal(err)
			}
			sum := 0
			for _, f := range answer.Facets[index.Country] {
				sum += f.Count
			}
			if answer.Total != c.want || len(answer.Hits) != c.want || sum != c.want {
				t.Errorf("%v: total %d, hits %d, countries %d; want %d", c.access, answer.Total, len(answer.Hits), sum, c.want)
			}
		}
	}
	if n, err := x.Count(context.Background(), "secret", []string{"all"}); n != 0 || err != nil {
		t.Errorf("a word of a secret document counts %d, %v", n, err)
	}
}

func TestCursorsWalkTheWholeListOnce(t *testing.T) {
	var documents []index.Document
	for i := range int64(25) {
		d := doc(i+1, "en", "Naloxone kits", "the same")
		d.Created = time.UnixMilli(1_700_000_000_000 + i/5) // ties
		documents = append(documents, d)
	}
	x := live(t, documents...)
	for _, newest := range []bool{true, false} {
		seen := map[int64]bool{}
		r := index.Request{Words: index.QueryWords("naloxone"), Access: []string{"all"}, Newest: newest, Limit: 4}
		for range 10 {
			answer, err := x.Search(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range answer.Hits {
				if seen[h.Ref.ID] {
					t.Errorf("newest %v: %d came twice", newest, h.Ref.ID)
				}
				seen[h.Ref.ID] = true
				r.After = h.Sort
			}
		}
		if len(seen) != 25 {
			t.Errorf("newest %v: %d of 25 came", newest, len(seen))
		}
	}
}

func TestFoldersAreExchangedAndDamagedOnesMovedAside(t *testing.T) {
	x := live(t, doc(1, "en", "Old", ""))
	f, err := index.Create(x.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Apply(index.Batch{Put: []index.Document{doc(2, "en", "New", "")}, State: &index.State{Position: 9, Complete: true}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Publish(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	fresh, err := x.Published()
	if err != nil || fresh == nil {
		t.Fatalf("the new index is not seen: %v, %v", fresh, err)
	}
	if err := x.Swap(fresh); err != nil {
		t.Fatal(err)
	}
	if got := find(t, x, index.Request{Words: index.QueryWords("new old")}); !slices.Equal(got, []int64{2}) {
		t.Errorf("after the exchange found %v", got)
	}
	if again, err := x.Published(); again != nil || err != nil {
		t.Errorf("the index in use is offered again: %v, %v", again, err)
	}
}

func TestOpenAfterDamage(t *testing.T) {
	damage := map[string]func(path string) error{
		"no bolt": func(p string) error { return os.Remove(filepath.Join(p, "bleve", "store", "root.bolt")) },
		"garbage bolt": func(p string) error {
			return os.WriteFile(filepath.Join(p, "bleve", "store", "root.bolt"), []byte("x"), 0o600)
		},
		"no meta":       func(p string) error { return os.Remove(filepath.Join(p, "bleve", "index_meta.json")) },
		"nothing there": os.RemoveAll,
	}
	for name, spoil := range damage {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			f, err := index.Create(dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Apply(index.Batch{Put: []index.Document{doc(1, "en", "Old", "")}, State: &index.State{Complete: true}}); err != nil {
				t.Fatal(err)
			}
			if err := f.Publish(); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			current, err := os.ReadFile(filepath.Join(dir, "CURRENT"))
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(filepath.Join(dir, string(current[:len(current)-1]))); err != nil {
				t.Fatal(err)
			}
			x, err := index.Open(dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if _, ok := x.Live(); ok {
				t.Error("a damaged index is in use")
			}
		})
	}
}

func TestOnlyOneNodeUsesAFolder(t *testing.T) {
	x := live(t)
	if second, err := index.Open(x.Dir(), nil); err == nil {
		second.Close()
		t.Error("a second node opened the folder")
	}
}
