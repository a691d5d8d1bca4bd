package storytest

import (
	"encoding/json"
	"io/fs"
	"testing"
)

// Every organization of the roster has a name in each language of the portal.
func TestOrganizationsAreNamedInEachLanguage(t *testing.T) {
	raw, err := fs.ReadFile(Files.SQL, "seed/organizations.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Code  string
		Names map[string]string
	}
	if err := json.Unmarshal(raw, &list); err != nil || len(list) < 15 {
		t.Fatalf("%d organizations: %v", len(list), err)
	}
	for _, o := range list {
		for _, language := range []string{"en", "es", "ar"} {
			if o.Names[language] == "" {
				t.Errorf("%s has no name in %s", o.Code, language)
			}
		}
	}
}
