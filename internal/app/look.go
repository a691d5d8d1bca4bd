package app

import (
	"fmt"
	"io/fs"
	"sync"

	"praxis/internal/i18n"
	"praxis/internal/web/page"
)

// look is what people see of the portal, before any data: texts and pages.
type look struct {
	catalogues *i18n.Catalogues
	pages      *page.Pages
}

// makeLook begins to make the node's look. That is half of what a start takes and needs no
// database, so it is done while the database starts; n.look waits for it.
func (n *Node) makeLook() {
	made := make(chan struct{})
	var l look
	var err error
	go func() {
		defer close(made)
		l, err = n.newLook()
	}()
	n.look = sync.OnceValues(func() (look, error) {
		<-made
		return l, err
	})
}

func (n *Node) newLook() (l look, err error) {
	locales, err := fs.Sub(n.Files.Assets, "locales")
	if err != nil {
		return l, fmt.Errorf("open the catalogues: %w", err)
	}
	if l.catalogues, err = i18n.Load(locales); err != nil {
		return l, err
	}
	if l.pages, err = page.New(page.Config{Files: n.Files.Assets, Catalogues: l.catalogues, Vocabulary: n.Vocab}); err != nil {
		return l, fmt.Errorf("make the pages: %w", err)
	}
	return l, nil
}
