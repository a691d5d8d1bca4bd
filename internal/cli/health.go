package cli

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"praxis/internal/config"
)

type healthCmd struct {
	config.Settings
}

// Run asks the portal on this machine whether it lives: a container's health check without a shell.
func (c healthCmd) Run(e *env) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("read the address: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	client := http.Client{Timeout: 2 * time.Second}
	res, err := client.Get("http://" + net.JoinHostPort(host, port) + "/healthz")
	if err != nil {
		return fmt.Errorf("ask the portal: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the portal answers %s", res.Status)
	}
	_, err = fmt.Fprintln(e.out, "ok")
	return err
}
