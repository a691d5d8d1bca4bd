package practice

import "strings"

// ReadImport reads a whole file of practices, for tests without a database.
func ReadImport(file string, asCSV bool) (lines []Import, problems []LineProblem, err error) {
	err = eachBatch(ImportFile{Practices: strings.NewReader(file), CSV: asCSV}, func(p LineProblem) { problems = append(problems, p) }, func(batch []Import) error {
		lines = append(lines, batch...)
		return nil
	})
	return lines, problems, err
}
