package search_test
import ("testing";"time";"strings";"praxis/internal/search";"praxis/internal/index")
func TestSlow(t *testing.T){
 for _, c := range [][2]string{{"naloxone", strings.Repeat("e\u0301👩‍👩‍👧 naloxone. ", 60)},{"ยา", strings.Repeat("การป้องกันยาเสพติด", 60)},{"芬太尼", strings.Repeat("識別新型芬太尼", 90)},{"naloxone kit", strings.Repeat("Officers carry naloxone kits in prisons, and train others. ", 60)}} {
  b:=time.Now(); search.Snippet(c[0],c[1],"en"); a:=time.Since(b)
  b=time.Now(); index.Analyze(c[1],"en"); t.Log(c[0], len(c[1]), a, time.Since(b))
 }
}
