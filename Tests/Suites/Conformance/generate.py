"""Writes case files by chance: machines and configurations. model.py has the answers."""
import argparse
import json
import pathlib
import random

VENDORS = {"8086": ["1592", "1889", "154c"], "15b3": ["1017", "1018", "101b"]}


class Machine:
    """PFs with and without VFs, plain NICs, subfunctions, accelerators; some of them lack what others have."""

    def __init__(self, chance):
        self.chance = chance
        self.functions = []
        self.numbers = {"net": 0, "rdma": 0, "iommu": 0, "uio": 0, "sf": 0}
        for bus in range(chance.randint(1, 6)):
            chance.choice([self.parent, self.parent, self.parent, self.plain, self.accelerators])(0x10 + bus * 3)

    def one_in(self, count):
        return self.chance.randrange(count) == 0

    def next(self, what):
        self.numbers[what] += 1
        return self.numbers[what]

    def parent(self, bus):
        vendor = self.chance.choice(list(VENDORS))
        domain = self.chance.choice(["0000", "0000", "0000", "10000"])
        infiniband = vendor == "15b3" and self.one_in(3)
        count = self.chance.choice([0, 1, 3, 12])
        pf = self.function(f"{domain}:{bus:02x}:00.0", vendor, "020700" if infiniband else "020000")
        pf.update(driver=self.chance.choice(["ice", "mlx5_core", "vfio-pci"]), totalvfs=16, numvfs=count)
        kernel = pf["driver"] != "vfio-pci"
        if kernel:
            self.link(pf, infiniband, sure=not self.one_in(6))
        for index in range(count):
            self.virtual(pf, f"{domain}:{bus:02x}:{1 + index // 8:02x}.{index % 8}", index, infiniband)
        if kernel and vendor == "15b3" and not infiniband and "net" in pf:
            pf["sfs"] = [self.subfunction() for _ in range(self.chance.randint(0, 3))]

    def virtual(self, pf, address, index, infiniband):
        vf = self.function(address, pf["vendor"], pf["class"])
        vf.update(pf=pf["addr"], vfid=index)
        driver = self.chance.choice(["iavf", "mlx5_core", "vfio-pci", "vfio-pci", "igb_uio", None])
        if driver:
            vf["driver"] = driver
        if driver in ("iavf", "mlx5_core"):
            self.link(vf, infiniband, sure=not self.one_in(4))
        self.bind(vf)

    def plain(self, bus):
        nic = self.function(f"0000:{bus:02x}:00.0", self.chance.choice(list(VENDORS)), "020000")
        nic["driver"] = self.chance.choice(["e1000e", "vfio-pci", "igb_uio"])
        if nic["driver"] == "e1000e":
            self.link(nic, False, sure=True)
            nic["net"][0]["default_route"] = self.one_in(3)
        self.bind(nic)

    def accelerators(self, bus):
        for function in range(self.chance.randint(1, 3)):
            card = self.function(f"0000:{bus:02x}:00.{function}", "8086", "120000")
            card["driver"] = self.chance.choice(["vfio-pci", "igb_uio", "qat"])
            if self.one_in(3):
                card.update(totalvfs=4, numvfs=2)
            self.bind(card)

    def function(self, address, vendor, kind):
        f = {"addr": address, "vendor": vendor, "device": self.chance.choice(VENDORS[vendor]), "class": kind}
        if not self.one_in(4):
            f["numa"] = self.chance.choice([-1, 0, 1])
        if self.one_in(5):
            f["acpi_index"] = str(self.chance.randint(1, 3))
        if self.one_in(5):
            f["ddp"] = self.chance.choice(["GTP/v1 <a&b>", "comms", ""])
        self.functions.append(f)
        return f

    def bind(self, f):
        if f.get("driver") == "vfio-pci" and not self.one_in(5):
            f["iommu"] = self.next("iommu")
            if self.one_in(4):
                f["iommu_name"] = "vfio-noiommu"
        if f.get("driver") == "igb_uio" and not self.one_in(5):
            f["uio"] = f"uio{self.next('uio')}"

    def link(self, f, infiniband, sure):
        if not sure:
            return
        f["net"] = [{"name": f"net{self.next('net'):03d}"} for _ in range(2 if self.one_in(8) else 1)]
        for net in f["net"]:
            net["type"] = 32 if infiniband else 1
            if self.one_in(3):
                net.update(phys_switch_id="b8ce", phys_port_name=self.chance.choice(["p0", "pf0vf1"]))
        if "vfid" in f and self.one_in(8):
            f["net"][0]["kernel"] = False
        if f["vendor"] == "15b3" and not self.one_in(3):
            f["ib"] = [self.rdma(infiniband) for _ in range(2 if self.one_in(5) else 1)]

    def rdma(self, infiniband):
        number = self.next("rdma")
        device = {"dev": f"mlx5_{number:02d}", "uverbs": f"uverbs{number}"}
        if not self.one_in(3):
            device.update(umad=f"umad{number}", issm=f"issm{number}")
        if infiniband:
            device.update(link_layer="InfiniBand", pkeys=[self.chance.choice(["0xffff", "0x8001"])])
        return device

    def subfunction(self):
        sf = {"kind": self.chance.choice(["sf", "sf", "sf", "eth", "rdma"]), "id": self.next("sf"), "vendor": "15b3"}
        if not self.one_in(4):
            sf["sfnum"] = 80 + self.numbers["sf"]
        if not self.one_in(3):
            self.link(sf, False, sure=True)
        del sf["vendor"]
        return sf


class Configuration:
    """Pools whose selectors use what the machine has, and a little that it has not."""

    def __init__(self, chance, functions):
        self.chance, self.functions = chance, functions
        self.config = {"resourceList": [self.pool(i) for i in range(chance.randint(1, 5))]}

    def one_in(self, count):
        return self.chance.randrange(count) == 0

    def pool(self, index):
        kind = self.chance.choice(["netDevice", "netDevice", "netDevice", "accelerator", "auxNetDevice"])
        objects = [self.selector(kind) for _ in range(self.chance.choice([1, 1, 2, 3]))]
        pool = {"resourceName": self.chance.choice(["net", "Kern-el", "a_b"]) + str(index),
                "selectors": objects[0] if len(objects) == 1 and self.one_in(2) else objects}
        if kind != "netDevice" or self.one_in(2):
            pool["deviceType"] = kind
        if self.one_in(4):
            pool["resourcePrefix"] = self.chance.choice(["example.org", "x-1.io"])
        if self.one_in(4):
            pool["excludeTopology"] = True
        if self.one_in(3):
            addresses = [f["addr"] for f in self.functions]
            pool["additionalInfo"] = {key: {self.chance.choice(["a", "token", "z"]): self.chance.choice(
                ["", "1", "<x>&\u2028\t\"\\/é"])} for key in ["*", *self.chance.sample(addresses, 1)][self.one_in(3):]}
        return pool

    def selector(self, kind):
        f = [self.chance.choice(self.functions) for _ in range(3)]
        nets = [n["name"] for x in self.functions if "pf" not in x for n in x.get("net", [])] or ["none"]
        parents = [x["addr"] for x in self.functions if "pf" not in x]
        ranges = ["", "", "#0", "#0-3", "#1,3-9", "#+2", "#88-90,81", "#3-1", "#0-100"]
        name = self.chance.choice(nets)
        choices = {
            "vendors": [f[0]["vendor"]], "devices": [f[1]["device"], f[2]["device"]],
            "drivers": [x.get("driver", "none") for x in f], "pciAddresses": [x["addr"] for x in f],
            "acpiIndexes": [self.chance.choice(["1", "2", ""])],
            "pfNames": [self.chance.choice([name, name.upper()]) + self.chance.choice(ranges) for _ in range(2)],
            "rootDevices": [p + self.chance.choice(ranges) for p in self.chance.sample(parents, min(2, len(parents)))],
            "linkTypes": [self.chance.choice(["ether", "infiniband", ""])], "pKeys": ["0x8001", "0x1"],
            "ddpProfiles": ["GTP/v1 <a&b>", "x"], "isRdma": self.chance.choice([True, True, False]),
            "needVhostNet": True, "vendorless": 1}
        odds = {"vendors": 2, "devices": 4, "isRdma": 4, "needVhostNet": 4, "linkTypes": 4, "drivers": 4}
        result = {}
        for key, value in choices.items():
            if self.one_in(odds.get(key, 8)):
                spelled = key.upper() if self.one_in(10) else key
                result[spelled] = value
        if kind == "auxNetDevice":
            result["auxTypes"] = ["sf"]
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("directory", type=pathlib.Path)
    options = parser.parse_args()
    machines = options.directory / "machines"
    machines.mkdir(parents=True, exist_ok=True)
    cases = []
    for seed in range(options.seed, options.seed + options.count):
        chance = random.Random(seed)
        tree = {"functions": Machine(chance).functions}
        (machines / f"random-{seed}.json").write_text(json.dumps(tree, indent=1))
        args = chance.choice([[], [], ["-use-cdi"], ["-resource-prefix", "example.com"]])
        case = {"name": f"random-{seed}", "tree": f"random-{seed}", "args": args,
                "registration": chance.choice(["watcher", "direct"]),
                "config": Configuration(chance, tree["functions"]).config}
        cases.append(case)
    (options.directory / "random.json").write_text(json.dumps({"cases": cases}, indent=1))


if __name__ == "__main__":
    main()
