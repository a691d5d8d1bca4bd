package live

import "sync/atomic"

// Counters tell the operator what a hub does; each may be read at any time.
type Counters struct {
	Sockets       atomic.Int64 // open now
	Subscriptions atomic.Int64 // now
	Requests      atomic.Int64 // of clients
	Told          atomic.Int64 // events left to be written, one for each socket
	Resumed       atomic.Int64 // events read from the log for who had missed them
	Frames        atomic.Int64 // written
	Revoked       atomic.Int64 // subscriptions that ended because access did
	Slow          atomic.Int64 // sockets closed because they did not keep up
	Hints         atomic.Int64 // sent to the other nodes
	Refused       atomic.Int64 // handshakes that were refused
}
