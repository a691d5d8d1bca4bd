package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/pgcluster/pgtest"
	"praxis/sql"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// Whoever serves what the demonstration has filled is told, once, that its accounts open to everybody.
func TestServingTheDemonstrationIsTold(t *testing.T) {
	database, empty := pgtest.URL(t, nil, "empty"), pgtest.URL(t, nil, "empty")
	open := func(database string, opt app.Options) string {
		t.Helper()
		var log bytes.Buffer
		s := config.Settings{Addr: "127.0.0.1:0", DatabaseURL: database, DataDir: t.TempDir(), Prepare: "on"}
		n, err := app.Open(context.Background(), s, app.Files{Assets: assets.Files, SQL: sql.Files}, opt, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		n.Close()
		return log.String()
	}
	const line = "a password that everybody knows"
	for _, c := range []struct {
		what     string
		database string
		opt      app.Options
		want     int
	}{
		{"the demonstration itself", database, app.Options{Demo: true, Serves: true}, 0},
		{"praxis serve on it", database, app.Options{Serves: true}, 1},
		{"a command on it", database, app.Options{}, 0},
		{"praxis serve on another", empty, app.Options{Serves: true}, 0},
	} {
		if log := open(c.database, c.opt); strings.Count(log, line) != c.want {
			t.Errorf("%s tells %d times: %s", c.what, strings.Count(log, line), log)
		}
	}
}
