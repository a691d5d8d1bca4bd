// Package assets holds everything that the portal shows or sends and that is no Go code: page
// templates with their styles and scripts, texts by language, icons, the map of tiles, mails, the
// API's own description.
package assets

import "embed"

// Files is the folder of assets, as it stands in the source.
//
//go:embed all:pages all:shared all:mail all:locales all:icons all:openapi map.json
var Files embed.FS
