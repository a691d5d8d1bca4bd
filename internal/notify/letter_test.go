package notify

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func words(t testing.TB) *i18n.Catalogues {
	t.Helper()
	c, err := i18n.Load(os.DirFS("../../assets/locales"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever a member is told of, under whatever label and in whatever language: no mail and no push holds a
// text, title or name that the label keeps in the portal, and of what is red not even the workspace.
func TestNothingLeavesThatItsLabelKeeps(t *testing.T) {
	c := words(t)
	m := &Mailer{opt: MailOptions{BaseURL: "https://praxis.example.org"}, host: "praxis.example.org", key: make([]byte, 32)}
	names := map[int64]portal.Workspace{7: {ID: 7, Name: "WORKSPACE7"}, 8: {ID: 8, Name: "WORKSPACE8"}}
	labels := []portal.Handling{portal.Clear, portal.Green, portal.Amber, portal.AmberStrict, portal.Red, ""}
	rapid.Check(t, func(t *rapid.T) {
		var list []postgres.Notice
		open, named := map[string]bool{}, map[string]bool{}
		for i := range rapid.IntRange(1, 12).Draw(t, "notices") {
			n := postgres.Notice{ID: int64(i), Kind: rapid.SampledFrom(Kinds).Draw(t, "kind"), Handling: rapid.SampledFrom(labels).Draw(t, "label"), WorkspaceID: rapid.SampledFrom([]int64{0, 7, 8}).Draw(t, "workspace"),
				Actor: fmt.Sprintf("ACTOR%dX", i), Title: fmt.Sprintf("TITLE%dX", i), Body: fmt.Sprintf("BODY%dX", i), Note: fmt.Sprintf("NOTE%dX", i), CreatedAt: time.Now()}
			if n.Handling != "" {
				n.ThreadID = rapid.Int64Range(0, 3).Draw(t, "thread") // of one label each: a thread has one
				if n.ThreadID > 0 {
					n.ThreadID += 10 * int64(len(n.Handling))
					n.PostID = rapid.Int64Range(0, 9).Draw(t, "post")
				} else {
					n.PracticeID = 100 + int64(len(n.Handling))
				}
			}
			if rapid.IntRange(0, 5).Draw(t, "case") == 0 {
				n.CaseID = 5
			}
			open[fmt.Sprint(i)] = n.Handling == portal.Clear || n.Handling == portal.Green
			if openly(n.Handling) || n.CaseID == 0 && n.Handling != portal.Red {
				named[fmt.Sprint(n.WorkspaceID)] = true
			}
			list = append(list, n)
		}
		l := c.Localizer(c.Match("", rapid.SampledFrom([]string{"en", "es", "ar"}).Draw(t, "language")))
		template := rapid.SampledFrom([]string{noticesTemplate, digestTemplate}).Draw(t, "template")
		letter := m.form(l, list, names, postgres.Mail{Template: template, MemberID: 3}, 0)
		said := fmt.Sprintf("%+v", letter)
		for _, n := range list {
			said += " " + fmt.Sprintf("%+v", pushOf(l, "https://praxis.example.org", names, n))
		}
		for i := range list {
			for _, secret := range []string{"ACTOR", "TITLE", "BODY", "NOTE"} {
				if !open[fmt.Sprint(i)] && strings.Contains(said, fmt.Sprintf("%s%dX", secret, i)) {
					t.Fatalf("%s of %+v leaves the portal in %s", secret, list[i], said)
				}
			}
		}
		for _, id := range []string{"7", "8"} {
			if !named[id] && (strings.Contains(said, "WORKSPACE"+id) || strings.Contains(said, "/w/"+id) || strings.Contains(said, "workspace-"+id)) {
				t.Fatalf("workspace %s is named: %s", id, said)
			}
		}
	})
}

// PRAXIS_LETTERS=folder writes digests to look at.
func TestDigestsCanBeLookedAt(t *testing.T) {
	c := words(t)
	m := &Mailer{opt: MailOptions{BaseURL: "https://praxis.example.org"}, host: "praxis.example.org", key: make([]byte, 32)}
	names := map[int64]portal.Workspace{7: {ID: 7, Name: "Postal and customs", Names: map[string]string{"ar": "البريد والجمارك"}}, 8: {ID: 8, Name: "Treatment", Names: map[string]string{"ar": "العلاج"}}}
	list := []postgres.Notice{
		{Kind: "mention", Handling: portal.Green, ThreadID: 1, PostID: 4, WorkspaceID: 7, Title: "Who hands out naloxone after office hours?", Actor: "Ana Cevallos", Body: "@Karim, in **Quito** the night pharmacy does. How is it where you are?"},
		{Kind: "post", Handling: portal.Green, ThreadID: 2, PostID: 5, WorkspaceID: 7, Title: "صور الطرود المشبوهة", Actor: "كريم الحسن", Body: "نستخدم قائمة قصيرة من ثلاث علامات، وهي معلّقة عند كل خط فرز."},
		{Kind: "post", Handling: portal.Green, ThreadID: 2, PostID: 6, WorkspaceID: 7, Title: "صور الطرود المشبوهة", Actor: "Somchai Prasert", Body: "We do the same with pictures."},
		{Kind: "post", Handling: portal.Green, ThreadID: 2, PostID: 7, WorkspaceID: 7, Title: "صور الطرود المشبوهة", Actor: "Lena Tamm", Body: "Could you share the list?"},
		{Kind: "edition", Handling: portal.Clear, PracticeID: 3, WorkspaceID: 8, Title: "Take-home naloxone in a rural district"},
		{Kind: "changes_requested", Handling: portal.Green, PracticeID: 5, WorkspaceID: 8, Title: "Registro de prensas", Note: "Please say how many presses were declared."},
		{Kind: "post", Handling: portal.Amber, ThreadID: 9, PostID: 9, WorkspaceID: 8, Title: "SECRET"},
		{Kind: "reply", Handling: portal.AmberStrict, ThreadID: 10, PostID: 10, WorkspaceID: 8, Title: "SECRET"},
		{Kind: "named", Handling: portal.Red, ThreadID: 11, WorkspaceID: 8, Title: "SECRET"},
	}
	for _, lang := range []string{"en", "es", "ar"} {
		l := c.Localizer(c.Match("", lang))
		letter := m.form(l, list, names, postgres.Mail{Template: digestTemplate, MemberID: 3}, 4)
		if strings.Contains(letter.Text+letter.HTML, "SECRET") || strings.Contains(letter.Text+letter.HTML, "%!") {
			t.Errorf("%s: %s", lang, letter.Text)
		}
		if len(letter.HTML) > 12_000 {
			t.Errorf("%s: a digest of nine has %d bytes", lang, len(letter.HTML))
		}
		if dir := os.Getenv("PRAXIS_LETTERS"); dir != "" {
			for ending, text := range map[string]string{".html": letter.HTML, ".txt": letter.Subject + "\n\n" + letter.Text} {
				if err := os.WriteFile(dir+"/digest-"+lang+ending, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
