package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// oldestMajor is the oldest major version that the portal runs on.
const oldestMajor = 15

// versionLimit bounds the asking of one binary for its version.
const versionLimit = 10 * time.Second

// ErrNoServer says that no usable PostgreSQL is installed on this machine.
var ErrNoServer = errors.New("PostgreSQL 15 or newer is not installed")

// ErrVersion says that the data folder belongs to a major version that is not
// installed, or is too old.
var ErrVersion = errors.New("the data folder belongs to another PostgreSQL version")

// installation is one folder of PostgreSQL binaries.
type installation struct {
	dir   string
	major int
}

// places are where systems put the binaries that they keep out of PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
}

// Major is the major version of the server that Start makes a new cluster with; ErrNoServer where
// there is none. An empty binDir looks in the places that Config.BinDir names.
func Major(binDir string) (int, error) {
	found, err := findInstallation(binDir, "", 0)
	return found.major, err
}

// findInstallation returns the newest installation that is new enough and, if
// major is not 0, is of that very version. data is named in its errors.
func findInstallation(binDir, data string, major int) (installation, error) {
	if major != 0 && major < oldestMajor {
		return installation{}, fmt.Errorf("%w: %s was made by PostgreSQL %d and the portal needs %d or newer; "+
			"dump it with PostgreSQL %d, move the folder away, start again and restore the dump; nothing was changed",
			ErrVersion, data, major, oldestMajor, major)
	}
	found := installations(binDir)
	var best installation
	var seen []string
	for _, in := range found {
		seen = append(seen, strconv.Itoa(in.major))
		if in.major > best.major && in.major >= oldestMajor && (major == 0 || in.major == major) {
			best = in
		}
	}
	switch {
	case best.major != 0:
		return best, nil
	case len(found) == 0 && binDir != "":
		return best, fmt.Errorf("%w in %s: initdb, postgres and psql must be there and must run; %s", ErrNoServer, binDir, advice(major))
	case len(found) == 0:
		return best, fmt.Errorf("%w; %s", ErrNoServer, advice(major))
	case major != 0:
		return best, fmt.Errorf("%w: %s was made by PostgreSQL %d, here is only %s; %s; nothing was changed",
			ErrVersion, data, major, strings.Join(seen, ", "), advice(major))
	}
	return best, fmt.Errorf("%w: here is only %s; %s", ErrNoServer, strings.Join(seen, ", "), advice(0))
}

// installations lists the usable ones; those in PATH come first, so that they
// win over others of the same version.
func installations(binDir string) []installation {
	var dirs []string
	if binDir != "" {
		dirs = []string{binDir}
	} else {
		// PATH often holds links to a few of the binaries; the others are
		// beside the file itself.
		if path, err := exec.LookPath("postgres"); err == nil {
			if real, err := filepath.EvalSymlinks(path); err == nil {
				dirs = append(dirs, filepath.Dir(real))
			}
		}
		for _, pattern := range places {
			matches, _ := filepath.Glob(pattern) // the patterns are well formed
			dirs = append(dirs, matches...)
		}
	}
	var list []installation
	known := map[string]bool{}
	for _, dir := range dirs {
		dir, err := filepath.Abs(dir)
		if err != nil || known[dir] {
			continue
		}
		known[dir] = true
		if major, err := installedVersion(dir); err == nil {
			list = append(list, installation{dir: dir, major: major})
		}
	}
	return list
}

// installedVersion returns the major version of a folder that holds all that
// this package needs.
func installedVersion(dir string) (int, error) {
	for _, name := range []string{"initdb", "postgres", "psql"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return 0, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), versionLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	return parseVersion(string(out))
}

var versionPattern = regexp.MustCompile(`^postgres \(PostgreSQL\) ([0-9]{1,4})`)

// parseVersion returns the major version out of the answer to --version.
func parseVersion(answer string) (int, error) {
	match := versionPattern.FindStringSubmatch(answer)
	if match == nil {
		return 0, fmt.Errorf("read the version of PostgreSQL: %.100q is none", answer)
	}
	return strconv.Atoi(match[1])
}

// folderVersion returns the major version that made the cluster in data, or 0
// if there is no cluster yet.
func folderVersion(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		entries, err := os.ReadDir(data)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, fmt.Errorf("look into %s: %w", data, err)
		}
		if len(entries) > 0 {
			return 0, fmt.Errorf("%s is not empty and holds no PostgreSQL cluster (it has no file PG_VERSION): move it away, or restore it whole", data)
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of %s: %w", data, err)
	}
	// Before version 10 the major version had two parts, as in "9.6".
	whole, _, _ := strings.Cut(strings.TrimSpace(string(text)), ".")
	major, err := strconv.Atoi(whole)
	if err != nil || major <= 0 {
		return 0, fmt.Errorf("read the version of %s: %.20q is none; the folder is damaged", data, text)
	}
	return major, nil
}

// advice says how to get a server on this system; major 0 means any.
func advice(major int) string {
	numbered := func(format, plain string) string {
		if major == 0 {
			return plain
		}
		return fmt.Sprintf(format, major)
	}
	install := numbered("install PostgreSQL %d", fmt.Sprintf("install PostgreSQL %d or newer", oldestMajor))
	switch family := systemFamily(); {
	case runtime.GOOS == "darwin":
		install = numbered("install with: brew install postgresql@%d", "install with: brew install postgresql@17")
	case strings.Contains(family, "debian"):
		install = numbered("install with: apt-get install postgresql-%d", "install with: apt-get install postgresql")
	case strings.Contains(family, "fedora"), strings.Contains(family, "rhel"):
		install = numbered("install with: dnf install postgresql%d-server", "install with: dnf install postgresql-server")
	case strings.Contains(family, "alpine"):
		install = numbered("install with: apk add postgresql%[1]d postgresql%[1]d-client", "install with: apk add postgresql postgresql-client")
	case strings.Contains(family, "suse"):
		install = numbered("install with: zypper install postgresql%d-server", "install with: zypper install postgresql-server")
	case strings.Contains(family, "arch"):
		install = "install with: pacman -S postgresql"
	}
	return install + "; or name a server that already runs in PRAXIS_DATABASE_URL"
}

// systemFamily returns the names by which a Linux system calls itself and its
// ancestors, or nothing.
func systemFamily() string {
	text, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return ""
	}
	var family []string
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && (name == "ID" || name == "ID_LIKE") {
			family = append(family, strings.Trim(value, `"'`))
		}
	}
	return strings.Join(family, " ")
}
