# Drives a running daemon with Python's gRPC, which shares no line with ours but the C core's.
.PHONY: interop
## a Python gRPC client drives the daemon
interop: release
	@dpkg-query -Wf '$${Status}\n' python3-venv 2>/dev/null | grep -q '^install ok' || \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv
	Tests/Suites/Interop/run.sh $(RELEASE)
