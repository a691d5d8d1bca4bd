package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/practice"
	"praxis/internal/web/form"
)

type importData struct {
	Tabs     []tab
	Problems []importProblem
	More     int                // problems beyond these
	Done     *practice.Imported // of a trial, or of the import
	Dry      bool
}

// importProblem is what is wrong with one line of a file, in words.
type importProblem struct {
	Line      int
	Key, Text string
}

// How large a file of practices may be, and what a form brings with the archive beside it.
const (
	maxImportFile    = 20 << 20
	maxImportArchive = 200 << 20
	maxImportForm    = maxImportFile + maxImportArchive + portal.MaxBody
)

func (w *Web) importPage(c echo.Context) error {
	return w.showImport(c, &importData{}, form.New(), nil)
}

func (w *Web) showImport(c echo.Context, d *importData, f *form.State, failed error) error {
	l := middleware.Locale(c)
	d.Tabs = officerTabs(l, "/officer/import")
	v := w.view(c, l.T("import.title"), d)
	v.Screen, v.Form = "officer", f
	if failed != nil {
		return w.again(c, "officer/import", v, f, failed)
	}
	return w.render(c, "officer/import", v)
}

// importPractices tries a file of practices, or imports it: all of it, or nothing.
func (w *Web) importPractices(c echo.Context) error {
	f, err := readUpload(c)
	if portal.KindOf(err) == portal.TooLarge {
		return w.showImport(c, &importData{}, form.New(), importTooLarge())
	}
	if err != nil {
		return err
	}
	l, who := middleware.Locale(c), middleware.Who(c)
	file, done, err := w.importFile(c)
	if err != nil {
		return w.showImport(c, &importData{}, f, err)
	}
	defer done()
	d := &importData{Dry: f.Value("do") != "import"}
	found, err := w.f.Practices.Import(c.Request().Context(), who, file, d.Dry)
	if err != nil {
		return w.showImport(c, d, f, err)
	}
	for _, p := range found.Problems {
		d.Problems = append(d.Problems, importProblem{Line: p.Line, Key: p.Key, Text: w.lineInWords(l, p.Err)})
	}
	if d.Done, d.More = &found, found.More; len(d.Problems) > 0 {
		d.Done = nil
	}
	return w.showImport(c, d, f, nil)
}

func importTooLarge() error {
	return portal.Fail(portal.TooLarge, "import.too_large", "File", maxImportFile>>20, "Archive", maxImportArchive>>20)
}

// importFile opens the file that a form brings, and the archive beside it. The caller calls done.
func (w *Web) importFile(c echo.Context) (file practice.ImportFile, done func(), err error) {
	var open []io.Closer
	done = func() {
		for _, o := range open {
			o.Close()
		}
	}
	list, archive := brought(c, "file"), brought(c, "archive")
	if list == nil {
		var checks portal.Checks
		checks.Add(false, "file", "error.required")
		return file, done, checks.Err()
	}
	if list.Size > maxImportFile || archive != nil && archive.Size > maxImportArchive {
		return file, done, importTooLarge()
	}
	practices, err := list.Open()
	if err != nil {
		return file, done, fmt.Errorf("open the practices: %w", err)
	}
	open = append(open, practices)
	file.Practices, file.CSV = practices, strings.EqualFold(filepath.Ext(list.Filename), ".csv")
	if archive == nil {
		return file, done, nil
	}
	zip, err := archive.Open()
	if err != nil {
		done()
		return file, done, fmt.Errorf("open the archive: %w", err)
	}
	open = append(open, zip)
	if file.Attachments, err = w.f.Attachments.Archive(zip, archive.Size); err != nil {
		done()
	}
	return file, done, err
}

// brought gives a file of a form that is not empty, or nil.
func brought(c echo.Context, field string) *multipart.FileHeader {
	if c.Request().MultipartForm == nil {
		return nil
	}
	for _, header := range c.Request().MultipartForm.File[field] {
		if header.Size > 0 {
			return header
		}
	}
	return nil
}

// lineInWords says what is wrong with a line, each field by its name in the file.
func (w *Web) lineInWords(l *i18n.Localizer, err error) string {
	var e *portal.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return w.inWords(l, err)
	}
	var words []string
	for _, f := range e.Fields {
		words = append(words, f.Field+": "+l.T(f.Message, f.Args...))
	}
	return strings.Join(words, " ")
}
