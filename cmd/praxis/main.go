// Command praxis is the portal on which a coalition's exchange alumni share what works.
package main

import (
	"os"
	"runtime/debug"
	_ "time/tzdata" // members' time zones, also where the system has none

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/cli"
	"praxis/sql"
)

// collectEvery lets the heap grow to three times what is alive before it is collected: pages make
// much garbage and keep little, so a small heap would be collected all the time.
const collectEvery = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectEvery)
	}
	os.Exit(cli.Main(app.Files{Assets: assets.Files, SQL: sql.Files}))
}
