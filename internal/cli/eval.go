package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/portal"
	"praxis/internal/search"
)

// longestLine is how long a line of an evaluation's files may be, in bytes.
const longestLine = 16 << 20

type searchEvalCmd struct {
	config.Settings
	Corpus    string `type:"existingfile" help:"JSON lines with id, title, body and language, and summary where there is one; indexed in a temporary folder, without a database. Without it the portal's own content is asked."`
	As        string `placeholder:"EMAIL" help:"The member in whose sight the portal's own content is asked; a visitor's else."`
	Kind      string `placeholder:"KIND" help:"What of the portal's own content is asked for, like practice; all else."`
	Queries   string `required:"" type:"existingfile" help:"Lines of identifier and, after a tab, text."`
	Judgments string `required:"" type:"existingfile" help:"TREC's lines: query, iteration, document, relevance. Of the portal's own content a practice goes by its external key, all else by kind and number, like thread/7."`
	Compare   bool   `help:"Ask again without mending misspelt words, and tell by a randomization test whether that differs."`
	Lists     string `name:"run" placeholder:"FILE" help:"Write the lists in TREC's form: query Q0 document rank score praxis."`
}

// figure is one column of the answer.
type figure struct {
	name string
	of   func(search.EvalScore) float64
}

var figures = []figure{
	{"nDCG@10", func(s search.EvalScore) float64 { return s.NDCG }},
	{"MAP", func(s search.EvalScore) float64 { return s.AP }},
	{"recall@100", func(s search.EvalScore) float64 { return s.Recall }},
	{"first right", func(s search.EvalScore) float64 {
		if s.First {
			return 1
		}
		return 0
	}},
}

// Run asks a judged collection's questions with the portal's own analyzers and ranking.
func (c searchEvalCmd) Run(e *env) (err error) {
	queries, judged, err := c.questions()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "praxis-eval-*")
	if err != nil {
		return fmt.Errorf("make a folder for the index: %w", err)
	}
	defer os.RemoveAll(dir)
	collection, err := c.collection(e, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, collection.Close()) }()
	scores, err := search.RunEval(e.ctx, collection, queries, judged, false)
	if err != nil {
		return err
	}
	if len(scores) == 0 {
		return errors.New("none of the queries has a relevant document among the judgments: are their identifiers the same?")
	}
	out := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "setting\tdocuments\tqueries")
	for _, f := range figures {
		fmt.Fprintf(out, "\t%s", f.name)
	}
	tell(out, "as in the portal", collection.Documents(), scores)
	if c.Compare {
		exact, err := search.RunEval(e.ctx, collection, queries, judged, true)
		if err != nil {
			return err
		}
		tell(out, "words as typed", collection.Documents(), exact)
		fmt.Fprint(out, "\nby chance (p)\t\t")
		for _, f := range figures {
			fmt.Fprintf(out, "\t%.4f", search.Chance(scores, exact, f.of))
		}
	}
	fmt.Fprintln(out)
	if err := out.Flush(); err != nil {
		return err
	}
	return c.write(scores)
}

// collection indexes what is asked in a folder of its own.
func (c searchEvalCmd) collection(e *env, dir string) (search.Evaluated, error) {
	silent := slog.New(slog.DiscardHandler)
	if c.Corpus == "" {
		return c.library(e, dir, silent)
	}
	file, err := os.Open(c.Corpus)
	if err != nil {
		return nil, fmt.Errorf("open the corpus: %w", err)
	}
	defer file.Close()
	return search.NewEvaluation(dir, corpus(file), silent)
}

// library is the portal's own content; its database stays open until it is closed.
func (c searchEvalCmd) library(e *env, dir string, log *slog.Logger) (search.Evaluated, error) {
	folder(&c.Settings, "data")
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{Existing: true, AsItIs: true}, c.Logger())
	if err != nil {
		return nil, err
	}
	l, err := n.Library(e.ctx, dir, c.As, portal.Kind(c.Kind), log)
	if err != nil {
		n.Close()
		return nil, err
	}
	return ownContent{l, n}, nil
}

// ownContent closes the portal's database with its index.
type ownContent struct {
	*search.Library
	node *app.Node
}

// Close gives both back.
func (o ownContent) Close() error {
	err := o.Library.Close()
	o.node.Close()
	return err
}

func tell(out io.Writer, setting string, documents int, scores []search.EvalScore) {
	fmt.Fprintf(out, "\n%s\t%d\t%d", setting, documents, len(scores))
	for _, f := range figures {
		fmt.Fprintf(out, "\t%.4f", search.Mean(scores, f.of))
	}
}

// questions reads the queries and what was judged of them.
func (c searchEvalCmd) questions() ([]search.EvalQuery, search.Judgments, error) {
	raw, err := os.ReadFile(c.Queries)
	if err != nil {
		return nil, nil, fmt.Errorf("read the queries: %w", err)
	}
	judgments, err := os.ReadFile(c.Judgments)
	if err != nil {
		return nil, nil, fmt.Errorf("read the judgments: %w", err)
	}
	judged, err := search.ReadJudgments(strings.Lines(string(judgments)))
	return search.ReadQueries(strings.Lines(string(raw))), judged, err
}

// corpus reads the documents one by one; it need not fit into memory.
func corpus(r io.Reader) iter.Seq2[search.EvalDocument, error] {
	return func(yield func(search.EvalDocument, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, longestLine)
		for n := 1; lines.Scan(); n++ {
			if strings.TrimSpace(lines.Text()) == "" {
				continue
			}
			var d search.EvalDocument
			err := json.Unmarshal(lines.Bytes(), &d)
			if err == nil && d.ID == "" {
				err = errors.New("it has no id")
			}
			if err != nil {
				yield(d, fmt.Errorf("line %d of the corpus: %w", n, err))
				return
			}
			if !yield(d, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(search.EvalDocument{}, fmt.Errorf("read the corpus: %w", err))
		}
	}
}

// write keeps the lists for other programs that judge them.
func (c searchEvalCmd) write(scores []search.EvalScore) error {
	if c.Lists == "" {
		return nil
	}
	var text strings.Builder
	for _, s := range scores {
		for i, h := range s.Run {
			fmt.Fprintf(&text, "%s Q0 %s %d %.6f praxis\n", s.Query, h.Document, i+1, h.Score)
		}
	}
	if err := os.WriteFile(c.Lists, []byte(text.String()), 0o600); err != nil {
		return fmt.Errorf("write the lists: %w", err)
	}
	return nil
}
