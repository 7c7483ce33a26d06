# The release and the image for arm64, built on amd64 from Debian's packages and run by qemu-user. Included by the Makefile.
#
# The first run fetches more than 1 GB of packages into ARM64_CACHE and unpacks 6 GB there; make clean leaves them.

.PHONY: arm64 arm64-program arm64-image arm64-try

ARM64_CACHE ?= $(HOME)/.cache/devicepool-arm64
# The first suite whose Swift is new enough.
ARM64_SUITE ?= sid
ARM64 := $(BUILD)/arm64
ARM64_RELEASE := $(ARM64)/aarch64-unknown-linux-gnu/release/devicepool
ARM64_PACKAGES := mmdebstrap debian-archive-keyring qemu-user-static bubblewrap binutils \
	binutils-aarch64-linux-gnu umoci python3-venv

# The index joins the image with amd64's, which make image makes. containerd and registries take from it what fits the node.
## the release and the image for arm64 too, run by an emulator
arm64: arm64-image arm64-try
	@[ -e $(IMAGE)/oci/index.json ] || $(MAKE) --no-print-directory image
	python3 images/index.py $(ARM64)/index $(IMAGE)/oci $(ARM64)/image/oci
	python3 images/name.py $(ARM64)/index docker.io/library/devicepool
	tar --sort=name --mtime=@$(IMAGE_EPOCH) --owner=0 --group=0 --numeric-owner \
	  -cf $(ARM64)/devicepool-$(IMAGE_TAG).oci.tar -C $(ARM64)/index .

arm64-program:
	@missing=$$(for p in $(ARM64_PACKAGES); do dpkg-query -Wf '$${Status}\n' $$p 2>/dev/null | grep -q '^install ok' || echo $$p; done); \
	if [ -n "$$missing" ]; then $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; fi
	images/arm64/roots $(ARM64_CACHE) $(ARM64_SUITE)
	DEVICEPOOL_COMMIT="$(DEVICEPOOL_COMMIT)" images/arm64/run $(ARM64_CACHE) . sh -c 'swift build -c release -j $(JOBS) --product devicepool --static-swift-stdlib \
	  --swift-sdks-path /sdk --swift-sdk devicepool-arm64 --scratch-path $(ARM64) $$(images/static-grpc-options)'

arm64-image: arm64-program
	SYSROOT=$(abspath $(ARM64_CACHE))/target MULTIARCH=aarch64-linux-gnu \
	  STRIP=aarch64-linux-gnu-strip SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) \
	  images/assemble $(ARM64_RELEASE) $(ARM64)/image/root
	ARCHITECTURE=arm64 SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) images/pack $(ARM64)/image/root $(ARM64)/image $(IMAGE_TAG)

# The image's program, emulated: its version, the demo, the conformance cases, a Python client.
arm64-try:
	images/arm64/emulate version
	images/arm64/emulate simulate -machine Tests/Fixtures/Machines/intel-e810-x710.tree -config-file config-examples/demo/config.json
	Tests/Suites/Conformance/run.sh --binary images/arm64/emulate $(CASES)
	Tests/Suites/Interop/run.sh images/arm64/emulate
