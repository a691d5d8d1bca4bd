package index

import (
	"slices"
	"testing"
)

// TestNamesSoundAlike: the same names in three scripts meet, others do not, and a script never meets itself.
func TestNamesSoundAlike(t *testing.T) {
	meet := func(typed, name string) bool {
		terms := NameTerms(name)
		return slices.ContainsFunc(NameForms(typed), func(f string) bool { return slices.Contains(terms, f) })
	}
	for _, same := range [][]string{
		{"Mohammed", "Muhammad", "Мохаммед", "Мухаммад", "محمد"}, {"Ahmed", "Ахмед", "أحمد"}, {"Khalid", "Khaled", "Халид", "خالد"},
		{"Fatima", "Fatimah", "Фатима", "فاطمة"}, {"Yusuf", "Youssef", "Юсуф", "يوسف"}, {"Hassan", "Хасан", "حسن", "الحسن"}, {"Ali", "Али", "علي"},
		{"Mahmoud", "Махмуд", "محمود"}, {"Rashid", "Rachid", "Рашид", "رشيد"}, {"Walid", "Валид", "وليد"}, {"Anwar", "Анвар", "أنور"},
		{"Jamila", "Джамила", "جميلة"}, {"Lena", "Лена"}, {"Olga", "Ольга"}, {"Sergei", "Сергей"}, {"Shevchenko", "Шевченко"}, {"Kowalczyk", "Ковальчик"},
		{"Omar", "Умар", "عمر"}, {"Karim", "Карим", "كريم"}, {"Müller", "Мюллер"},
	} {
		for _, typed := range same {
			for _, name := range same {
				a, _ := soundsOf(typed)
				b, _ := soundsOf(name)
				if got := meet(typed, name); got != (a != b) {
					t.Errorf("%s finds %s: %v (%q, %q)", typed, name, got, NameForms(typed), NameTerms(name))
				}
			}
		}
	}
	for _, other := range [][2]string{{"Karim", "كمال"}, {"Omar", "Игорь"}, {"Olga", "Елена"}, {"Ivan", "Борис"}, {"Khalid", "محمد"}, {"Lena", "Нина"}, {"x", "х"}, {"", "Али"}, {"芬太尼", "محمد"}} {
		if meet(other[0], other[1]) {
			t.Errorf("%s finds %s", other[0], other[1])
		}
	}
}

// FuzzNames: whatever is a name, its terms are bounded and never what a text has.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"Мохаммед", "محمد", "O'Neill-Жанна", "وو", "\xff", "ИИИ"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, term := range append(NameTerms(name), NameForms(name)...) {
			if len(term) > len(name)*3+8 || term[:len(soundMark)] != soundMark {
				t.Errorf("%q has the term %q", name, term)
			}
		}
	})
}
