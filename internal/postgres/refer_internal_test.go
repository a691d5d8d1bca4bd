package postgres

import (
	"fmt"
	"testing"

	"github.com/lib/pq"
)

// A server tells in its administrator's language what refers to what.
func TestServersOfAnyLanguageAreUnderstood(t *testing.T) {
	for _, c := range []struct {
		message, detail string
		none            bool
	}{
		{`insert or update on table "posts" violates foreign key constraint "posts_thread_id_fkey"`, `Key (thread_id)=(5) is not present in table "threads".`, true},
		{`inserción o actualización en la tabla «posts» viola la llave foránea «posts_thread_id_fkey»`, `La llave (thread_id)=(5) no está presente en la tabla «threads».`, true},
		{`update o delete en «threads» viola la llave foránea «posts_thread_id_fkey» en la tabla «posts»`, `La llave (id)=(5) todavía es referida desde la tabla «posts».`, false},
		{`Aktualisieren oder Löschen in Tabelle »posts« verletzt Fremdschlüssel-Constraint »posts_answer_in_thread« von Tabelle »posts«`, `Auf Schlüssel (thread_id, id)=(5, 7) wird noch aus Tabelle »posts« verwiesen.`, false},
		{`テーブル"members"への挿入、更新は外部キー制約"members_country_fkey"に違反しています`, `テーブル"countries"にキー(country)=(XX)が存在しません`, true},
		{`テーブル"countries"の更新または削除は、テーブル"members"の外部キー制約"members_country_fkey"に違反します`, `キー(code)=(XX)はまだテーブル"members"から参照されています`, false},
	} {
		err := fmt.Errorf("do: %w", &pq.Error{Code: "23503", Message: c.message, Detail: c.detail})
		if got := refersToNone(err); got != c.none {
			t.Errorf("%s %s: refers to none: %v, want %v", c.message, c.detail, got, c.none)
		}
	}
}
