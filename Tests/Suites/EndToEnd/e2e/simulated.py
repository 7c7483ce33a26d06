"""Recorded machines as this machine's /sys, with the interfaces and device nodes that they speak of."""

import glob
import os
import stat

from .machine import link_name, run

ROOT = "/simulated"
# Any character device does where containers only look whether a node is there.
NULL = os.makedev(1, 3)


def unpack(machine_file):
    """A machine's files, folders and links below ROOT, and its device nodes in /dev."""
    target = None
    for line in open(machine_file):
        if line.startswith("  | "):
            with open(target, "a") as file:
                file.write(line[4:])
            continue
        keyword, _, rest = line.rstrip("\n").partition(" ")
        path, _, value = rest.partition(" ")
        target = f"{ROOT}/{path}"
        if keyword in ("file", "link", "dir"):
            os.makedirs(target if keyword == "dir" else os.path.dirname(target), exist_ok=True)
        if keyword == "file":
            with open(target, "w") as file:
                file.write(value + "\n" if value else "")
        elif keyword == "link" and not os.path.lexists(target):
            os.symlink(value.partition("-> ")[2], target)
        elif keyword == "node" and path.startswith("dev/"):
            node("/" + path)


def node(path):
    """A character device where there is none."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path):
        os.mknod(path, stat.S_IFCHR | 0o666, NULL)


def functions(count, bus=0x91):
    """Adds virtual functions bound to vfio-pci, each in an IOMMU group of its own: their addresses."""
    addresses = [f"0000:{bus + number // 256:02x}:{number // 8 % 32:02x}.{number % 8}" for number in range(count)]
    for number, address in enumerate(addresses):
        device = f"{ROOT}/sys/devices/pci0000:90/{address}"
        os.makedirs(device)
        for name, text in (("modalias", "pci:v00008086d00001889sv00008086sd00001889bc02sc00i00"), ("numa_node", "0")):
            with open(f"{device}/{name}", "w") as file:
                file.write(text + "\n")
        os.makedirs(f"{ROOT}/sys/kernel/iommu_groups/{1000 + number}/devices", exist_ok=True)
        node(f"/dev/vfio/{1000 + number}")
        for name, target in (("driver", "../../../bus/pci/drivers/vfio-pci"), ("iommu_group", f"../../../kernel/iommu_groups/{1000 + number}")):
            os.symlink(target, f"{device}/{name}")
        os.symlink(f"../../../devices/pci0000:90/{address}", f"{ROOT}/sys/bus/pci/devices/{address}")
    return addresses


def interfaces():
    """Kernel interfaces by the names that the functions have: ends of pairs, which can be moved to a pod."""
    for number, link in enumerate(sorted(glob.glob(ROOT + "/sys/bus/pci/devices/*/net/*"))):
        name = os.path.basename(link)
        run("ip", "link", "add", name, "type", "veth", "peer", "name", f"wire{number}", check=False)
        for end in (name, f"wire{number}"):
            run("ip", "link", "set", end, "up", check=False)


def nodes():
    """The nodes of vfio groups, of RDMA devices and of NPUs, and the tool that the NPUs' driver installs."""
    functions = ROOT + "/sys/bus/pci/devices/*"
    node("/dev/vfio/vfio")
    for group in glob.glob(functions + "/iommu_group"):
        node("/dev/vfio/" + link_name(group))
    for pattern in ("infiniband_verbs/uverbs*", "infiniband_mad/umad*", "infiniband_mad/issm*"):
        for path in glob.glob(f"{functions}/{pattern}"):
            node("/dev/infiniband/" + os.path.basename(path))
    for number in range(8):
        node(f"/dev/rbln{number}")
    with open("/usr/local/bin/rbln-stat", "w") as file:
        file.write("#!/bin/sh\necho simulated\n")
    os.chmod("/usr/local/bin/rbln-stat", 0o755)


def drivers():
    """Each driver's directory with its functions: CNI plugins look there for drivers of user space."""
    os.makedirs(ROOT + "/sys/bus/pci/drivers", exist_ok=True)
    for link in glob.glob(ROOT + "/sys/bus/pci/devices/*/driver"):
        function = os.path.dirname(link)
        directory = f"{ROOT}/sys/bus/pci/drivers/{link_name(link)}"
        os.makedirs(directory, exist_ok=True)
        os.symlink(os.path.relpath(os.path.realpath(function), directory), f"{directory}/{os.path.basename(function)}")


def mount():
    """Puts the simulated /sys over this machine's; processors and memory stay this machine's, as kubelet reads them."""
    drivers()
    system = ROOT + "/sys/devices/system"
    os.makedirs(system, exist_ok=True)
    run("mount", "--bind", "/sys/devices/system", system)
    for part in ("bus", "class", "devices"):
        os.makedirs(f"{ROOT}/sys/{part}", exist_ok=True)
        run("mount", "--rbind", f"{ROOT}/sys/{part}", f"/sys/{part}")
    groups = ROOT + "/sys/kernel/iommu_groups"
    if os.path.isdir(groups) and os.path.isdir("/sys/kernel/iommu_groups"):
        run("mount", "--bind", groups, "/sys/kernel/iommu_groups")
