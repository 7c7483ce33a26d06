# The image without a Docker engine: the root file system that the Dockerfile makes, as an OCI layout. Included by the
# Makefile.

.PHONY: image image-api release-api image-tools image-try image-sbom

IMAGE := $(BUILD)/image
IMAGE_TAG := $(shell sed -n 's/.*number = "\(.*\)"/\1/p' Sources/Observability/Version.swift)
IMAGE_RUNS ?= 20
# Equal input, equal image.
IMAGE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
IMAGE_PACKAGES := umoci bubblewrap binutils

# Builds the program, puts the root file system together, runs the program in it, packs it, lists what is in it.
## the image, without a Docker engine
image: release image-tools
	@mkdir -p $(IMAGE)
	SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) images/assemble $(RELEASE) $(IMAGE)/root
	@$(MAKE) --no-print-directory image-try
	SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) images/pack $(IMAGE)/root $(IMAGE) $(IMAGE_TAG)
	@$(MAKE) --no-print-directory image-sbom

# For nodes with pools that DRA serves; the daemon's image stays as small as it is.
## the image of devicepool-api
image-api: release-api image-tools
	@mkdir -p $(IMAGE)
	SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) images/assemble $(RELEASE)-api $(IMAGE)/api-root
	bwrap --ro-bind $(IMAGE)/api-root / --proc /proc /usr/bin/devicepool-api -help >/dev/null
	SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) images/pack $(IMAGE)/api-root $(IMAGE) $(IMAGE_TAG) devicepool-api

release-api: install-dependencies
	$(SWIFT) build -c release -j $(JOBS) --product devicepool-api --static-swift-stdlib

image-tools:
	@missing=$$(for p in $(IMAGE_PACKAGES); do dpkg-query -Wf '$${Status}\n' $$p 2>/dev/null | grep -q '^install ok' || echo $$p; done); \
	if [ -n "$$missing" ]; then $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; fi

# Size, shell, names, processes, time until it listens.
image-try:
	python3 images/try.py $(IMAGE)/root $(IMAGE_RUNS)

# What is in the image, as CycloneDX and as SPDX, by debsbom from the package index, which reads dpkg's list; to it are
# added what is linked into the program, and the program itself.
image-sbom: $(IMAGE)/venv/done
	SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) $(IMAGE)/venv/bin/python images/sbom.py $(IMAGE)/root $(IMAGE)/devicepool-$(IMAGE_TAG) $(IMAGE_TAG)

$(IMAGE)/venv/done:
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv; }
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check 'debsbom[cdx,spdx]' 'cyclonedx-python-lib[json-validation]'
	touch $@
