# libFuzzer with AddressSanitizer on every input boundary, one target after the other; see Tests/Fuzzing/README.md.
#   make fuzz SECONDS=120 TARGET=config
.PHONY: fuzz
fuzz: install-dependencies
	SWIFT="$(SWIFT)" JOBS="$(JOBS)" Tests/Fuzzing/run.sh "$(or $(SECONDS),120)" $(TARGET)
