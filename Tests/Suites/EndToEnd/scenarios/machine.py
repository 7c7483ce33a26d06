#!/usr/bin/python3
"""Makes a node with something of everything and records it, as a fixture for the fast tests."""
# run: limit 300; by name only
import os
import sys

from e2e import *
from e2e.machine import *

NAME = "igb-rxe-vdpa-guest"


def scenario():
    load("igb", "igbvf", "vfio-pci", "rdma_rxe", "ib_umad", "rdma_ucm", "ib_uverbs", "vp_vdpa", "vhost_vdpa", "fake_ubcore")
    for pf in (PF0, PF1):
        up(netdev(pf))
    plain, with_rdma, in_pod, dpdk = set_functions(PF0, 4)
    bare, other = set_functions(PF1, 2, bind=False)
    bind(dpdk, "vfio-pci")
    bind(other, "igbvf")
    bind(ACCELERATOR, "vfio-pci")
    run("rdma", "link", "add", "rxe0", "type", "rxe", "netdev", netdev(with_rdma))
    run("ip", "netns", "add", "pod")
    run("ip", "link", "set", netdev(in_pod), "netns", "pod")
    bind(VIRTIO0, "vp-vdpa")
    run("vdpa", "dev", "add", "name", "vdpa0", "mgmtdev", "pci/" + VIRTIO0)
    os.makedirs("/run/e2e/artifacts")
    path = f"/run/e2e/artifacts/{NAME}.tree"
    code, _, error = devicepool("record", path)
    need(code == 0, "record writes the machine down", error)
    text = read(path)
    for what in (plain, with_rdma, in_pod, dpdk, bare, other, VIRTIO0, ACCELERATOR, "infiniband", "vfio-pci", "vdpa0", "ubcore"):
        check(what in text, f"it knows {what}")
    config = write_config({"resourceList": [
        pool("accelerators", "accelerator", drivers=["vfio-pci"]), pool("ub_net_device", "ubNetDevice", names=["*"]), pool("all", vendors=["8086", "1af4"])]})
    plans = [devicepool("plan", "-o", "json", "-config-file", config, *flags)[1] for flags in ((), ("-host-root", path))]
    equal(plans[1], plans[0], "the plan on the recording is the plan on the machine")


sys.exit(tap.run(scenario))
