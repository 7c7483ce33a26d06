# The page of `inventory` as README shows it; see picture.py. CHROME=/path names a browser that is not on PATH.
.PHONY: picture

## README's pictures of the inventory page (needs Chromium or Chrome)
picture: release $(BUILD)/picture-venv/done
	CHROME=$(CHROME) PYTHONDONTWRITEBYTECODE=1 $(BUILD)/picture-venv/bin/python Tests/Suites/Picture/picture.py $(RELEASE) \
	  Sources/devicepool/devicepool.docc/Resources

$(BUILD)/picture-venv/done:
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv; }
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check -r Tests/Suites/Interop/requirements.txt Pillow
	touch $@
