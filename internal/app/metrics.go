package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what an operator watches. No label holds anything of a member.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(p *Portal) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "praxis_http_request_seconds", Help: "Time to answer requests, by route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}}, []string{"method", "route", "status"})}
	gauge := func(name, help string, f func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f))
	}
	counter := func(name, help string, f func() float64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, f))
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge("praxis_database_connections_in_use", "Connections of the pool that are at work.", func() float64 { return float64(p.DB.Stats().InUse) })
	counter("praxis_database_waits_total", "Times that a connection had to be waited for.", func() float64 { return float64(p.DB.Stats().WaitCount) })
	gauge("praxis_log_head", "Last position of the log that this node has seen.", func() float64 { return float64(p.relay.Stats().Head) })
	counter("praxis_log_sequenced_total", "Events that this node has given a position.", func() float64 { return float64(p.relay.Stats().Sequenced) })
	gauge("praxis_index_position", "Position of the log up to which this node's index is made.", func() float64 { return float64(p.indexer.Position()) })
	gauge("praxis_sockets", "Open sockets.", func() float64 { return float64(p.hub.Counters.Sockets.Load()) })
	counter("praxis_socket_messages_total", "Messages handed to sockets.", func() float64 { return float64(p.hub.Counters.Told.Load()) })
	counter("praxis_sockets_too_slow_total", "Sockets that were closed because they read too slowly.", func() float64 { return float64(p.hub.Counters.Slow.Load()) })
	counter("praxis_hints_total", "Hints of who is here that were sent to the other nodes.", func() float64 { return float64(p.hub.Counters.Hints.Load()) })
	return m
}

// observe times every request but sockets, which last for hours.
func (m *metrics) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		err := next(c)
		if c.Request().Header.Get("Upgrade") == "" {
			m.requests.WithLabelValues(method(c.Request().Method), c.Path(), strconv.Itoa(c.Response().Status)).Observe(time.Since(start).Seconds())
		}
		return err
	}
}

// method bounds the label: anybody can send a method of her own making.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// serveAdmin serves the operator's own listener where one is set. The channel tells of its failure.
func (p *Portal) serveAdmin(ctx context.Context) <-chan error {
	failed := make(chan error, 1)
	if p.admin == nil {
		return failed
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: headerTimeout}
	context.AfterFunc(ctx, func() { server.Close() })
	p.Log.Info("listening for operators", "address", p.admin.Addr().String())
	go func() {
		if err := server.Serve(p.admin); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve operators: %w", err)
		}
	}()
	return failed
}
