package secret

import "testing"

// A hash is read in its one spelling or not at all, and never asks for more than
// the limits.
func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=08,t=+1,p=1$c29tZXNhbHR$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPd")
	f.Add("$argon2id$v=19$m=0,t=0,p=0$$")
	f.Fuzz(func(t *testing.T, stored string) {
		p, err := parsePHC(stored)
		if err != nil {
			return
		}
		if p.String() != stored {
			t.Errorf("%q is read as %q", stored, p.String())
		}
		if p.memoryKiB > maxMemoryKiB || p.iterations > maxIterations || p.lanes > maxLanes || p.lanes < 1 {
			t.Errorf("%q is beyond the limits", stored)
		}
	})
}
