// Command praxis is the portal on which a coalition's exchange alumni share what works.
package main

import (
	"os"

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/cli"
	"praxis/sql"
)

func main() {
	os.Exit(cli.Main(app.Files{Assets: assets.Files, SQL: sql.Files}))
}
