package app

import (
	"fmt"
	"io/fs"
	"sync"

	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/web/page"
)

// Look is what people see of the portal, before any data: texts and pages. It never changes, so that
// several nodes of one process may share it.
type Look struct {
	catalogues *i18n.Catalogues
	pages      *page.Pages
}

// MakeLook makes a look ahead of its nodes, for Options.Look.
func MakeLook(files Files) (*Look, error) {
	vocab, err := readVocabulary(files.SQL)
	if err != nil {
		return nil, err
	}
	return newLook(files, vocab)
}

// makeLook begins to make the node's look. That is half of what a start takes and needs no
// database, so it is done while the database starts; n.look waits for it.
func (n *Node) makeLook() {
	made := make(chan struct{})
	l := n.Options.Look
	var err error
	go func() {
		defer close(made)
		if l == nil {
			l, err = newLook(n.Files, n.Vocab)
		}
	}()
	n.look = sync.OnceValues(func() (*Look, error) {
		<-made
		return l, err
	})
}

func newLook(files Files, vocab *portal.Vocabulary) (*Look, error) {
	locales, err := fs.Sub(files.Assets, "locales")
	if err != nil {
		return nil, fmt.Errorf("open the catalogues: %w", err)
	}
	var l Look
	if l.catalogues, err = i18n.Load(locales); err != nil {
		return nil, err
	}
	if l.pages, err = page.New(page.Config{Files: files.Assets, Catalogues: l.catalogues, Vocabulary: vocab}); err != nil {
		return nil, fmt.Errorf("make the pages: %w", err)
	}
	return &l, nil
}
