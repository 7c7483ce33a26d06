# Checks and writes what is in deployments/; see Tests/Suites/Deployments/check.py. Included by the Makefile.

.PHONY: deployments deployments-check deployments-tools

DEPLOYMENT_TOOLS := $(BUILD)/deployments
HELM_RENDER := $(DEPLOYMENT_TOOLS)/helm-render
SPRIG := /usr/share/gocode/src/github.com/Masterminds/sprig
CHECK_DEPLOYMENTS = HELM_RENDER=$(HELM_RENDER) PROMTOOL=$$(command -v promtool || echo $(DEPLOYMENT_TOOLS)/promtool) \
	PYTHONDONTWRITEBYTECODE=1 $(DEPLOYMENT_TOOLS)/venv/bin/python Tests/Suites/Deployments/check.py

# Schemas, overlays, chart, examples, dashboard, alerts. helm, kustomize, kubectl and promtool are used where they are.
## manifests, chart, dashboard and alerts
deployments-check: deployments-tools
	$(CHECK_DEPLOYMENTS)

# Writes deployments/manifests/ from the overlays, then the same.
deployments: deployments-tools
	$(CHECK_DEPLOYMENTS) --write

deployments-tools: $(DEPLOYMENT_TOOLS)/venv/done $(DEPLOYMENT_TOOLS)/promtool $(HELM_RENDER)

# The published schemas of Kubernetes come with this package.
$(DEPLOYMENT_TOOLS)/venv/done:
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv; }
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check 'kubernetes-validate>=1.33' jsonschema PyYAML
	touch $@

# The program alone, out of Debian's package: a Prometheus server is not wanted.
$(DEPLOYMENT_TOOLS)/promtool:
	mkdir -p $(@D)/prometheus
	if command -v promtool; then cp "$$(command -v promtool)" $@; else $(SUDO) apt-get update -qq && \
	  (cd $(@D)/prometheus && apt-get download -q prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb | \
	  tar -xO ./usr/bin/promtool > ../promtool && chmod +x ../promtool); fi
	rm -r $(@D)/prometheus

# text/template with sprig, as in helm.
$(HELM_RENDER): Tests/Suites/Deployments/helm/main.go
	@test -d $(SPRIG) -a -n "$(wildcard /usr/lib/go-*/bin/go)" || { $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends \
	  golang-1.19-go golang-github-masterminds-sprig-dev; }
	cd Tests/Suites/Deployments/helm && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= \
	  $$(ls -d /usr/lib/go-*/bin/go | head -n 1) build -o $(abspath $@) main.go
