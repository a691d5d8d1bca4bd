package storytest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// people talk in a thread over bad lines: they write on until they have an answer, and listen on from
// where they were.
type people struct {
	urls    []string // of the nodes, as they reach them
	thread  int64
	token   string
	stop    context.Context
	all     sync.WaitGroup
	writing sync.WaitGroup

	mu          sync.Mutex
	said        map[string]int64 // acknowledged: words and the post's number
	retries     int
	surprises   []string
	listeners   []*listener
	reconnects  atomic.Int64
	everyWriter time.Duration
	answers     time.Duration // after which a writer tries again; 0: soon
}

const lineTime = 3 * time.Second // in which a client gives a line up

// node gives one of the nodes, another one each time.
func (p *people) node(n int) string { return p.urls[n%len(p.urls)] }

// write says something until it is acknowledged, again and again, each time by a key of its own.
func (p *people) write(writer int, until <-chan struct{}) {
	defer p.writing.Done()
	client := &http.Client{Timeout: cmp.Or(p.answers, lineTime), Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	at := writer
	for n := 0; ; n++ {
		select {
		case <-until:
			return
		case <-time.After(p.everyWriter):
		}
		words := fmt.Sprintf("writer %d says %d", writer, n)
		for try := 0; ; try++ {
			id, why := p.post(client, p.node(at), words)
			if id != 0 {
				p.mu.Lock()
				p.said[words] = id
				p.retries += try
				p.mu.Unlock()
				break
			}
			if why != "" {
				p.surprise("%s: %s", words, why)
			}
			if p.stop.Err() != nil {
				return
			}
			client.CloseIdleConnections()
			at++
			time.Sleep(time.Duration(50+rand.IntN(100)) * time.Millisecond)
		}
	}
}

func (p *people) surprise(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.surprises = append(p.surprises, fmt.Sprintf(format, args...))
}

// post gives the post's number, or 0 where it is to be tried again; why says what no network explains.
func (p *people) post(client *http.Client, url, words string) (id int64, why string) {
	req, err := http.NewRequestWithContext(p.stop, "POST", fmt.Sprintf("%s/api/v1/threads/%d/posts", url, p.thread), strings.NewReader(`{"body":"`+words+`"}`))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Idempotency-Key", words)
	res, err := client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	var made struct{ ID int64 }
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, ""
	}
	switch {
	case res.StatusCode == http.StatusCreated:
		if json.Unmarshal(raw, &made) != nil || made.ID == 0 {
			return 0, "acknowledged with " + string(raw)
		}
		return made.ID, ""
	case res.StatusCode >= 500 || res.StatusCode == http.StatusConflict: // away, or the first try still runs
		return 0, ""
	}
	return 0, fmt.Sprintf("answered %d: %.200s", res.StatusCode, raw)
}
