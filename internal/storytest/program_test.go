package storytest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"praxis/internal/pgcluster/pgtest"
)

// program builds the real program once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "praxis-program-*")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "praxis")
	out, err := exec.Command("go", "build", "-ldflags", "-s -w", "-o", file, "praxis/cmd/praxis").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return file, nil
})

// process is the real program, running.
type process struct {
	t   testing.TB
	cmd *exec.Cmd
	url string
}

var listening = regexp.MustCompile(`msg=listening url=(\S+)`)

// bareEnvironment is this process's environment without the portal's settings: whoever runs the tests
// may have those of a real portal in it.
func bareEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "PRAXIS_") })
}

// The program that tests start never follows a setting of whoever runs them.
func TestProgramsTakeNoSettingFromOutside(t *testing.T) {
	t.Setenv("PRAXIS_ADDR", "nonsense")
	t.Setenv("PRAXIS_DATABASE_URL", "host=127.0.0.1 port=1 user=real dbname=real")
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	if out, code := command(t, "doctor", "--data-dir", nowhere); code == 0 || !strings.Contains(out, "there is no portal in "+nowhere) {
		t.Errorf("the doctor looks elsewhere (%d): %s", code, out)
	}
}

// launch starts the program and waits until it listens.
func launch(t testing.TB, args ...string) *process {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return launchFile(t, file, args...)
}

// launchFile starts another build of the program.
func launchFile(t testing.TB, file string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(file, args...)}
	p.cmd.Env = append(bareEnvironment(), "PRAXIS_ADDR=127.0.0.1:0", "PRAXIS_RATE_LIMITS=off")
	errs, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = p.cmd.Wait()
	})
	found := make(chan string, 1)
	last := ""
	go func() {
		lines := bufio.NewScanner(errs)
		for lines.Scan() {
			last = lines.Text()
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		close(found)
	}()
	select {
	case url, ok := <-found:
		if !ok {
			t.Fatalf("praxis %v ended before it listened: %s", args, last)
		}
		p.url = url
	case <-time.After(time.Minute):
		t.Fatalf("praxis %v does not listen after a minute", args)
	}
	(&Portal{URL: p.url}).await(t)
	return p
}

// demoFolder gives a data folder of the test's own in which the demonstration has been started and
// stopped once. The first test that asks waits until the program has made it from nothing.
func demoFolder(t testing.TB) string {
	t.Helper()
	Database(t) // the folder that is copied goes with the databases
	made := filepath.Join(pgtest.Folder(), "demo")
	makeDemo.Do(func() {
		p := launch(t, "demo", "--data-dir", made)
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		if err := p.cmd.Wait(); err != nil {
			t.Errorf("stop the demonstration that is copied: %v", err)
		}
	})
	dir := filepath.Join(t.TempDir(), "data")
	if out, err := exec.Command("cp", "-a", made, dir).CombinedOutput(); err != nil { // owners and modes, too
		t.Fatalf("copy the demonstration's folder: %v: %s", err, out)
	}
	return dir
}

var makeDemo sync.Once

// command runs the program to its end.
func command(t testing.TB, args ...string) (out string, code int) {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file, args...)
	cmd.Env = append(bareEnvironment(), "PRAXIS_ADDR=127.0.0.1:0")
	raw, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(raw), cmd.ProcessState.ExitCode()
}

// kill ends the process as a power cut would: at once, without a word.
func (p *process) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait() // it was killed
}
