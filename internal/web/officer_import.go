package web

import (
	"errors"
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
	Done     *practice.Imported // of a trial, or of the import
	Dry      bool
}

// importProblem is what is wrong with one line of a file, in words.
type importProblem struct {
	Line      int
	Key, Text string
}

// maxImportFile is how large a file of practices may be.
const maxImportFile = 20 << 20

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
	if err != nil {
		return err
	}
	l, who := middleware.Locale(c), middleware.Who(c)
	lines, problems, err := importFile(c)
	if err != nil {
		return w.showImport(c, &importData{}, f, err)
	}
	d := &importData{Dry: f.Value("do") != "import"}
	done, more, err := w.f.Practices.Import(c.Request().Context(), who, lines, d.Dry || len(problems) > 0)
	if err != nil {
		return w.showImport(c, d, f, err)
	}
	for _, p := range append(problems, more...) {
		d.Problems = append(d.Problems, importProblem{Line: p.Line, Key: p.Key, Text: w.lineInWords(l, p.Err)})
	}
	if d.Done = &done; len(d.Problems) > 0 {
		d.Done = nil
	}
	return w.showImport(c, d, f, nil)
}

// importFile reads the file that a form brings.
func importFile(c echo.Context) ([]practice.Import, []practice.LineProblem, error) {
	if c.Request().MultipartForm != nil {
		for _, header := range c.Request().MultipartForm.File["file"] {
			if header.Size > 0 {
				return readImportFile(header)
			}
		}
	}
	var checks portal.Checks
	checks.Add(false, "file", "error.required")
	return nil, nil, checks.Err()
}

func readImportFile(header *multipart.FileHeader) ([]practice.Import, []practice.LineProblem, error) {
	file, err := header.Open()
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	return practice.ReadImport(file, strings.EqualFold(filepath.Ext(header.Filename), ".csv"))
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
