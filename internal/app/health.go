package app

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

const readyTimeout = 2 * time.Second

// drainTime is how long a node behind a balancing proxy says that it is about to stop, and still serves: the
// proxy looks every second or two, and what it sends until then is answered.
const drainTime = 2500 * time.Millisecond

// drain lets the proxy turn to the other nodes.
func (p *Portal) drain() {
	if p.Settings.TrustProxy {
		p.leaving.Store(true)
		time.Sleep(drainTime)
	}
}

// readyz answers 200 only when the database answers and the index has caught up.
func (p *Portal) readyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTimeout)
	defer cancel()
	reasons := map[string]string{}
	if p.leaving.Load() {
		reasons["node"] = "the node is about to stop"
	}
	if err := p.DB.Ping(ctx); err != nil {
		reasons["database"] = "PostgreSQL does not answer"
	}
	if ok, percent := p.indexer.CaughtUp(ctx); !ok {
		reasons["index"] = fmt.Sprintf("the search index is catching up (%d %%)", percent)
	}
	if len(reasons) > 0 {
		return c.JSON(http.StatusServiceUnavailable, map[string]any{"ready": false, "reasons": reasons})
	}
	return c.JSON(http.StatusOK, map[string]any{"ready": true})
}

// quiet writes the HTTP server's own lines (broken handshakes and the like) at debug level.
func quiet(l *slog.Logger) *log.Logger { return slog.NewLogLogger(l.Handler(), slog.LevelDebug) }
