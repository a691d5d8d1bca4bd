// Package config is the portal's settings. Each is a flag, an environment variable PRAXIS_… and a
// line of --help; a flag beats the environment.
package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Settings of every command that touches the portal's data.
type Settings struct {
	Addr        string `default:"127.0.0.1:8080" env:"PRAXIS_ADDR" help:"Where the portal listens; port 0 picks a free one."`
	BaseURL     string `env:"PRAXIS_BASE_URL" help:"Public origin, for links, cookies and the origin check (default: from the address)."`
	AdminAddr   string `env:"PRAXIS_ADMIN_ADDR" help:"Second listener with /metrics and /debug/pprof/ (default: off)."`
	DataDir     string `env:"PRAXIS_DATA_DIR" type:"path" help:"Private PostgreSQL, index, attachments, secrets (default: ./data, for demo ./data/demo)."`
	DatabaseURL string `env:"PRAXIS_DATABASE_URL" help:"Any PostgreSQL 15 or newer; several nodes may share one (default: a private one in the data folder)."`
	PostgresBin string `env:"PRAXIS_POSTGRES_BIN" help:"Folder of PostgreSQL's server programs, for the private one (default: searched)."`
	Prepare     string `enum:"on,off" default:"on" env:"PRAXIS_PREPARE" help:"Prepared statements; off behind a pooler that knows none."`
	SMTPURL     string `name:"smtp-url" env:"PRAXIS_SMTP_URL" help:"smtp://user:pass@host:port (default: no mail, links are shown to whoever asks for them)."`
	MailFrom    string `env:"PRAXIS_MAIL_FROM" help:"Sender of mails (default: praxis@ the base URL's host)."`
	MailBounces string `env:"PRAXIS_MAIL_BOUNCES" help:"Address to which mails that cannot be delivered come back, like bounces@example.org; its plus addresses go to 'praxis mail bounce' (default: they go to the sender)."`
	S3URL       string `name:"s3-url" env:"PRAXIS_S3_URL" help:"Bucket for attachments, s3://key:secret@host:port/bucket?region=…&insecure=1 (default: a folder in the data folder)."`
	ClamdAddr   string `env:"PRAXIS_CLAMD_ADDR" help:"clamd that scans each attachment, host:port or the path of its socket; while it is away none is taken (default: no scan)."`
	RateLimits  string `enum:"on,off" default:"on" env:"PRAXIS_RATE_LIMITS" help:"off for load tests."`
	TrustProxy  bool   `env:"PRAXIS_TRUST_PROXY" help:"Believe X-Forwarded-For of a proxy on a loopback or private address."`
	Log         string `enum:"debug,info,warn,error" default:"info" env:"PRAXIS_LOG" help:"How much is logged."`
	LogFormat   string `enum:"text,json" default:"text" env:"PRAXIS_LOG_FORMAT" help:"How it is written."`
}

// Logger makes the program's logger on standard error.
func (s Settings) Logger() *slog.Logger {
	level := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}[s.Log]
	opt := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, opt))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opt))
}

// Private tells whether the portal runs its own PostgreSQL.
func (s Settings) Private() bool { return s.DatabaseURL == "" }

// Sub gives a folder inside the data folder.
func (s Settings) Sub(name string) string { return filepath.Join(s.DataDir, name) }

// Check tells what is wrong with the settings, in a sentence that names the setting.
func (s Settings) Check() error {
	if _, _, err := net.SplitHostPort(s.Addr); err != nil {
		return fmt.Errorf("PRAXIS_ADDR %q is not host:port, like 127.0.0.1:8080", s.Addr)
	}
	if s.AdminAddr != "" {
		if _, _, err := net.SplitHostPort(s.AdminAddr); err != nil {
			return fmt.Errorf("PRAXIS_ADMIN_ADDR %q is not host:port, like 127.0.0.1:9090", s.AdminAddr)
		}
	}
	if s.BaseURL != "" {
		u, err := url.Parse(s.BaseURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
			return fmt.Errorf("PRAXIS_BASE_URL %q is not an origin, like https://praxis.example.org", s.BaseURL)
		}
	}
	if s.SMTPURL != "" {
		u, err := url.Parse(s.SMTPURL)
		if err != nil || u.Host == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
			// The address may hold a password, so it is not repeated.
			return fmt.Errorf("PRAXIS_SMTP_URL is not of the form smtp://user:pass@host:port")
		}
	}
	if local, host, ok := strings.Cut(s.MailBounces, "@"); s.MailBounces != "" && (!ok || local == "" || host == "" || strings.ContainsAny(s.MailBounces, " <>+\r\n")) {
		return fmt.Errorf("PRAXIS_MAIL_BOUNCES %q is not an address without a plus, like bounces@example.org", s.MailBounces)
	}
	if err := s.checkFiles(); err != nil {
		return err
	}
	if s.DatabaseURL != "" && s.DataDir == "" {
		return fmt.Errorf("PRAXIS_DATA_DIR is empty: index and attachments need a folder")
	}
	return nil
}

func (s Settings) checkFiles() error {
	if s.S3URL != "" {
		u, err := url.Parse(s.S3URL)
		if err != nil || u.Scheme != "s3" || u.Host == "" || u.User == nil || strings.Trim(u.Path, "/") == "" {
			// The address holds a secret, so it is not repeated.
			return fmt.Errorf("PRAXIS_S3_URL is not of the form s3://key:secret@host:port/bucket?region=…&insecure=1")
		}
	}
	if s.ClamdAddr != "" && !strings.HasPrefix(s.ClamdAddr, "/") {
		if _, _, err := net.SplitHostPort(s.ClamdAddr); err != nil {
			return fmt.Errorf("PRAXIS_CLAMD_ADDR %q is neither host:port, like 127.0.0.1:3310, nor the path of a socket", s.ClamdAddr)
		}
	}
	return nil
}

// Origin is the public origin: the base URL, or the address that the portal listens on.
func (s Settings) Origin(listening net.Addr) string {
	if s.BaseURL != "" {
		return strings.TrimRight(s.BaseURL, "/")
	}
	host, _, err := net.SplitHostPort(s.Addr)
	_, port, portErr := net.SplitHostPort(listening.String())
	if err != nil || portErr != nil {
		return "http://" + listening.String()
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
