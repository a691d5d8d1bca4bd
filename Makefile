# Praxis: `make run` to see it, `make test` to trust it. Everything else is for those who build it.
SHELL := bash
.DEFAULT_GOAL := run
GO ?= go
BIN := bin/praxis
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X praxis/internal/cli.Version=$(VERSION)

.PHONY: run build test race race-whole lint fuzz bench bench-search bench-live faults cluster test-upgrade screens schema clean

## run: gets what is missing, builds, and starts the demo coalition
run: build
	@.ci/need postgres
	@$(BIN) demo

## build: one static binary
build:
	@.ci/need go
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/praxis

# The longest begin first, so that no core waits for them at the end; what is linted was vetted
# already, and nobody debugs a test binary that is thrown away.
space := $(subst ,, )
TESTED = -timeout 20m -vet=off -ldflags='-s -w'
LONGEST := ./internal/storytest ./internal/web ./internal/pgcluster
# What runs side by side: the log, the store, the sockets, the index, whoever asks. Its tests run
# under the race detector where there is a C compiler. A hundred password checks one after the other
# race nobody.
RACED := live postgres search outbox account i18n index middleware
SLOW := ^TestSignInIsSlowed$$
CC_FOUND := $(shell command -v gcc || command -v clang || command -v cc)

## test: everything, on real PostgreSQL, and under the race detector what runs side by side; browser tests
## where a Chromium is found, last and alone, because they look at what moves on a page while it is
## painted; its readers wait more than they work
test: race
	@.ci/need go
	@.ci/need postgres
	@.ci/need chromium
	$(GO) test $(TESTED) $(LONGEST) $$($(GO) list ./... | grep -vE '/internal/(browsertest|storytest|web|pgcluster|$(subst $(space),|,$(RACED)))$$')
	$(GO) test $(TESTED) -run '$(SLOW)' ./internal/account
	$(GO) test $(TESTED) -parallel 4 ./internal/browsertest

## race: the packages that run side by side, under the race detector. race-whole adds the pages, the files
## and whole portals, which take as long again to compile as to run
race:
	@.ci/need go
	@.ci/need postgres
ifeq ($(CC_FOUND),)
	@echo "NO RACE DETECTOR: there is no C compiler"; test "$$CI" != true
	$(GO) test $(TESTED) -skip '$(SLOW)' $(RACED:%=./internal/%)
else
	CGO_ENABLED=1 $(GO) test -race $(TESTED) -skip '$(SLOW)' $(RACED:%=./internal/%)
endif
race-whole: race
	CGO_ENABLED=1 $(GO) test -race $(TESTED) ./internal/attachment ./internal/notify ./internal/web/page
	CGO_ENABLED=1 $(GO) test -race $(TESTED) -run 'TestParallelReaders|TestDoubleTap|TestSecondProcess|TestOrphan|TestStop|TestStory|TestHostile|TestLabels' \
		./internal/web ./internal/pgcluster ./internal/storytest

## lint: formatting, vet, staticcheck
lint:
	@test -z "$$(gofmt -l cmd internal assets sql)" || { gofmt -l cmd internal assets sql; echo "not formatted: run gofmt -w"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

## fuzz: every fuzz target for a few seconds each
fuzz:
	@for pkg in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$pkg | grep ^Fuzz); do \
		echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-5s} -fuzzminimizetime 1x $$pkg || exit 1; done; done

## schema: sql/schema.sql anew from the migrations
schema:
	PRAXIS_WRITE_SCHEMA=1 $(GO) test -count=1 -run TestSchemaFile ./internal/postgres

## bench: the figures of the portal on this machine; with PRAXIS_BENCH_LARGE=1 those of a library of
## 200,000 practices, too, whose index alone takes minutes
bench: build
	@.ci/need postgres
	$(GO) test -timeout 60m -run '^$$' -bench . -benchtime $${BENCHTIME:-3s} ./internal/storytest ./internal/outbox ./internal/practice

## bench-search: the figures of the search, and PostgreSQL's own full-text search beside it, on a generated
## collection of 60,000 documents; PRAXIS_BENCH_DOCUMENTS=1200000 is the whole, which takes an hour
bench-search:
	@.ci/need go
	@.ci/need postgres
	$(GO) test -timeout 3h -run '^$$' -bench '^BenchmarkSearch$$' -benchtime 1x ./internal/search

## bench-live: the figures of the live threads on this machine: sockets, posts, coming back, one thread of 10,000
## posts; praxis bench live measures any portal. LIVE_CLIENTS says how many sockets, 1000 5000 19000 if nothing does
bench-live: build
	@.ci/need postgres
	PRAXIS_LIVE_CLIENTS="$${LIVE_CLIENTS:-1000 5000 19000}" $(GO) test -count=1 -timeout 60m -v -run '^TestLiveFigures$$' ./internal/storytest

## faults: each fault for half a minute, 10,000 clients that come back at once, the simulation for longer; the
## counts of what was acknowledged, seen, lost, doubled as tables
faults:
	@.ci/need postgres
	PRAXIS_FAULTS=long $(GO) test -count=1 -timeout 60m -v -run '^(TestFaultsLoseNothing|TestManyComeBackAtOnce|TestNodesAreReplacedUnderLoad)$$' ./internal/storytest
	PRAXIS_STEPS=20000 $(GO) test -count=1 -timeout 60m -v -run '^TestSimulation$$' ./internal/live

## cluster: two nodes of the demo coalition on one PostgreSQL behind a balancing proxy, without containers
cluster: build
	@.ci/need postgres
	@$(BIN) cluster

## test-upgrade: an earlier program (UPGRADE_FROM, a commit) beside this one on the schema of this one; it is
## built for that, which takes minutes
test-upgrade:
	@.ci/need postgres
	PRAXIS_UPGRADE_FROM=$${UPGRADE_FROM:-ddbc967} $(GO) test -count=1 -timeout 20m -v -run '^TestEarlierProgramOnTheLaterSchema$$' ./internal/storytest

## screens: a picture of every page, phone and desktop, light and dark, English and Arabic, into bin/screens
screens: build
	@.ci/need postgres
	@.ci/need chromium
	PRAXIS_SCREENS=$(CURDIR)/bin/screens $(GO) test -count=1 -timeout 20m -run TestScreens ./internal/browsertest

clean:
	rm -rf bin
