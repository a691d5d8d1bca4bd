package thesaurus_test

import (
	"testing"

	"praxis/internal/pgcluster/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
