package attachment

import (
	"path"
	"strings"
	"unicode"

	"praxis/internal/extract"
)

// cleanName keeps the last part of a file's name, without what could mislead: controls, marks
// that turn the direction of writing, and more than 200 characters.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 200 {
		ext := path.Ext(name)
		if len(ext) > 10 {
			ext = ""
		}
		name = string(runes[:200-len(ext)]) + ext
	}
	if name == "" || name == "." || name == "/" {
		return "attachment"
	}
	return name
}

// renamed gives a picture the name of what it was encoded as.
func renamed(name, mediaType string) string {
	ext := path.Ext(name)
	want, now := ".png", strings.ToLower(ext)
	if mediaType == extract.JPEG {
		want = ".jpg"
	}
	if now == want || want == ".jpg" && now == ".jpeg" {
		return name
	}
	return cleanName(strings.TrimSuffix(name, ext) + want)
}
