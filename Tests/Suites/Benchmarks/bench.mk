# Times, memory and instruction counts on generated nodes; see Tests/Suites/Benchmarks/README.md. Needs root.
#   make bench PEER=/path/to/sriovdp VFS="8 64" REPEAT=9
.PHONY: bench bench-instructions bench-program valgrind

## speed and memory beside another plugin (PEER=path)
bench: release bench-program
	PEER="$(PEER)" VFS="$(VFS)" POOLS="$(POOLS)" REPEAT="$(REPEAT)" IDLE="$(IDLE)" $(if $(SUDO),$(SUDO) -E) Tests/Suites/Benchmarks/run.sh $(or $(MODE),measure)

bench-instructions: release bench-program valgrind
	VFS="$(VFS)" $(if $(SUDO),$(SUDO) -E) Tests/Suites/Benchmarks/run.sh instructions

valgrind:
	@command -v valgrind >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq valgrind; }

bench-program:
	DEVICEPOOL_STATIC_GRPC=1 $(SWIFT) build -c release -j $(JOBS) --product devicepool-bench --static-swift-stdlib \
	  $$(images/static-grpc-options)
