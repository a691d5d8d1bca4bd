package search

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// narrowing are the words before a colon that narrow a search, as people type them in the languages
// of the pages and of the members, with and without their accents. What stands behind an unknown one
// is looked for as words, so that nothing that somebody types is an error.
var narrowing = words(map[index.Field]string{
	index.Country:  "country país pais pays страна بلد البلد دولة الدولة 国家 ประเทศ",
	index.Language: "lang language idioma lengua langue língua lingua язык لغة اللغة 语言 ภาษา",
	index.Kind:     "kind type tipo genre вид тип نوع النوع 类型 ประเภท",
	index.Author:   "author autor autora auteur autrice автор كاتب الكاتب مؤلف 作者 ผู้เขียน",
})

// kinds are the names of what can be found.
var kinds = words(map[portal.Kind]string{
	portal.KindPractice:   "practice practices práctica practica prácticas practicas pratique pratiques prática pratica práticas практика практики ممارسة ممارسات 实践 แนวปฏิบัติ",
	portal.KindThread:     "thread threads hilo hilos fil fils discussion discussions discusión discusion tópico topico тема темы обсуждение نقاش نقاشات 讨论 กระทู้",
	portal.KindPost:       "post posts mensaje mensajes message messages mensagem mensagens сообщение сообщения مشاركة مشاركات رسالة 帖子 โพสต์",
	portal.KindCollection: "collection collections list lists colección coleccion colecciones lista listas liste listes coleção coleções подборка подборки قائمة قوائم 合集 รายการ",
	portal.KindCountry:    "country countries país pais países paises pays страна страны بلد بلدان دولة دول 国家 ประเทศ",
	portal.KindOrg:        "organization organizations organisation organización organizacion organizaciones organizações organização организация организации منظمة منظمات 组织 องค์กร",
	portal.KindMember:     "member members person people persona personas miembro miembros membre membres personne pessoa pessoas membro участник участники человек عضو أعضاء شخص 成员 สมาชิก",
})

// languages are the names of the languages that have stemmers, and Thai, in those of the pages and in their own.
var languages = words(map[string]string{
	"en": "english inglés ingles anglais inglês английский الإنجليزية الانجليزية إنجليزي 英语 อังกฤษ",
	"es": "spanish español espanol castellano espagnol espanhol испанский الإسبانية الاسبانية إسباني 西班牙语 สเปน",
	"fr": "french francés frances français francais francês французский الفرنسية فرنسي 法语 ฝรั่งเศส",
	"pt": "portuguese portugués portugues portugais português португальский البرتغالية برتغالي 葡萄牙语 โปรตุเกส",
	"ru": "russian ruso russe russo русский الروسية روسي 俄语 รัสเซีย",
	"ar": "arabic árabe arabe арабский العربية عربي 阿拉伯语 อาหรับ",
	"zh": "chinese chino chinois chinês китайский الصينية صيني 中文 汉语 จีน",
	"th": "thai tailandés tailandes thaï thaïlandais tailandês тайский التايلاندية تايلاندي 泰语 ไทย",
})

// myself are the words for whoever asks.
var myself = words(map[bool]string{true: "me myself yo mí mi moi eu mim я меня أنا انا 我 ฉัน"})

// words turns a table of names around.
func words[K comparable](names map[K]string) map[string]K {
	by := map[string]K{}
	for key, list := range names {
		for _, name := range strings.Fields(list) {
			by[name] = key
		}
	}
	return by
}

// narrowed is what a reader typed as a filter, like country:EC.
type narrowed struct {
	field index.Field
	value string // as it was typed
}

// narrows reads a filter from a part of a query. behind is what stands in quotation marks directly
// behind it, for a name of several words: país:"Costa Rica".
func narrows(text, behind string) (n narrowed, ok bool) {
	name, value, found := strings.Cut(strings.Replace(text, "：", ":", 1), ":")
	if !found {
		return n, false
	}
	field, known := narrowing[strings.ToLower(name)]
	if value == "" {
		value = behind
	}
	return narrowed{field, strings.TrimSpace(value)}, known && strings.TrimSpace(value) != ""
}

// settle makes filters of what was typed as such. What names nothing that there is becomes words
// again: the answer to "country:nowhere" is what those words find.
func (s *Service) settle(p *parsed, v portal.Viewer) []filter {
	var filters []filter
	for _, n := range p.narrow {
		if value := s.valueOf(n, v); value != "" {
			filters = append(filters, filter{n.field, value})
			continue
		}
		for _, w := range index.QueryWords(n.value) {
			if len(p.words)+len(p.must)+len(p.mustNot) < MaxWords {
				p.words = append(p.words, w)
			}
		}
	}
	p.dropStops()
	return filters
}

// valueOf is the value by which the index knows what was typed; "" when there is none.
func (s *Service) valueOf(n narrowed, v portal.Viewer) string {
	typed := strings.ToLower(n.value)
	switch n.field {
	case index.Country:
		return s.country(n.value)
	case index.Language:
		if named := languages[typed]; named != "" {
			return named
		}
		if base, err := language.ParseBase(baseLanguage(typed)); err == nil {
			return base.String()
		}
	case index.Kind:
		return string(kinds[typed])
	case index.Author:
		if myself[typed] && v.SignedIn() {
			return strconv.FormatInt(v.MemberID, 10)
		}
	}
	return ""
}

// country finds a country by its code, or by its name in any language that it has one in.
func (s *Service) country(typed string) string {
	if code := strings.ToUpper(typed); s.vocab.HasCountry(code) {
		return code
	}
	asked := plainName(typed)
	for _, c := range s.vocab.Countries() {
		for _, name := range c.Names {
			if asked != "" && plainName(name) == asked {
				return c.Code
			}
		}
	}
	return ""
}

// plainName is a name as people type it who leave out accents and capitals.
func plainName(name string) string { return strings.Join(index.Folded(name), " ") }

const maxLanguages = 20 // among which one search chooses

// LanguagesOf reads a choice of languages from an address, as in es,fr. What is none is passed over.
func LanguagesOf(text string) []string {
	var chosen []string
	for _, tag := range strings.Split(text, ",") {
		base, err := language.ParseBase(baseLanguage(strings.TrimSpace(tag)))
		if err == nil && !slices.Contains(chosen, base.String()) && len(chosen) < maxLanguages {
			chosen = append(chosen, base.String())
		}
	}
	return chosen
}

// timely are the kinds that a list without words is of: countries and organizations are nothing new, and
// would stand at its end by the hundred.
var timely = []string{string(portal.KindPractice), string(portal.KindThread), string(portal.KindPost), string(portal.KindMember), string(portal.KindCollection)}

// between are the filters that let one of several values through.
func (q Query) between(asked parsed) []index.Filter {
	var all []index.Filter
	if len(q.Languages) > 0 {
		all = append(all, index.Filter{Field: index.Language, Values: append(slices.Clone(q.Languages), "")})
	}
	byKind := slices.ContainsFunc(q.filters(), func(f filter) bool { return f.field == index.Kind && f.value != "" })
	if asked.empty() && !byKind {
		all = append(all, index.Filter{Field: index.Kind, Values: timely})
	}
	return all
}

// sound lets words find people whose names are written in another script and sound alike.
func (p *parsed) sound() {
	for i, w := range p.words {
		if len(w.Forms) > 0 {
			p.words[i].Forms = append(slices.Clone(w.Forms), index.NameForms(w.Typed)...)
		}
	}
}
