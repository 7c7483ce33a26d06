#!/usr/bin/python3
"""vDPA devices of virtio functions, bound to vhost and to virtio."""
# run: limit 240
import json
import sys

from e2e import *
from e2e.machine import *


def add(address, name, driver_name):
    """Makes a function's vDPA device and binds it."""
    bind(address, "vp-vdpa")
    run("vdpa", "dev", "add", "name", name, "mgmtdev", "pci/" + address)
    device = f"/sys/bus/vdpa/devices/{name}"
    if link_name(device + "/driver") != driver_name:
        if link_name(device + "/driver"):
            write(device + "/driver/unbind", name)
        write(device + "/driver_override", driver_name)
        write(f"/sys/bus/vdpa/drivers/{driver_name}/bind", name)
    return device


def scenario():
    load("vp_vdpa", "vhost_vdpa", "virtio_vdpa", "virtio_net")
    vhost = add(VIRTIO0, "vdpa0", "vhost_vdpa")
    add(VIRTIO1, "vdpa1", "virtio_vdpa")
    node = [n for n in os.listdir(vhost) if n.startswith("vhost-vdpa-")]
    need(node and os.path.exists("/dev/" + node[0]), "the kernel made a vhost-vdpa node", os.listdir(vhost))
    kubelet = Kubelet()
    plugin = Plugin({"resourceList": [
        pool("vhost", vendors=["1af4"], vdpaType="vhost"), pool("virtio", vendors=["1af4"], vdpaType="virtio")]})
    need(kubelet.wait_for("intel.com/vhost", [VIRTIO0]), "vdpaType vhost takes the function bound to vhost_vdpa", plugin.log()[-2000:])
    check(kubelet.wait_for("intel.com/virtio", [VIRTIO1]), "vdpaType virtio takes the other", kubelet.ids("intel.com/virtio"))

    answer = kubelet.allocate("intel.com/vhost", [VIRTIO0])
    equal([d["host_path"] for d in answer["devices"]], ["/dev/" + node[0]], "the answer holds the vhost-vdpa node")
    opens(answer, "vhost")
    info = json.loads(answer["envs"]["PCIDEVICE_INTEL_COM_VHOST_INFO"])[VIRTIO0]
    equal(info.get("vdpa", {}).get("mount"), "/dev/" + node[0], "INFO names the node")
    answer = kubelet.allocate("intel.com/virtio", [VIRTIO1])
    equal(answer["devices"], [], "virtio_vdpa needs no node")
    path = f"/var/run/k8s.cni.cncf.io/devinfo/dp/intel.com-vhost-{VIRTIO0}-device.json"
    described = json.loads(read(path) or "{}")
    equal((described.get("type"), described.get("vdpa", {}).get("driver"), described.get("vdpa", {}).get("path")),
          ("vdpa", "vhost", "/dev/" + node[0]), "DeviceInfo says vdpa, vhost and the node")

    run("vdpa", "dev", "del", "vdpa0")
    check(eventually(lambda: VIRTIO0 not in kubelet.healthy("intel.com/vhost"), 60),
          "a function whose vDPA device went is no longer Healthy in its pool", kubelet.devices("intel.com/vhost"))
    equal(plugin.stop(), 0, "it ends with 0 when asked to")


sys.exit(tap.run(scenario))
