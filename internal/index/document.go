package index

import (
	"strconv"
	"time"

	"github.com/blevesearch/bleve/v2/document"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"praxis/internal/portal"
)

// Field names what of a document is searched, filtered or counted.
type Field string

// The searched fields; ranks tells how each counts.
const (
	Title    Field = "title"
	Summary  Field = "summary"
	Body     Field = "body"
	Attached Field = "attached" // the text of attachments
	Tagged   Field = "tagged"   // the names of tags, in all languages
)

// The fields that narrow a search and are counted.
const (
	Kind      Field = "kind"
	Language  Field = "language"
	Country   Field = "country"
	Workspace Field = "workspace"
	Sector    Field = "sector"
	Tag       Field = "tag" // topics and substances
	Level     Field = "level"
	Evidence  Field = "evidence"
	Programme Field = "programme"
	Author    Field = "author" // those who may say "mine" of it
	Itself    Field = "_id"    // the document's own key, as Hit.Sort ends with it
)

// fields that only the index itself knows.
const (
	accessField    = "access"
	createdField   = "created"
	dueField       = "due"
	adoptionsField = "adoptions"
	edgeField      = "edge" // beginnings of the title's words
	wordField      = "word" // words as written, for the list for misspellings
)

// Text is a part of a document in one language; "" where it is unknown.
type Text struct {
	Field    Field
	Language string
	Value    string
}

// Document is what the index knows of one thing.
type Document struct {
	Kind      portal.Kind
	ID        int64
	Texts     []Text
	Access    []string // portal.Audience.Terms
	Language  string
	Country   string
	Workspace int64
	Sectors   []string
	Tags      []string
	Level     string
	Evidence  string
	Programme string
	Authors   []int64
	Created   time.Time
	Due       time.Time  // when it is to be looked at again; zero: never
	Adoptions int        // how often it was taken up
	Names     []string   // NameTerms of a person
	Thesaurus *Thesaurus // by which its concepts are recognized; nil: by none
}

// key is a document's identifier in bleve.
func key(ref portal.Ref) string { return string(ref.Kind) + "/" + strconv.FormatInt(ref.ID, 10) }

const (
	searched = bleveindex.IndexField | bleveindex.IncludeTermVectors // positions, for phrases
	counted  = bleveindex.IndexField | bleveindex.SkipFreqNorm | bleveindex.DocValues
	looked   = bleveindex.IndexField | bleveindex.SkipFreqNorm
)

// format describes everything that decides over what lies in a folder. Another format is
// another index: it is built anew beside the old one.
const format = "praxis 4: title summary body attached tagged (positions) word edge access kind language country workspace sector tag level evidence programme author created due adoptions concept (with what it is a kind of) names"

// earlier are the formats of before that this program can still answer from, while it builds an index of its
// own beside: those that only lack what has come since. Whatever reads access, filters and dates otherwise is
// not among them, for then what is counted could not be trusted; praxis 3 is none, which had its dates as
// numbers.
var earlier = []string{"praxis 4: title summary body attached tagged (positions) word edge access kind language country workspace sector tag level evidence programme author created due adoptions concept"}

// build makes bleve's document, collects its words and has its terms counted.
func (d Document) build(words map[string]bool, count *tally) *document.Document {
	doc := document.NewDocument(key(portal.Ref{Kind: d.Kind, ID: d.ID}))
	exact := func(field string, options bleveindex.FieldIndexingOptions, values ...string) {
		for i, v := range values {
			if v != "" {
				doc.AddField(document.NewTextFieldCustom(field, []uint64{uint64(i)}, []byte(v), options, nil))
			}
		}
	}
	own := map[string]bool{}
	var has [searchedFields]int64
	for i, t := range d.Texts {
		doc.AddField(document.NewTextFieldCustom(string(t.Field), []uint64{uint64(i)}, []byte(t.Value), searched, analyzer{t.Language, &count.terms[rankOf(t.Field)]}))
		has[rankOf(t.Field)] = 1
		for _, w := range PlainWords(t.Value) {
			own[w] = true
		}
		if t.Field == Title {
			exact(edgeField, looked, edges(t.Value)...)
		}
	}
	for i, term := range d.Names { // beside the words of the title, which they are worth as much as
		doc.AddField(document.NewTextFieldCustom(string(Title), []uint64{uint64(len(d.Texts) + i)}, []byte(term), searched, nil))
	}
	for i, n := range has {
		count.documents[i] += n
	}
	for w := range own {
		exact(wordField, looked, w)
		words[w] = true
	}
	exact(accessField, looked, d.Access...)
	exact(string(Kind), counted, string(d.Kind))
	exact(string(Language), counted, d.Language)
	exact(string(Country), counted, d.Country)
	exact(string(Sector), counted, d.Sectors...)
	exact(string(Tag), counted, d.Tags...)
	exact(string(Level), counted, d.Level)
	exact(string(Evidence), counted, d.Evidence)
	exact(string(Programme), counted, d.Programme)
	for _, id := range d.Authors {
		exact(string(Author), looked, strconv.FormatInt(id, 10))
	}
	if d.Workspace != 0 {
		exact(string(Workspace), counted, strconv.FormatInt(d.Workspace, 10))
	}
	exact(createdField, counted, momentTerm(d.Created))
	if !d.Due.IsZero() {
		exact(dueField, counted, momentTerm(d.Due))
	}
	if d.Adoptions > 0 {
		exact(adoptionsField, counted, strconv.Itoa(d.Adoptions))
	}
	d.addConcepts(doc)
	return doc
}
