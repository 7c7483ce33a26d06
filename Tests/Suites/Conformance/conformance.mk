# Replays machines with configurations; see Tests/Suites/Conformance/README.md. CASES: other files or directories of cases.
CASES ?= Tests/Suites/Conformance
.PHONY: conformance
## machines and configurations against the program
conformance: release
	@dpkg-query -Wf '$${Status}\n' python3-venv 2>/dev/null | grep -q '^install ok' || \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv
	Tests/Suites/Conformance/run.sh --binary $(RELEASE) $(CASES)
