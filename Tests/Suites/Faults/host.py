"""A generated host, as sysfs shows it."""
import os
import shutil


def nic(number):
    return f"0000:{1 + number // 256:02x}:{number // 8 % 32:02x}.{number % 8}"


def card(number):
    return f"0000:80:{number // 8:02x}.{number % 8}"


def make_function(root, address, identity, group):
    """A PCI function bound to vfio-pci, as sysfs shows it."""
    device = root / "sys/devices/pci0000:00" / address
    device.mkdir(parents=True)
    vendor, product, kind = identity
    (device / "modalias").write_text(f"pci:v0000{vendor}d0000{product}sv00000000sd00000000bc{kind}sc00i00\n")
    for name, value in (("vendor", vendor), ("device", product), ("class", kind + "0000")):
        (device / name).write_text(f"0x{value.lower()}\n")
    (device / "numa_node").write_text("0\n")
    (device / "iommu_group").symlink_to(f"../../../kernel/iommu_groups/{group}")
    (device / "driver").symlink_to("../../../bus/pci/drivers/vfio-pci")
    (root / f"sys/kernel/iommu_groups/{group}").mkdir(parents=True)
    (root / "sys/bus/pci/devices" / address).symlink_to(f"../../../devices/pci0000:00/{address}")


def remove_function(root, address):
    device = root / "sys/devices/pci0000:00" / address
    group = root / "sys/kernel/iommu_groups" / os.path.basename(os.readlink(device / "iommu_group"))
    (root / "sys/bus/pci/devices" / address).unlink()
    shutil.rmtree(device)
    group.rmdir()


def replace(path, make):
    """Puts what `make` makes into the place of a file of the host at once: whoever reads it sees the old or the new one."""
    temporary = path.parents[1] / f".new-{path.name}"
    make(temporary)
    temporary.rename(path)


def make_host(root, nics=4, cards=2):
    for directory in ("sys/bus/pci/devices", "sys/bus/pci/drivers/vfio-pci", "dev/vfio", "proc", "run"):
        (root / directory).mkdir(parents=True)
    for number in range(nics):
        make_function(root, nic(number), ("8086", "154C", "02"), number)
    for number in range(cards):
        make_function(root, card(number), ("8086", "0D90", "12"), 10000 + number)
