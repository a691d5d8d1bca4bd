package secret_test

import (
	"bytes"
	"testing"

	"praxis/internal/secret"
)

func TestBox(t *testing.T) {
	make := func(words, salt string) ([]byte, *secret.Box) {
		print, box, err := secret.NewBox(t.Context(), []byte(words), []byte(salt))
		if err != nil {
			t.Fatal(err)
		}
		return print, box
	}
	print, box := make("words", "salt")
	sealed := box.Seal([]byte("payload"))
	if bytes.Contains(sealed, []byte("payload")) {
		t.Error("a sealed payload can be read")
	}
	samePrint, same := make("words", "salt")
	if got, err := same.Open(sealed); err != nil || string(got) != "payload" || !bytes.Equal(print, samePrint) {
		t.Errorf("the same words open it: %q, %v", got, err)
	}
	for _, other := range [][2]string{{"other", "salt"}, {"words", "other"}} {
		otherPrint, box := make(other[0], other[1])
		if _, err := box.Open(sealed); err == nil || bytes.Equal(print, otherPrint) {
			t.Errorf("%v opens it or has its print", other)
		}
	}
	for _, bad := range [][]byte{nil, sealed[:5], append([]byte{1}, sealed...)} {
		if _, err := box.Open(bad); err == nil {
			t.Errorf("%x is opened", bad)
		}
	}
}
