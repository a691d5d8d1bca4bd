package web

import (
	"strings"
	"unicode"

	"praxis/internal/i18n"
	"praxis/internal/portal"
)

// device is a session in the words of its list.
type device struct {
	portal.Session
	Name string // "Firefox on Android"
}

// The marks by which programs and systems name themselves, and what people call them. Most browsers
// name others too, so the first that is found counts.
var (
	browsers = [][2]string{{"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"Edg/", "Edge"}, {"Edge/", "Edge"}, {"OPR/", "Opera"}, {"OPT/", "Opera"}, {"Opera", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"}, {"YaBrowser/", "Yandex"}, {"UCBrowser/", "UC Browser"}, {"MiuiBrowser/", "Mi Browser"},
		{"HuaweiBrowser/", "Huawei Browser"}, {"DuckDuckGo/", "DuckDuckGo"}, {"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"MSIE ", "Internet Explorer"}, {"Trident/", "Internet Explorer"}, {"Safari/", "Safari"}}
	systems = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Macintosh", "macOS"},
		{"HarmonyOS", "HarmonyOS"}, {"KAIOS", "KaiOS"}, {"Linux", "Linux"}}
)

// maxProduct is how many characters of an unknown program's own name are shown.
const maxProduct = 40

// agentName says in words what a User-Agent tells of browser and system; "" where it tells nothing.
// It is what the client claims, and no more than a hint to its owner.
func agentName(l *i18n.Localizer, agent string) string {
	browser, system := marked(browsers, agent), marked(systems, agent)
	if browser == "" {
		browser = product(agent)
	}
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return l.T("sessions.agent", "Browser", browser, "System", system)
}

func marked(marks [][2]string, agent string) string {
	for _, m := range marks {
		if strings.Contains(agent, m[0]) {
			return m[1]
		}
	}
	return ""
}

// product gives the name with which an unknown program begins, like curl in "curl/8.5.0".
func product(agent string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(agent), "/")
	name, _, _ = strings.Cut(name, " ")
	if name == "Mozilla" || len([]rune(name)) > maxProduct || strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
	}) {
		return ""
	}
	return name
}

// devices names the sessions of a list.
func devices(l *i18n.Localizer, sessions []portal.Session) []device {
	list := make([]device, len(sessions))
	for i, s := range sessions {
		list[i] = device{s, agentName(l, s.Agent)}
		if list[i].Name == "" {
			list[i].Name = l.T("sessions.kind." + s.Kind)
		}
	}
	return list
}
