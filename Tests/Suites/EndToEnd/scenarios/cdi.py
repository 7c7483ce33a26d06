#!/usr/bin/python3
"""CDI: podman takes devices by the names that Allocate gives, from the spec files that the daemon writes."""
# run: limit 300
import json
import sys

from e2e import *
from e2e.machine import *

DIRECTORY = "/var/run/cdi/"


def scenario():
    load("igb", "igbvf", "vfio-pci", "overlay")
    kernel, one, two = set_functions(PF0, 3)
    for address in (one, two):
        bind(address, "vfio-pci")
    os.makedirs(DIRECTORY, exist_ok=True)
    foreign = DIRECTORY + "nvidia.com-gpu.json"
    write(foreign, '{"cdiVersion":"0.3.0","kind":"nvidia.com/gpu","devices":[{"name":"0","containerEdits":{"env":["G=1"]}}]}')
    kubelet = Kubelet()
    config = {"resourceList": [
        pool("one", drivers=["vfio-pci"], pciAddresses=[one]), pool("two", drivers=["vfio-pci"]), pool("nets", drivers=["igbvf"])]}
    plugin = Plugin(config, "-use-cdi")
    need(kubelet.wait_for("intel.com/one", [one]) and kubelet.wait_for("intel.com/two", [two]) and
         kubelet.wait_for("intel.com/nets", [kernel]), "three pools are there", plugin.log()[-2000:])
    specs = [n for n in os.listdir(DIRECTORY) if DIRECTORY + n != foreign]
    check(specs, "spec files are there when the pools are registered", os.listdir(DIRECTORY))
    for name in specs:
        spec = json.loads(read(DIRECTORY + name))
        equal(oct(os.stat(DIRECTORY + name).st_mode & 0o777), "0o644", f"{name}: readable by all")
        check(spec["kind"].startswith("intel.com/"), f"{name}: kind {spec['kind']}")

    answers = {name: kubelet.allocate("intel.com/" + name, [address], pod=name) for name, address in (("one", one), ("two", two), ("nets", kernel))}
    names = {name: [d["name"] for d in answer["cdi_devices"]] for name, answer in answers.items()}
    check(all(names[n] for n in ("one", "two")), "Allocate names CDI devices", names)
    equal([answers["one"]["devices"], answers["two"]["devices"]], [[], []], "and leaves the nodes to them")
    # Kubelet keeps one of two equal annotation keys; the field cdi_devices is what makes two pools add up.
    equal([a["annotations"].get("cdi.k8s.io/intel.com_net-pci") for a in (answers["one"], answers["two"])], [names["one"][0], names["two"][0]],
          "the annotation says the same, for runtimes that know nothing else")

    for name, address in (("one", one), ("two", two)):
        code, output = podman(names[name], ["/bin/sh", "-c", "ls /dev/vfio; exec 3<>/dev/vfio/%s && echo opened" % iommu_group(address)])
        check(code == 0 and "opened" in output, f"{name}: podman's container opens its group by CDI name", output)
    groups = [iommu_group(a) for a in (one, two)]
    code, output = podman(names["one"] + names["two"], ["/bin/sh", "-c", "ls /dev/vfio"])
    equal((code, output.split()), (0, sorted([*groups, "vfio"], key=str)), "both pools in one container: the nodes of both")
    if names["nets"]:
        code, output = podman(names["nets"], ["/bin/true"])
        equal(code, 0, "a kernel function's name, which injects nothing, is one that podman takes")
    code, output = podman([names["one"][0] + "x"], ["/bin/true"])
    check(code != 0, "podman refuses a name that no spec has", output)

    for name in specs:
        os.unlink(DIRECTORY + name)
    plugin.kill()
    kubelet.lost()
    plugin = Plugin(config, "-use-cdi")
    need(kubelet.wait_for("intel.com/one", [one]), "it is back after a reboot that emptied /run")
    equal(sorted(n for n in os.listdir(DIRECTORY) if DIRECTORY + n != foreign), sorted(specs), "and so are its spec files")
    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    code, output = podman(names["one"], ["/bin/true"])
    equal(code, 0, "a running pod's container can be started again while the daemon is away")
    check(os.path.exists(foreign), "another plugin's spec is left alone")


sys.exit(tap.run(scenario))
