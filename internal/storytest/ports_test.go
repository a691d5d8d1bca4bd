package storytest

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A port that is taken is told by its setting before anything is made, the operators' one too.
func TestTakenPortsAreToldFirst(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for flag, setting := range map[string]string{"--addr": "PRAXIS_ADDR", "--admin-addr": "PRAXIS_ADMIN_ADDR"} {
		dir := t.TempDir()
		out, code := command(t, "serve", "--data-dir", dir, flag, l.Addr().String())
		if code == 0 || !strings.Contains(out, setting+" to another address") || !strings.Contains(out, l.Addr().String()) {
			t.Errorf("%s on a taken port says %q (%d)", flag, out, code)
		}
		if strings.Contains(out, "listening") {
			t.Errorf("%s on a taken port says that the portal listens: %s", flag, out)
		}
		if _, err := os.Stat(filepath.Join(dir, "postgres")); !os.IsNotExist(err) {
			t.Errorf("%s on a taken port has made a database first", flag)
		}
	}
}

// The links that commands make lead to the portal that runs on the folder, on whatever port.
func TestLinksLeadToTheRunningPortal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := launch(t, "serve", "--data-dir", dir)
	n := 0
	create := func(args ...string) (string, int) {
		t.Helper()
		n++
		args = append([]string{"admin", "create", "--email", "head" + itoa(int64(n)) + "@example.org", "--name", "Head", "--country", "EE", "--data-dir", dir}, args...)
		return command(t, args...)
	}
	leads := func(to string, args ...string) {
		t.Helper()
		if out, code := create(args...); code != 0 || !strings.Contains(out, to+"/invitation/") {
			t.Errorf("with %v the link is %q (%d), want one to %s", args, out, code, to)
		}
	}
	leads(p.url)
	leads(p.url, "--addr", "127.0.0.1:8080")
	leads("https://praxis.example.org", "--base-url", "https://praxis.example.org")
	list := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(list, []byte("email,name,country\nmaria@example.org,María,EC\nli@example.org,Li,ZZ\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := command(t, "member", "import", list, "--data-dir", dir)
	for _, want := range []string{"maria@example.org " + p.url + "/invitation/", "line 3: country: ", "1 invited, 1 line bad"} {
		if !strings.Contains(out, want) {
			t.Errorf("the import does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "needs to be corrected") {
		t.Errorf("the import says more than what is wrong:\n%s", out)
	}
	p.kill()
	leads("http://localhost:8080", "--addr", "0.0.0.0:8080")
	if out, code := create("--addr", "127.0.0.1:0"); code == 0 || !strings.Contains(out, "PRAXIS_BASE_URL") {
		t.Errorf("where no portal runs, port 0 makes a link: %q (%d)", out, code)
	}
	if out, code := create("--addr", "0.0.0.0:8080"); code != 0 {
		t.Errorf("a refusal has made an officer: %q", out)
	}
}
