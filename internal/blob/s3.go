package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Patience with the object store: a member waits for it.
const (
	s3Dial    = 5 * time.Second
	s3Answer  = 20 * time.Second // until an answer begins
	s3Step    = 5 * time.Minute  // one whole step, with all its bytes
	s3Retries = 2
	s3Prefix  = "attachments/"
)

// S3 is a store in a bucket of anything that speaks S3.
type S3 struct {
	client *minio.Client
	bucket string
	spool  string // where bytes wait until their sum is known
}

// OpenS3 takes an address of the form s3://key:secret@host:port/bucket?region=…&insecure=1. It asks
// nobody: a store that is away when the portal starts may come.
func OpenS3(address, spool string) (*S3, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User == nil || strings.Trim(u.Path, "/") == "" || strings.Contains(strings.Trim(u.Path, "/"), "/") {
		// The address holds a secret, so it is not repeated.
		return nil, errors.New("PRAXIS_S3_URL is not of the form s3://key:secret@host:port/bucket?region=…&insecure=1")
	}
	secret, _ := u.User.Password()
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: s3Dial}).DialContext, TLSHandshakeTimeout: s3Dial,
		ResponseHeaderTimeout: s3Answer, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 16, DisableCompression: true}
	client, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Secure: u.Query().Get("insecure") != "1",
		Region: u.Query().Get("region"), Transport: transport, BucketLookup: minio.BucketLookupAuto, MaxRetries: s3Retries})
	if err != nil {
		return nil, fmt.Errorf("read PRAXIS_S3_URL: %w", err)
	}
	return &S3{client: client, bucket: strings.Trim(u.Path, "/"), spool: spool}, nil
}

// Put implements Store. The bytes are sent when all of them are here, for their sum is their name.
// Bytes that are there already are sent again: so they count as new for Remove.
func (s *S3) Put(r io.Reader, limit int64) (sum []byte, size int64, err error) {
	f, err := os.CreateTemp(s.spool, "upload-*")
	if err != nil {
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	defer f.Close()
	if err := os.Remove(f.Name()); err != nil { // the open file is all that is needed
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(r, limit+1))
	if err != nil {
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	if size > limit {
		return nil, 0, ErrTooLarge
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, 0, fmt.Errorf("store an attachment: %w", err)
	}
	sum = h.Sum(nil)
	ctx, cancel := context.WithTimeout(context.Background(), s3Step)
	defer cancel()
	_, err = s.client.PutObject(ctx, s.bucket, key(sum), f, size, minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	return sum, size, away(err)
}

// Get implements Store.
func (s *S3) Get(sum []byte) (Object, error) {
	ctx, cancel := context.WithCancel(context.Background()) // as long as it is read
	o, err := s.client.GetObject(ctx, s.bucket, key(sum), minio.GetObjectOptions{})
	if err == nil {
		_, err = o.Stat()
	}
	if err != nil {
		cancel()
		return nil, away(err)
	}
	return &s3Object{Object: o, end: cancel}, nil
}

type s3Object struct {
	*minio.Object
	end context.CancelFunc
}

// Close ends what is still being read.
func (o *s3Object) Close() error {
	defer o.end()
	return o.Object.Close()
}

// Touch implements Store: the object is copied onto itself, which makes it new.
func (s *S3) Touch(sum []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), s3Step)
	defer cancel()
	at := minio.CopySrcOptions{Bucket: s.bucket, Object: key(sum)}
	_, err := s.client.CopyObject(ctx, minio.CopyDestOptions{Bucket: s.bucket, Object: key(sum), ReplaceMetadata: true,
		UserMetadata: map[string]string{"Touched": time.Now().UTC().Format(time.RFC3339)}}, at)
	if err = away(err); errors.Is(err, ErrMissing) {
		return nil
	}
	return err
}

// Remove implements Store. Between its look and its deed lies a moment in which another node could
// put the same bytes again; who keeps versions in the bucket loses nothing to that either.
func (s *S3) Remove(sum []byte, within time.Duration) (removed bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), s3Step)
	defer cancel()
	info, err := s.client.StatObject(ctx, s.bucket, key(sum), minio.StatObjectOptions{})
	if err = away(err); errors.Is(err, ErrMissing) || err == nil && time.Since(info.LastModified) < within {
		return false, nil
	}
	if err == nil {
		err = away(s.client.RemoveObject(ctx, s.bucket, key(sum), minio.RemoveObjectOptions{}))
	}
	return err == nil, err
}

// Walk implements Store.
func (s *S3) Walk(f func(sum []byte, size int64) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // ends the listing where f has ended it
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s3Prefix, Recursive: true}) {
		if o.Err != nil {
			return away(o.Err)
		}
		sum, err := hex.DecodeString(strings.TrimPrefix(o.Key, s3Prefix))
		if err != nil || len(sum) != sha256.Size {
			continue
		}
		if err := f(sum, o.Size); err != nil {
			return err
		}
	}
	return nil
}

// Check implements Store: it writes, reads and removes a little.
func (s *S3) Check() error {
	ctx, cancel := context.WithTimeout(context.Background(), s3Answer)
	defer cancel()
	const name = "check"
	_, err := s.client.PutObject(ctx, s.bucket, name, bytes.NewReader([]byte("ok")), 2, minio.PutObjectOptions{DisableMultipart: true})
	if err == nil {
		err = s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{})
	}
	if err != nil {
		return fmt.Errorf("%w; check PRAXIS_S3_URL, and that its bucket %s exists and its key may read, write and delete there", away(err), s.bucket)
	}
	return nil
}

func key(sum []byte) string { return s3Prefix + hex.EncodeToString(sum) }

// away tells missing bytes from a store that does not do its work, whatever its reason.
func away(err error) error {
	if err == nil {
		return nil
	}
	if code := minio.ToErrorResponse(err).Code; code == minio.NoSuchKey {
		return ErrMissing
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}
