package browsertest

import (
	"testing"
)

// A member's choice of a language lasts, and is hers alone; the page for lost networks follows it.
func TestLanguageIsNotLost(t *testing.T) {
	w := newWorld(t, nil)
	r := w.reader(t, phone)
	speaks := func(lang string) {
		t.Helper()
		r.until("the page speaks "+lang, "document.documentElement.lang === "+quote(lang))
	}
	r.signsIn("somchai")
	speaks("en")
	r.until("the page for lost networks is kept", "caches.match('/offline')")
	r.follows(".foot a[lang=es]")
	speaks("es")
	r.goes("/library")
	speaks("es")
	r.until("it speaks Spanish, too", `caches.match("/offline").then((kept) => kept.text()).then((html) => html.includes('<html lang="es"'))`)
	r.follows(".foot a[lang=ar]")
	r.goes("/")
	speaks("ar")
	r.until("it speaks Arabic, too", `caches.match("/offline").then((kept) => kept.text()).then((html) => html.includes('<html lang="ar"'))`)

	// Who signs in next at this computer reads in her own.
	r.leaves("signing out", func() { eval[any](r, signOut+", null") })
	speaks("ar")
	r.signsIn("lena")
	speaks("en")

	// What is set in the settings is the newer choice.
	r.follows(".foot a[lang=es]")
	r.goes("/settings/language")
	speaks("es")
	r.clicks("[name=locale][value=ar]")
	r.follows("main form .button")
	r.goes("/library")
	speaks("ar")
}
