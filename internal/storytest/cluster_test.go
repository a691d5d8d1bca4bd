package storytest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nodesOf lists the processes of the nodes of a cluster.
func nodesOf(t testing.TB, p *process) (nodes []int) {
	t.Helper()
	out, _ := exec.Command("pgrep", "-P", strconv.Itoa(p.cmd.Process.Pid), "-f", "praxis demo").Output() // none is an answer
	for _, field := range strings.Fields(string(out)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, pid)
	}
	return nodes
}

// addressOf gives the address at which a node listens, behind the balancer.
func addressOf(t testing.TB, pid int) string {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		t.Fatal(err)
	}
	address := ""
	for _, variable := range strings.Split(string(raw), "\x00") {
		if value, ok := strings.CutPrefix(variable, "PRAXIS_ADDR="); ok {
			address = value // the last one counts
		}
	}
	return address
}

// Nodes are replaced one by one while members write and listen: no request fails, and no event is lost.
// One that is killed costs at most what it was answering. It is part of make faults.
func TestNodesAreReplacedUnderLoad(t *testing.T) {
	if os.Getenv("PRAXIS_FAULTS") == "" {
		return // it takes a minute of two cores
	}
	t.Parallel()
	dir := demoFolder(t)
	for _, n := range []string{"1", "2"} { // else each builds its own
		if err := os.MkdirAll(dir+"/node-"+n, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"index", "compiled"} {
			if out, err := exec.Command("cp", "-a", dir+"/"+part, dir+"/node-"+n+"/").CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
	}
	c := launch(t, "cluster", "--data-dir", dir)
	Eventually(t, "two nodes run", func() bool { return len(nodesOf(t, c)) == 2 })
	portal := &Portal{URL: c.url}
	ana, somchai := portal.As(t, "ana"), portal.As(t, "somchai")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "One by one", "body": "First."}).Want(201).Thing()
	stop, end := context.WithCancel(context.Background())
	defer end()
	p := &people{urls: []string{c.url}, thread: thread.ID, token: ana.Token, stop: stop, said: map[string]int64{}, everyWriter: 40 * time.Millisecond, answers: 30 * time.Second}
	var head struct{ Head int64 }
	somchai.Do("GET", "/live/poll?topic=thread:"+itoa(thread.ID), nil).Want(200).Into(&head)
	for n := range 4 {
		p.listen(fmt.Sprint("listener ", n), somchai.Token, n%2 == 1, head.Head)
	}
	until := make(chan struct{})
	for n := range 3 {
		p.writing.Add(1)
		go p.write(n, until)
	}
	p.recovers(t, "the start")
	how := []syscall.Signal{syscall.SIGTERM}
	if os.Getenv("PRAXIS_FAULTS") == "long" { // the short run of TestFaultsLoseNothing kills one, too
		how = append(how, syscall.SIGKILL)
	}
	for _, how := range how {
		nodes := nodesOf(t, c)
		if how == syscall.SIGKILL {
			nodes = nodes[:1]
		}
		for _, pid := range nodes {
			if err := syscall.Kill(pid, how); err != nil {
				t.Fatal(err)
			}
			Eventually(t, "the node is another", func() bool {
				now := nodesOf(t, c)
				return len(now) == 2 && now[0] != pid && now[1] != pid
			})
			for _, node := range nodesOf(t, c) {
				(&Portal{URL: "http://" + addressOf(t, node)}).await(t)
			}
			p.recovers(t, "a node was replaced")
			time.Sleep(500 * time.Millisecond) // it takes its part
		}
		p.mu.Lock()
		if how == syscall.SIGTERM && p.retries > 0 {
			t.Errorf("%d requests failed while nodes were stopped in good order", p.retries)
		}
		if how == syscall.SIGKILL && p.retries > 3 { // what each writer had under way
			t.Errorf("%d requests failed of three writers when a node was killed", p.retries)
		}
		p.mu.Unlock()
	}
	close(until)
	p.writing.Wait()
	db := insideOf(t, dir)
	p.settle(t, db)
	end()
	p.all.Wait()
	v := judge(t, db, p)
	t.Logf("%s; %d tries again, %d connections made anew", v, p.retries, p.reconnects.Load())
}
