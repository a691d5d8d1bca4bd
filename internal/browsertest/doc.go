// Package browsertest looks at the portal as its readers do: in a real browser, with scripts and
// without, on a phone and on a desk, in the light and in the dark, in English and in Arabic. It
// holds tests alone; where no Chromium is found they say so and prove nothing.
package browsertest
