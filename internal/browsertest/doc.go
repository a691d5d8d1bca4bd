// Package browsertest looks at the portal the way its readers do: in a real browser.
package browsertest
