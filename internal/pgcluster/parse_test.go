package pgcluster_test

import (
	"testing"

	"praxis/internal/pgcluster"
)

func TestParseVersion(t *testing.T) {
	for answer, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 19beta1":                          19,
		"postgres (PostgreSQL) 9.6.24":                           9,
		"postgres (EnterpriseDB) 15":                             0,
		"":                                                       0,
	} {
		got, err := pgcluster.ParseVersion(answer)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v; want %d", answer, got, err, want)
		}
	}
}

func TestParsePidFile(t *testing.T) {
	const whole = "77\n/srv/postgres\n1790000000\n5432\n.\n\n  1 2\nready   \n"
	for text, want := range map[string]struct {
		pid    int
		status string
	}{
		whole:      {77, "ready"},
		"77\n":     {77, ""},
		"-77\n":    {77, ""},
		"0\n":      {},
		"":         {},
		"ready\n7": {},
	} {
		pid, status, err := pgcluster.ParsePidFile(text)
		if pid != want.pid || status != want.status || (err == nil) != (want.pid != 0) {
			t.Errorf("%q: %d, %q, %v; want %v", text, pid, status, err, want)
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	f.Add("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n")
	f.Fuzz(func(t *testing.T, answer string) {
		if major, err := pgcluster.ParseVersion(answer); err == nil && (major < 0 || major > 9999) {
			t.Errorf("%q: version %d", answer, major)
		}
	})
}

func FuzzParsePidFile(f *testing.F) {
	f.Add("77\n/srv/postgres\n1790000000\n5432\n.\n\n  1 2\nready   \n")
	f.Add("-9223372036854775808\n")
	f.Fuzz(func(t *testing.T, text string) {
		// A signal to process 0 or to a negative one would reach many.
		if pid, _, err := pgcluster.ParsePidFile(text); err == nil && pid <= 0 {
			t.Errorf("%q: process %d", text, pid)
		}
	})
}
