package app

import (
	"fmt"
	"net"
)

// listen binds both listeners. It comes before anything that takes time or makes something, so that
// a taken port is told at once, and whoever asks is answered by the front until the portal serves.
func (n *Node) listen() (err error) {
	if n.main == nil {
		if n.main, err = net.Listen("tcp", n.Settings.Addr); err != nil {
			return fmt.Errorf("listen on %s: %w; stop what listens there, or set PRAXIS_ADDR to another address (port 0 picks a free one)", n.Settings.Addr, err)
		}
		n.front = newFront(n.main, n.Log)
	}
	if n.admin == nil && n.Settings.AdminAddr != "" {
		if n.admin, err = net.Listen("tcp", n.Settings.AdminAddr); err != nil {
			return fmt.Errorf("listen for operators on %s: %w; stop what listens there, or set PRAXIS_ADMIN_ADDR to another address", n.Settings.AdminAddr, err)
		}
	}
	return nil
}
