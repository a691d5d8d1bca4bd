// Package blob keeps the bytes of attachments, each under its SHA-256: the same bytes are stored
// once, and what is read can be checked. They lie in a folder, or in a bucket of an object store.
package blob

import (
	"errors"
	"io"
	"time"
)

// ErrTooLarge tells that more bytes came than the limit allows.
var ErrTooLarge = errors.New("more bytes than allowed")

// ErrMissing tells that no bytes are stored under a sum.
var ErrMissing = errors.New("no such bytes are stored")

// ErrAway tells that the object store does not answer, or refuses.
var ErrAway = errors.New("the object store does not answer")

// Store is where bytes are kept.
type Store interface {
	// Put streams at most limit bytes into the store and returns their SHA-256 and size. When it
	// returns they are there for good; when it fails nothing is left. More than limit bytes answer
	// ErrTooLarge.
	Put(r io.Reader, limit int64) (sum []byte, size int64, err error)
	// Get opens the bytes under a sum; ErrMissing where there are none.
	Get(sum []byte) (Object, error)
	// Touch notes that the bytes under a sum were of use until now, for Remove. Missing ones are no error.
	Touch(sum []byte) error
	// Remove takes the bytes under a sum away, unless they were put or touched within the time.
	Remove(sum []byte, within time.Duration) (removed bool, err error)
	// Walk calls f for every stored sum.
	Walk(f func(sum []byte, size int64) error) error
	// Check tells what keeps bytes from being put and got, in a sentence for the operator.
	Check() error
}

// Object is stored bytes, open for reading.
type Object interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// At opens the bucket of an address, or the folder where there is none. What goes into a bucket waits
// in the folder until it is whole.
func At(dir, address string) (Store, error) {
	folder, err := Open(dir)
	if err != nil || address == "" {
		return folder, err
	}
	return OpenS3(address, folder.incoming())
}
