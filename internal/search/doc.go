// Package search finds what a viewer may see: it keeps each node's index in step with the log,
// answers questions with hits, counts, snippets and suggestions, and mends misspelt words. What
// the index answers is checked once more against the database before it is shown.
package search
