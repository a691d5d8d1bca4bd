package web

import (
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/language"

	"praxis/assets"
	"praxis/internal/i18n"
)

func english(t testing.TB) *i18n.Localizer {
	t.Helper()
	locales, err := fs.Sub(assets.Files, "locales")
	if err != nil {
		t.Fatal(err)
	}
	catalogues, err := i18n.Load(locales)
	if err != nil {
		t.Fatal(err)
	}
	return catalogues.Localizer(language.English)
}

var agents = map[string]string{
	"Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0":                                                                               "Firefox on Android",
	"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                                             "Firefox on Linux",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/132.0 Mobile/15E148 Safari/605.1.15":          "Firefox on iPhone",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1":            "Safari on iPhone",
	"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0.0.0 Mobile/15E148 Safari/604.1":                  "Chrome on iPad",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15":                              "Safari on macOS",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                                    "Chrome on Windows",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0":                      "Edge on Windows",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36 EdgA/130.0.0.0":                     "Edge on Android",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36":                "Samsung Internet on Android",
	"Mozilla/5.0 (Linux; Android 13; U) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36 OPR/85.0.0.0":                       "Opera on Android",
	"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36":                                     "Chrome on ChromeOS",
	"Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko":                                                                                      "Internet Explorer on Windows",
	"Mozilla/5.0 (Linux; U; Android 9; en-US) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/78.0 UCBrowser/13.4.0.1306 Mobile Safari/537.36": "UC Browser on Android",
	"curl/8.5.0":                 "curl",
	"Go-http-client/1.1":         "Go-http-client",
	"Mozilla/5.0 (Windows NT 6)": "Windows",
	"Mozilla/5.0":                "",
	"":                           "",
	"<script>alert(1)</script>":  "",
}

func TestAgentNames(t *testing.T) {
	l := english(t)
	for agent, want := range agents {
		if got := agentName(l, agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

func FuzzAgentName(f *testing.F) {
	l := english(f)
	for agent := range agents {
		f.Add(agent)
	}
	f.Add("\u202eevil/1")
	f.Fuzz(func(t *testing.T, agent string) {
		name := agentName(l, agent)
		if len([]rune(name)) > maxProduct+40 || strings.ContainsAny(name, "<>\"\n\u202e\u2066") || utf8.ValidString(agent) && !utf8.ValidString(name) {
			t.Errorf("%q is shown as %q", agent, name)
		}
	})
}
