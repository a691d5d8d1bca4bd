// Package index is the search index of one node, on bleve, and the only importer of it: how texts
// become terms in each language, what of a document is indexed, how a question is asked, and the
// folders in which an index lives and is exchanged for a newer one.
//
// An index is derived: whatever is in it can be made again from PostgreSQL. It carries its own
// position in the log, written in one step with the documents that the position stands for, so a
// crash at any moment costs nothing but reading the log again from there.
package index
