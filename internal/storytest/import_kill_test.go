package storytest

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/postgres"
)

// insideOf opens the private database of a data folder as its owner.
func insideOf(t testing.TB, dir string) *sql.DB {
	t.Helper()
	db, err := postgres.Open("host="+filepath.Join(dir, "postgres")+" port=5432 user=praxis dbname=praxis sslmode=disable", postgres.Options{Owner: true, PoolSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db.Raw()
}

func number(t testing.TB, db *sql.DB, query string, args ...any) (n int64) {
	t.Helper()
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// importList writes a file of so many practices, whole and published, some kilobytes each.
func importList(t testing.TB, practices int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "list.jsonl")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	words := strings.Repeat("The order is signed by the Health Board and countersigned by the customs director. ", 3)
	var sections []string
	for _, key := range []string{"problem", "objectives", "target_group", "actors", "steps", "resources", "results", "barriers", "lessons", "transferability"} {
		sections = append(sections, fmt.Sprintf("%q:%q", key, words))
	}
	for n := range practices {
		files := ""
		if n == 0 {
			files = `"attachments":["decree.txt"],`
		}
		if _, err := fmt.Fprintf(f, `{"key":"list-%d","workspace":"1","title":"Practice %d of a list","summary":"What it is.","language":"en","country":"EE","sectors":["health"],"topics":["data_sharing"],"handling":"green","status":"published",%s"sections":{%s}}`+"\n",
			n, n, files, strings.Join(sections, ",")); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

// importFiles writes the archive beside importList's file.
func importFiles(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("decree.txt")
	if err == nil {
		_, err = f.Write([]byte("The decree."))
	}
	if err == nil {
		err = z.Close()
	}
	name := filepath.Join(t.TempDir(), "files.zip")
	if err == nil {
		err = os.WriteFile(name, b.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// An import that is killed in its middle leaves nothing, and the next one brings everything.
func TestKilledImportLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := demoFolder(t)
	launch(t, "demo", "--data-dir", dir)
	db := insideOf(t, dir)
	const practices = 2500
	args := []string{"practice", "import", importList(t, practices), "--attachments", importFiles(t), "--data-dir", dir}
	const drawn, there = `select last_value from practices_id_seq`, `select (select count(*) from practices where external_key like 'list-%') + (select count(*) from attachments where name = 'decree.txt')`
	before := number(t, db, drawn)
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	Eventually(t, "the import is in its middle", func() bool { return number(t, db, drawn) > before+500 })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the import was done before it was killed")
	}
	Eventually(t, "the server has noticed", func() bool {
		return number(t, db, `select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory' and a.state <> 'idle' and a.query not like '%pg_locks%'`) == 0
	})
	if n := number(t, db, there); n != 0 {
		t.Fatalf("%d of a killed import are there", n)
	}
	if n := number(t, db, `select count(*) from audit where action in ('practice.import', 'attachment.import')`); n != 0 {
		t.Errorf("the audit tells of %d", n)
	}
	if out, code := command(t, args...); code != 0 || !strings.Contains(out, fmt.Sprintf("%d new, 0 changed, 0 the same", practices)) || !strings.Contains(out, "with 1 file") {
		t.Fatalf("the second import ends with %d and says:\n%s", code, out)
	}
	if n := number(t, db, there); n != practices+1 {
		t.Errorf("%d are there", n)
	}
	if out, code := command(t, args...); code != 0 || !strings.Contains(out, fmt.Sprintf("0 new, 0 changed, %d the same", practices)) {
		t.Errorf("the third import ends with %d and says:\n%s", code, out)
	}
}

// A portal that is killed in the middle of a merge has merged nothing; the same merge works afterwards.
func TestKilledMergeLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	db := insideOf(t, dir)
	var from, into int64
	if err := db.QueryRow(`select a.id, b.id from practices a join practices b on b.id > a.id and b.workspace_id = a.workspace_id and b.handling = a.handling
		where a.status = 'published' and b.status = 'published' and a.handling in ('clear', 'green') and exists (select from adoptions d where d.practice_id = a.id)
		and not exists (select from members m where m.email = 'moderator@demo.example' and m.id in (a.author_id, b.author_id))
		and exists (select from workspace_members w join members m on m.id = w.member_id where m.email = 'moderator@demo.example' and w.workspace_id = a.workspace_id)
		order by a.id, b.id limit 1`).Scan(&from, &into); err != nil {
		t.Fatal(err)
	}
	const standing = `select hashtextextended((select status || coalesce(merged_into, 0) from practices where id = $1) || coalesce((select string_agg(id || ':' || practice_id, ',' order by id) from adoptions), '')
		|| (select count(*) from merges), 0)`
	before := number(t, db, standing, from)
	client := (&Portal{URL: p.url}).As(t, "moderator")
	// The merge does all that it does, and waits for the audit.
	Eventually(t, "the log is at rest", func() bool { return number(t, db, `select count(*) from events where position is null`) == 0 })
	hold, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec(`lock table audit in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	merge := func(url string) (int, error) {
		r, err := http.NewRequest("POST", url+"/p/"+itoa(from)+"/merge", strings.NewReader("do=merge&into="+itoa(into)))
		if err != nil {
			return 0, err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Cookie", "praxis_session="+client.Token)
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return res.StatusCode, err
	}
	answered := make(chan error, 1)
	go func() { _, err := merge(p.url); answered <- err }()
	Eventually(t, "the merge waits for the audit", func() bool {
		return number(t, db, `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%insert into audit%'`) > 0
	})
	p.kill()
	if err := <-answered; err == nil {
		t.Error("a killed portal answers")
	}
	if err := hold.Rollback(); err != nil {
		t.Log("the server ended with the portal:", err)
	}
	p = launch(t, "demo", "--data-dir", dir)
	db = insideOf(t, dir)
	if now := number(t, db, standing, from); now != before {
		t.Fatal("a killed merge has changed something")
	}
	if status, err := merge(p.url); err != nil || status != http.StatusSeeOther {
		t.Fatalf("the merge is answered %d, %v", status, err)
	}
	if n := number(t, db, `select count(*) from practices where id = $1 and merged_into = $2 and status = 'archived'`, from, into); n != 1 {
		t.Error("it is not merged")
	}
	if now := number(t, db, `select count(*) from merges where practice_id = $1`, from); now != 1 {
		t.Errorf("it was merged %d times", now)
	}
}

// A portal that is killed in the middle of a plain upload has no half of a file; sent again, it is there once.
func TestKilledUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	ana := (&Portal{URL: p.url}).As(t, "ana")
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Cortes de luz", "workspace_id": 1}).Want(201).Thing()
	path := "/practices/" + itoa(draft.ID) + "/attachments"
	words := strings.Repeat("Guayaquil, Callao, Manta. ", 200_000)
	half, write := io.Pipe()
	form := multipart.NewWriter(write)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		r, err := http.NewRequest("POST", p.url+"/api/v1"+path, half)
		if err != nil {
			return
		}
		r.Header.Set("Authorization", "Bearer "+ana.Token)
		r.Header.Set("Content-Type", form.FormDataContentType())
		if res, err := http.DefaultClient.Do(r); err == nil {
			res.Body.Close()
		}
	}()
	part, err := form.CreateFormFile("file", "puertos.txt")
	if err == nil {
		_, err = part.Write([]byte(words[:3_000_000]))
	}
	if err != nil {
		t.Fatal(err)
	}
	p.kill()
	write.CloseWithError(io.ErrClosedPipe)
	<-sent
	p = launch(t, "demo", "--data-dir", dir)
	ana.URL = p.url
	db := insideOf(t, dir)
	there := func() int64 {
		return number(t, db, `select count(*) from attachments where practice_id = $1`, draft.ID)
	}
	if n := there(); n != 0 {
		t.Fatalf("%d files of a cut upload are there", n)
	}
	file := ana.upload(path, "puertos.txt", []byte(words)).Want(201).Thing()
	if got := ana.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(200); string(got.Body) != words || there() != 1 {
		t.Errorf("%d bytes in %d files came back of %d", len(got.Body), there(), len(words))
	}
}
