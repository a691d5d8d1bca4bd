package search_test

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"praxis/internal/pgcluster/pgtest"
)

// configurations are PostgreSQL's own for the corpus's languages; it has none for the others.
var configurations = map[string]string{"en": "english", "es": "spanish", "fr": "french", "pt": "portuguese", "ru": "russian", "ar": "arabic"}

func configuration(language string) string {
	if own := configurations[language]; own != "" {
		return own
	}
	return "simple"
}

// postgres asks PostgreSQL the same: any of the words, the best 20 by ts_rank.
func (x *bench) postgres() spread {
	db, err := sql.Open("postgres", pgtest.URL(x, nil, ""))
	if err != nil {
		x.Fatal(err)
	}
	defer db.Close()
	exec := func(statement string) {
		if _, err := db.Exec(statement); err != nil {
			x.Fatalf("%s: %v", statement, err)
		}
	}
	began := time.Now()
	exec(`create table raw (id bigint, config regconfig, title text, body text)`)
	if err := x.copyIn(db); err != nil {
		x.Fatal(err)
	}
	exec(`create table documents as select id, setweight(to_tsvector(config, title), 'A') || to_tsvector(config, body) as words from raw`)
	exec(`create index on documents using gin (words)`)
	exec(`analyze documents`)
	fmt.Printf("PostgreSQL: %d documents filled and indexed in %v\n", x.documents, time.Since(began).Round(time.Second))
	took := make([]time.Duration, 0, benchQuestions)
	for i := range benchQuestions {
		text, language := x.corpus.Question(i, 1+i%4)
		began := time.Now()
		rows, err := db.Query(`select id, ts_rank(words, asked) as rank from documents, websearch_to_tsquery($1::regconfig, $2) as asked
			where words @@ asked order by rank desc, id limit 20`, configuration(language), strings.ReplaceAll(text, " ", " or "))
		if err != nil {
			x.Fatal(err)
		}
		for rows.Next() {
		}
		if err := rows.Close(); err != nil {
			x.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	s := spreadOf(took)
	fmt.Printf("%-28s p50 %6.1f ms, p95 %6.1f ms\n", "PostgreSQL, 1 to 4 words", s.p50, s.p95)
	return s
}

func (x *bench) copyIn(db *sql.DB) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	into, err := tx.Prepare("copy raw (id, config, title, body) from stdin")
	if err != nil {
		return err
	}
	for i := range x.documents {
		d := x.corpus.Document(i)
		var title, body strings.Builder
		for _, t := range d.Texts {
			to := &body
			if t.Field == "title" {
				to = &title
			}
			to.WriteString(t.Value + "\n")
		}
		if _, err := into.Exec(d.ID, configuration(d.Language), title.String(), body.String()); err != nil {
			return err
		}
	}
	if _, err := into.Exec(); err != nil {
		return err
	}
	if err := into.Close(); err != nil {
		return err
	}
	return tx.Commit()
}
