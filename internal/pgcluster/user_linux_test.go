package pgcluster_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"praxis/internal/pgcluster"
)

const (
	nobody = 65534
	// smallDisk holds the beginning of a cluster, not the whole.
	smallDisk = "size=8m"
)

// accountTests are those whose outcome depends on who runs them.
const accountTests = "^(TestFreshStartAndReuse|TestClientTools|TestForeignSocketFolderIsRefused|TestServerDiesWithItsProcess|" +
	"TestOrphanIsStoppedFirst|TestStateFileOfAnotherProcess|TestSupervisorRestarts|TestSecondProcessIsRefused|TestUnusableFolders)$"

// TestAsOrdinaryUser runs them once more without root's rights. An ordinary
// user has run all tests without them in the first place.
func TestAsOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	home, err := os.MkdirTemp("/tmp", "nobody") // t.TempDir is below a folder of ours
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(home, "pgcluster.test")
	if err := copyProgram(os.Args[0], binary); err != nil {
		t.Fatal(err)
	}
	suite := exec.Command(binary, "-test.v", "-test.run="+accountTests)
	suite.Dir = home
	suite.Env = append(os.Environ(), "TMPDIR="+home, "HOME="+home)
	suite.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := suite.CombinedOutput()
	t.Logf("as user id %d:\n%s", nobody, out)
	if err != nil {
		t.Error(err)
	}
}

func copyProgram(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// TestRootActsForTheOwner starts as root what an ordinary user has made, and
// looks that this user can go on with it.
func TestRootActsForTheOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		return // an ordinary user can act for nobody else
	}
	dir := dataDir(t)
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.Chown(dir, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
	for _, name := range []string{"postgres", "postgres.lock", "postgres/pg_hba.conf", "postgres/pg_ident.conf"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid != nobody {
			t.Errorf("%s belongs to user id %d, want the data folder's owner", name, uid)
		}
	}
}

// TestFullDisk needs a disk that is small, which only root can have.
func TestFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	dir := dataDir(t)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("small", dir, "tmpfs", 0, smallDisk); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	refused(t, pgcluster.Config{Dir: dir, Params: unsafe}, nil, "the disk that holds "+dir+" is full")
	if left, _ := filepath.Glob(filepath.Join(dir, "postgres?*")); len(left) != 1 {
		t.Errorf("left on the disk: %v; want the lock alone", left)
	}
}
