# Replays machines with configurations; see Tests/Conformance/README.md. CASES: other files or directories of cases.
CASES ?= Tests/Conformance
.PHONY: conformance
conformance: release
	@dpkg-query -Wf '$${Status}\n' python3-venv 2>/dev/null | grep -q '^install ok' || \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv
	Tests/Conformance/run.sh --binary $(RELEASE) $(CASES)
