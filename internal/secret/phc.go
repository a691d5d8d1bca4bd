package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// ErrMalformedHash says that a stored password hash is not an argon2id PHC string
// within the limits of this package.
var ErrMalformedHash = errors.New("secret: malformed password hash")

// Limits on what a stored hash may ask for, so that a damaged or planted row
// cannot make a sign-in take all the memory.
const (
	maxPHCLength  = 512
	maxMemoryKiB  = 256 << 10
	maxIterations = 16
	maxLanes      = 8
	minSaltBytes  = 8
	minKeyBytes   = 16
	maxFieldBytes = 64
)

// argonParams is the cost of one hash.
type argonParams struct {
	memoryKiB  uint32
	iterations uint32
	lanes      uint8
}

// phc is a parsed hash in the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$salt$key
type phc struct {
	argonParams
	salt, key []byte
}

// derive runs argon2id over a normalized password.
func (p argonParams) derive(password, salt []byte, keyBytes int) []byte {
	return argon2.IDKey(password, salt, p.iterations, p.memoryKiB, p.lanes, uint32(keyBytes))
}

// String writes the hash as it is stored.
func (p phc) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.memoryKiB, p.iterations, p.lanes, enc.EncodeToString(p.salt), enc.EncodeToString(p.key))
}

// parsePHC reads a PHC string; anything but the one canonical spelling is refused.
func parsePHC(s string) (phc, error) {
	if len(s) > maxPHCLength {
		return phc{}, fmt.Errorf("%w: over %d bytes", ErrMalformedHash, maxPHCLength)
	}
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return phc{}, fmt.Errorf("%w: not argon2id", ErrMalformedHash)
	}
	if parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, fmt.Errorf("%w: version %q", ErrMalformedHash, parts[2])
	}
	params, err := parseParams(parts[3])
	if err != nil {
		return phc{}, err
	}
	salt, err := parseField(parts[4], minSaltBytes)
	if err != nil {
		return phc{}, err
	}
	key, err := parseField(parts[5], minKeyBytes)
	if err != nil {
		return phc{}, err
	}
	return phc{argonParams: params, salt: salt, key: key}, nil
}

func parseParams(s string) (argonParams, error) {
	fields := strings.Split(s, ",")
	if len(fields) != 3 {
		return argonParams{}, fmt.Errorf("%w: parameters %q", ErrMalformedHash, s)
	}
	var values [3]uint64
	limits := [3]struct {
		name     string
		min, max uint64
	}{{"m=", 8, maxMemoryKiB}, {"t=", 1, maxIterations}, {"p=", 1, maxLanes}}
	for i, limit := range limits {
		digits, found := strings.CutPrefix(fields[i], limit.name)
		n, err := strconv.ParseUint(digits, 10, 32)
		if !found || err != nil || n < limit.min || n > limit.max || strconv.FormatUint(n, 10) != digits {
			return argonParams{}, fmt.Errorf("%w: parameter %q", ErrMalformedHash, fields[i])
		}
		values[i] = n
	}
	if values[0] < 8*values[2] {
		return argonParams{}, fmt.Errorf("%w: too little memory for %d lanes", ErrMalformedHash, values[2])
	}
	return argonParams{uint32(values[0]), uint32(values[1]), uint8(values[2])}, nil
}

func parseField(s string, minBytes int) ([]byte, error) {
	// The strict decoder refuses loose trailing bits, but still skips line ends.
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < minBytes || len(b) > maxFieldBytes || strings.ContainsAny(s, "\r\n") {
		return nil, fmt.Errorf("%w: salt or key", ErrMalformedHash)
	}
	return b, nil
}
