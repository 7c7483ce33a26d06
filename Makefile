# Two commands for a newcomer: make demo, make test. Both install what they need (Debian 12, as root or with sudo).
# A comment that begins with two signs is the line of `make help` for the target below it.
SWIFT ?= swift
JOBS ?= $(shell nproc)
BUILD := .build
RELEASE := $(BUILD)/release/devicepool
# HASH DATE, which `devicepool version` then says; empty outside a git checkout of these sources.
DEVICEPOOL_COMMIT ?= $(shell [ "$$(git rev-parse --show-toplevel 2>/dev/null)" = "$(CURDIR)" ] && \
	git log -1 --abbrev=12 --date=short --format="%h$$(git diff --quiet HEAD || echo -changed) %cd")
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

PACKAGES := libgrpc-dev zlib1g-dev libprotobuf-c-dev libpci-dev libnl-3-dev libnl-genl-3-dev libyaml-dev \
	libevent-dev libssl-dev \
	pkg-config pci.ids iproute2

.PHONY: help install all demo test lint bench e2e fuzz release install-dependencies clean print-version

## a debug build
all: install-dependencies
	$(SWIFT) build -j $(JOBS)

## what you can make
help:
	@awk '/^## / { text = substr($$0, 4); next } \
	  text != "" && /^[a-z0-9-]+:/ { sub(":.*", ""); printf "  make %-20s %s\n", $$0, text } { text = "" }' $(MAKEFILE_LIST)

install-dependencies:
	@missing=$$(for p in $(PACKAGES); do dpkg-query -Wf '$${Status}\n' $$p 2>/dev/null | grep -q '^install ok' || echo $$p; done); \
	if [ -n "$$missing" ]; then $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; fi

# With the kubelet stand-in: no hardware, no cluster. DRA=1: two of the pools by Dynamic Resource Allocation, from the slice to
# the container.
## the main job on a recorded machine
demo: release
	@$(RELEASE) simulate -machine Tests/Fixtures/Machines/intel-e810-x710.tree \
	  -config-file config-examples/demo/$(if $(DRA),dra,config).json

# One test at a time: many wait for sockets and clocks, and two cores are soon too few for all of them at once.
## every fast test
test: install-dependencies
	$(SWIFT) test -j $(JOBS) --no-parallel $(SWIFT_FLAGS)

## swift format, as CI checks it
lint:
	$(SWIFT) format lint -s -r Sources Tests Package.swift

# Optimised, with the Swift runtime and gRPC inside.
## what an operator runs
release: install-dependencies
	DEVICEPOOL_COMMIT="$(DEVICEPOOL_COMMIT)" DEVICEPOOL_STATIC_GRPC=1 \
	  $(SWIFT) build -c release -j $(JOBS) --product devicepool --static-swift-stdlib \
	  $$(images/static-grpc-options)

PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share

## the release, its manual page and completions below PREFIX (/usr/local)
install: release
	install -D $(RELEASE) $(DESTDIR)$(PREFIX)/bin/devicepool
	mkdir -p $(SHARE)/man/man8 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d
	$(RELEASE) help -man > $(SHARE)/man/man8/devicepool.8
	$(RELEASE) completion bash > $(SHARE)/bash-completion/completions/devicepool
	$(RELEASE) completion zsh > $(SHARE)/zsh/site-functions/_devicepool
	$(RELEASE) completion fish > $(SHARE)/fish/vendor_completions.d/devicepool.fish

# The version of the sources, as the release workflow compares it with the tag.
print-version:
	@echo $(IMAGE_TAG)

## away with what was built
clean:
	rm -rf $(BUILD) $(BUILD)-*

include $(addprefix Tests/Suites/,EndToEnd/e2e.mk Benchmarks/bench.mk Fuzzing/fuzz.mk Interop/interop.mk \
	Deployments/deployments.mk Conformance/conformance.mk Faults/faults.mk Picture/picture.mk DRA/dra.mk) \
	images/image.mk images/arm64.mk
