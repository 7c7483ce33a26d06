# Two commands for a newcomer: make demo, make test. Both install what they need (Debian 12, as root or with sudo).
SWIFT ?= swift
JOBS ?= $(shell nproc)
BUILD := .build
RELEASE := $(BUILD)/release/devicepool
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

PACKAGES := libgrpc-dev zlib1g-dev libprotobuf-c-dev libpci-dev libnl-3-dev libnl-genl-3-dev libyaml-dev \
	pkg-config pci.ids iproute2

.PHONY: all demo test lint bench e2e fuzz release install-dependencies clean print-version

all: install-dependencies
	$(SWIFT) build -j $(JOBS)

install-dependencies:
	@missing=$$(for p in $(PACKAGES); do dpkg-query -Wf '$${Status}\n' $$p 2>/dev/null | grep -q '^install ok' || echo $$p; done); \
	if [ -n "$$missing" ]; then $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; fi

# The main job on a recorded machine, with the kubelet stand-in: no hardware, no cluster.
demo: release
	@$(RELEASE) simulate -machine Tests/Fixtures/Machines/intel-e810-x710.tree \
	  -config-file config-examples/demo/config.json

# One test at a time: many wait for sockets and clocks, and two cores are soon too few for all of them at once.
test: install-dependencies
	$(SWIFT) test -j $(JOBS) --no-parallel $(SWIFT_FLAGS)

lint:
	$(SWIFT) format lint -s -r Sources Tests Package.swift

# What an operator runs: optimised, with the Swift runtime and gRPC inside.
release: install-dependencies
	DEVICEPOOL_STATIC_GRPC=1 $(SWIFT) build -c release -j $(JOBS) --product devicepool --static-swift-stdlib \
	  $$(images/static-grpc-options)

# The version of the sources, as the release workflow compares it with the tag.
print-version:
	@echo $(IMAGE_TAG)

clean:
	rm -rf $(BUILD) $(BUILD)-*

include $(addprefix Tests/Suites/,EndToEnd/e2e.mk Benchmarks/bench.mk Fuzzing/fuzz.mk Interop/interop.mk \
	Deployments/deployments.mk Conformance/conformance.mk Faults/faults.mk) images/image.mk
