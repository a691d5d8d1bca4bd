package config_test

import (
	"net"
	"strings"
	"testing"

	"praxis/internal/config"
)

func TestCheckNamesTheSettingThatIsWrong(t *testing.T) {
	good := config.Settings{Addr: "127.0.0.1:0", DataDir: "data"}
	if err := good.Check(); err != nil {
		t.Fatalf("good settings: %v", err)
	}
	for setting, change := range map[string]func(*config.Settings){
		"PRAXIS_ADDR":         func(s *config.Settings) { s.Addr = "8080" },
		"PRAXIS_ADMIN_ADDR":   func(s *config.Settings) { s.AdminAddr = "here" },
		"PRAXIS_BASE_URL":     func(s *config.Settings) { s.BaseURL = "praxis.example.org" },
		"PRAXIS_SMTP_URL":     func(s *config.Settings) { s.SMTPURL = "http://user:hunter2@mail" },
		"PRAXIS_MAIL_BOUNCES": func(s *config.Settings) { s.MailBounces = "a+b@example.org" },
		"PRAXIS_S3_URL":       func(s *config.Settings) { s.S3URL = "https://key:hunter2@store/bucket" },
		"PRAXIS_CLAMD_ADDR":   func(s *config.Settings) { s.ClamdAddr = "localhost" },
	} {
		s := good
		change(&s)
		err := s.Check()
		if err == nil || !strings.Contains(err.Error(), setting) {
			t.Errorf("%s: %v", setting, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error repeats a password", setting)
		}
	}
}

func TestOrigin(t *testing.T) {
	at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8099}
	for _, test := range []struct{ addr, base, want string }{
		{"127.0.0.1:0", "", "http://127.0.0.1:8099"},
		{"0.0.0.0:0", "", "http://localhost:8099"},
		{":0", "", "http://localhost:8099"},
		{"127.0.0.1:0", "https://praxis.example.org/", "https://praxis.example.org"},
	} {
		s := config.Settings{Addr: test.addr, BaseURL: test.base}
		if got := s.Origin(at); got != test.want {
			t.Errorf("Origin of %q, %q = %q, want %q", test.addr, test.base, got, test.want)
		}
	}
}
