package storytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Practices are imported by a command beside a running portal: tried first, all or none, found at
// once, and the same file again changes nothing.
func TestPracticesAreImportedByACommand(t *testing.T) {
	t.Parallel()
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	file := filepath.Join(t.TempDir(), "list.jsonl")
	write := func(lines ...string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(want string, fails bool, args ...string) {
		t.Helper()
		out, code := command(t, append([]string{"practice", "import", file, "--data-dir", dir}, args...)...)
		if (code != 0) != fails || !strings.Contains(out, want) {
			t.Errorf("import %v ends with %d and says, without %q:\n%s", args, code, want, out)
		}
	}
	one := `{"key":"cmd-1","workspace":"1","title":"Zirconium test strips by post","summary":"A summary.","language":"en","country":"EE","sectors":["health"],"handling":"clear","status":"published",` +
		`"sections":{"problem":"A.","objectives":"B.","target_group":"C.","actors":"D.","steps":"E.","resources":"F.","results":"G.","barriers":"H.","lessons":"I.","transferability":"J."}}`
	write(one, `{"key":"cmd-2","workspace":"nowhere","title":"","language":"en"}`)
	run("line 2 cmd-2", true)
	write(one)
	run("would be: 1 new", false, "--dry-run")
	run("1 new, 0 changed, 0 the same", false, "--as", "officer@demo.example")
	run("0 new, 0 changed, 1 the same", false)
	run("there is no such officer", true, "--as", "ana@demo.example")
	write(strings.Replace(one, `"sectors"`, `"attachments":["decree.txt","lost.pdf"],"sectors"`, 1))
	run("line 1 cmd-1: attachments: This practice names files", true)
	run("line 1 cmd-1: lost.pdf: There is no such file in the ZIP.", true, "--attachments", importFiles(t))
	run("The attachments are no ZIP", true, "--attachments", file)
	write(strings.Replace(one, `"sectors"`, `"attachments":["decree.txt"],"sectors"`, 1))
	run("would be: 0 new, 1 changed, 0 the same\nwith 1 file\n", false, "--attachments", importFiles(t), "--dry-run")
	run("0 new, 1 changed, 0 the same\nwith 1 file\n", false, "--attachments", importFiles(t))
	run("0 new, 0 changed, 1 the same\n", false, "--attachments", importFiles(t))
	visitor := (&Portal{URL: p.url}).Visitor(t)
	for tries := 0; ; tries++ {
		var found struct{ Total int }
		visitor.Do("GET", "/search?q=zirconium", nil).Want(200).Into(&found)
		if found.Total == 1 {
			break
		}
		if tries == 100 {
			t.Fatal("the imported practice is not found")
		}
		time.Sleep(50 * time.Millisecond)
	}
}
