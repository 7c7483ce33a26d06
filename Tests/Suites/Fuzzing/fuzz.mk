# libFuzzer with AddressSanitizer on every input boundary, one target after the other; see Tests/Suites/Fuzzing/README.md.
#   make fuzz SECONDS=120 TARGET=config
.PHONY: fuzz
## libFuzzer on every input boundary
fuzz: install-dependencies
	SWIFT="$(SWIFT)" JOBS="$(JOBS)" Tests/Suites/Fuzzing/run.sh "$(or $(SECONDS),120)" $(TARGET)
