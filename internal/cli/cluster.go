package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"praxis/internal/demo"
	"praxis/internal/pgcluster"
)

// nodeRest is how long a node that has ended is left alone before it is started again.
const nodeRest = 200 * time.Millisecond

type clusterCmd struct {
	Addr    string `default:"127.0.0.1:8080" env:"PRAXIS_ADDR" help:"Where the balancing proxy listens."`
	DataDir string `default:"data/cluster" env:"PRAXIS_DATA_DIR" type:"path" help:"Private PostgreSQL, and a folder for each node."`
	Nodes   int    `default:"2" help:"How many nodes."`
}

// cluster is several nodes of the demonstration, each a process of its own, on one private PostgreSQL.
type cluster struct {
	clusterCmd
	log      *slog.Logger
	program  string
	database string
	ports    []int
	all      sync.WaitGroup
}

// Run starts the nodes and a proxy before them. A node that ends is started again: to replace the nodes
// one by one, build the program anew and end one after the other.
func (c clusterCmd) Run(e *env) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen (PRAXIS_ADDR): %w", err)
	}
	c.Addr = l.Addr().String()
	defer l.Close()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	server, err := pgcluster.Start(e.ctx, pgcluster.Config{Dir: c.DataDir, Log: log})
	if err != nil {
		return err
	}
	k := &cluster{clusterCmd: c, log: log, program: program, database: server.ConnString()}
	err = k.serve(e, l)
	k.all.Wait()
	return errors.Join(err, server.Stop(context.Background()))
}

func (k *cluster) serve(e *env, l net.Listener) error {
	b := &balancer{}
	for n := range max(k.Nodes, 1) {
		port, err := freePort()
		if err != nil {
			return err
		}
		k.ports = append(k.ports, port)
		b.nodes = append(b.nodes, "127.0.0.1:"+strconv.Itoa(port))
		if err := k.prepare(n); err != nil {
			return err
		}
		k.all.Go(func() { k.keep(e.ctx, n) })
		if !awaitNode(e.ctx, b.nodes[n]) { // the first one makes the schema and the demonstration
			return fmt.Errorf("node %d does not get ready", n+1)
		}
	}
	fmt.Fprintf(e.out, "\n%d nodes are at http://%s; the members' password is %s.\nEnd a node (kill PROCESS), and it is started again. Stop with Ctrl-C.\n", len(b.nodes), k.Addr, demo.Password)
	k.all.Go(func() { b.look(e.ctx) })
	server := &http.Server{Handler: b.proxy(), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(e.ctx, func() { server.Close() })
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (k *cluster) folder(n int) string { return filepath.Join(k.DataDir, "node-"+strconv.Itoa(n+1)) }

// prepare makes a node's folder. Files and what is being uploaded are all nodes', the index is each one's own.
func (k *cluster) prepare(n int) error {
	if err := os.MkdirAll(k.folder(n), 0o700); err != nil {
		return fmt.Errorf("make a node's folder: %w", err)
	}
	for _, shared := range []string{"attachments", "uploads"} {
		if err := os.MkdirAll(filepath.Join(k.DataDir, shared), 0o700); err != nil {
			return fmt.Errorf("make the nodes' folder: %w", err)
		}
		err := os.Symlink(filepath.Join("..", shared), filepath.Join(k.folder(n), shared))
		if err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("share a folder: %w", err)
		}
	}
	return nil
}

// keep runs a node, again whenever it ends, until the context ends.
func (k *cluster) keep(ctx context.Context, n int) {
	for ctx.Err() == nil {
		cmd := exec.CommandContext(ctx, k.program, "demo")
		cmd.Env = append(os.Environ(), "PRAXIS_DATABASE_URL="+k.database, "PRAXIS_DATA_DIR="+k.folder(n), "PRAXIS_BASE_URL=http://"+k.Addr,
			"PRAXIS_ADDR=127.0.0.1:"+strconv.Itoa(k.ports[n]), "PRAXIS_TRUST_PROXY=true")
		cmd.Stderr = os.Stderr
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		err := cmd.Start()
		if err == nil {
			k.log.Info("a node runs", "node", n+1, "process", cmd.Process.Pid)
			err = cmd.Wait()
		}
		if ctx.Err() == nil {
			k.log.Warn("a node has ended and is started again", "node", n+1, "err", err)
			time.Sleep(nodeRest)
		}
	}
}

// awaitNode waits until a node is ready, for two minutes at most.
func awaitNode(ctx context.Context, address string) bool {
	for begin := time.Now(); time.Since(begin) < 2*time.Minute && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		if res, err := http.Get("http://" + address + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return true
			}
		}
	}
	return false
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// lookEvery is how often the balancer looks which nodes are ready.
const lookEvery = 200 * time.Millisecond

// balancer gives each request to the next node that is ready, and to another where one does not answer the
// door. No connection to a node is kept for later: a node that stops would close it under a request.
type balancer struct {
	nodes []string
	next  atomic.Uint64
	ready atomic.Pointer[[]string] // nil: nobody has looked yet
}

// look finds out which nodes are ready, until the context ends.
func (b *balancer) look(ctx context.Context) {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for ; ctx.Err() == nil; time.Sleep(lookEvery) {
		var ready []string
		for _, node := range b.nodes {
			if res, err := client.Get("http://" + node + "/readyz"); err == nil {
				res.Body.Close()
				if res.StatusCode == http.StatusOK {
					ready = append(ready, node)
				}
			}
		}
		b.ready.Store(&ready)
	}
}

// order lists the nodes as they are to be tried: those that are ready first.
func (b *balancer) order() (nodes []string) {
	first := b.next.Add(1)
	if ready := b.ready.Load(); ready != nil && len(*ready) > 0 {
		n := int(first % uint64(len(*ready)))
		nodes = append(append(nodes, (*ready)[n:]...), (*ready)[:n]...)
	}
	for _, node := range b.nodes {
		if !slices.Contains(nodes, node) {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

func (b *balancer) proxy() http.Handler {
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true, DialContext: b.dial}
	return &httputil.ReverseProxy{Transport: transport, FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: "nodes"})
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}}
}

func (b *balancer) dial(ctx context.Context, network, _ string) (conn net.Conn, err error) {
	for _, node := range b.order() {
		if conn, err = new(net.Dialer).DialContext(ctx, network, node); err == nil {
			return conn, nil
		}
	}
	return nil, err
}
