# The API helper against a stand-in API server, alone and with the daemon. Included by the Makefile.

.PHONY: dra-api dra-claims dra-bench dra-fleet

DRA_API ?= $(BUILD)/debug/devicepool-api
DRA_DAEMON ?= $(BUILD)/debug/devicepool

## the API helper against a stand-in API server
dra-api: install-dependencies
	$(SWIFT) build -j $(JOBS) --product devicepool-api
	python3 Tests/Suites/DRA/suite.py $(DRA_API) $(TEST)

## claims through daemon and API helper, and a kill in each call
dra-claims: install-dependencies
	$(SWIFT) build -j $(JOBS) --product devicepool-api
	$(SWIFT) build -j $(JOBS) --product devicepool
	python3 Tests/Suites/DRA/claims.py $(DRA_DAEMON) $(DRA_API) $(TEST)

# Alone on the machine: its figures are ratios within one run.
## claims beside Allocate: times, slices, memory (CALLS=500)
dra-bench: release release-api
	python3 Tests/Suites/DRA/bench.py $(RELEASE) $(RELEASE)-api $(CALLS)

# 1,000 nodes take 5 minutes and 4 GB of memory.
## requests of a fleet of API helpers (NODES=200)
dra-fleet: release-api
	python3 Tests/Suites/DRA/fleet.py $(RELEASE)-api $(NODES)
