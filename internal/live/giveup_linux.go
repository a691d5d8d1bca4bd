package live

import (
	"net"
	"syscall"
	"time"
)

// tcpUserTimeout is the kernel's TCP_USER_TIMEOUT, which the syscall package does not name.
const tcpUserTimeout = 18

// giveUp ends a connection whose other side has acknowledged nothing for a time. A stream's client says
// nothing by itself, and the kernel would go on trying for a quarter of an hour; if it cannot be set, it does.
func giveUp(conn net.Conn, after time.Duration) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(after.Milliseconds()))
		})
	}
}
