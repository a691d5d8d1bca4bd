// Package sql embeds the portal's SQL: migrations, the schema that they make, and the seed data.
package sql

import "embed"

// Files holds migrations/, schema.sql and seed/.
//
//go:embed migrations schema.sql seed
var Files embed.FS
