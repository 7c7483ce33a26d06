# The API helper against a stand-in API server. Included by the Makefile.

.PHONY: dra-api

DRA_API ?= $(BUILD)/debug/devicepool-api

dra-api: install-dependencies
	$(SWIFT) build -j $(JOBS) --product devicepool-api
	python3 Tests/Suites/DRA/suite.py $(DRA_API) $(TEST)
