package browsertest
import ("testing";"time")
func TestTry(t *testing.T) {
	at := time.Now()
	lap := func(s string) { t.Log(s, time.Since(at).Round(time.Millisecond)); at = time.Now() }
	t.Cleanup(func() { lap("end") })
	w := newWorld(t, nil)
	lap("world")
	t.Cleanup(func() { lap("readers closed") })
	r := w.reader(t, desk)
	lap("reader")
	r.goes("/sign-in"); lap("goes")
	r.signsIn("ana"); lap("sign in")
	r.goes("/write"); lap("write")
	r.types("#f-title", "x"); lap("type")
	r.types("#f-summary", "x"); lap("type")
	r.audit(question{Parts: []string{"words", "structure"}}); lap("audit")
	r.audit(question{Parts: wholeAudit}); lap("whole audit")
	r.audit(question{Parts: []string{"contrast"}}); lap("contrast")
	n := w.reader(t, phone)
	lap("reader")
	n.goes("/")
	lap("goes")
}
