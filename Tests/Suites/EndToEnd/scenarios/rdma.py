#!/usr/bin/python3
"""RDMA functions: soft RDMA on a virtual function goes to a container, which lists and uses it."""
# run: limit 300
import json
import sys

from e2e import *
from e2e.machine import *


def scenario():
    load("igb", "igbvf", "rdma_rxe", "ib_umad", "rdma_ucm", "ib_uverbs")
    up(netdev(PF0))
    plain, with_rdma = set_functions(PF0, 2)
    name = netdev(with_rdma)
    eventually(lambda: carrier(PF0), 20)
    need(bring_up(name), "the function's interface has a carrier")
    run("ip", "address", "add", "10.9.0.1/24", "dev", name)
    run("rdma", "link", "add", "rxe_e2e", "type", "rxe", "netdev", name)
    need(os.path.isdir(f"{PCI}{with_rdma}/infiniband/rxe_e2e"), "the kernel shows the RDMA device below its function")
    kubelet = Kubelet()
    plugin = Plugin({"resourceList": [pool("roce", isRdma=True, vendors=["8086"]), pool("plain", vendors=["8086"], devices=["10ca"])]})
    need(kubelet.wait_for("intel.com/roce", [with_rdma]), "isRdma takes the function that has an RDMA device", plugin.log()[-2000:])
    check(kubelet.wait_for("intel.com/plain", [plain]), "the other function goes to the next pool", kubelet.ids("intel.com/plain"))

    answer = kubelet.allocate("intel.com/roce", [with_rdma])
    verbs = link_name("/sys/class/infiniband_verbs/uverbs0") and "uverbs0"
    nodes = sorted(d["host_path"] for d in answer["devices"])
    wanted = sorted("/dev/infiniband/" + n for n in os.listdir("/dev/infiniband"))
    equal(nodes, wanted, "the nodes are those of the kernel: verbs, management, connection manager")
    info = json.loads(answer["envs"]["PCIDEVICE_INTEL_COM_ROCE_INFO"])[with_rdma]
    equal(info.get("rdma", {}).get("rdma_dev"), "rxe_e2e", "INFO names the RDMA device")
    check(verbs and info["rdma"].get("uverbs") == f"/dev/infiniband/{verbs}", "INFO names its verbs node", info)
    opens(answer, "soft RDMA", network="host")
    code, output = run_container(answer, ["/usr/bin/ibv_devinfo", "-d", "rxe_e2e"], network="host", memlock=True)
    check(code == 0 and "PORT_ACTIVE" in output, "ibv_devinfo in a container finds the port active", output)
    server = Container(answer, ["/usr/bin/ibv_rc_pingpong", "-d", "rxe_e2e", "-g", "1", "-n", "20"], network="host", memlock=True)
    server.start("/run/e2e/logs/pingpong-server.log")
    code, output = 1, ""
    for _ in range(5):
        code, output = run_container(
            answer, ["/usr/bin/timeout", "30", "/usr/bin/ibv_rc_pingpong", "-d", "rxe_e2e", "-g", "1", "-n", "20", "127.0.0.1"], network="host", memlock=True)
        if code == 0:
            break
    check(code == 0 and "20 iters" in output, "two containers play ping-pong over verbs", output + (read("/run/e2e/logs/pingpong-server.log") or ""))
    server.delete()
    denied = dict(answer, devices=[])
    code, output = run_container(denied, ["/usr/bin/ibv_devinfo", "-d", "rxe_e2e"], network="host")
    check(code != 0, "without the answer's nodes the same program fails", output)

    run("rdma", "link", "delete", "rxe_e2e")
    check(eventually(lambda: with_rdma not in kubelet.healthy("intel.com/roce"), 60),
          "a function whose RDMA device went is no longer Healthy in its pool", kubelet.devices("intel.com/roce"))
    equal(plugin.stop(), 0, "it ends with 0 when asked to")


sys.exit(tap.run(scenario))
