#!/usr/bin/python3
"""Two shared RDMA pools over soft RDMA on real functions: many containers, one adapter, verbs in each."""
# run: limit 300
import sys
import time

from e2e import *
from e2e.machine import *

A, B = "rdma/hca_shared_devices_a", "rdma/hca_shared_devices_b"


def nodes(answer):
    return sorted(d["host_path"] for d in answer["devices"])


def scenario():
    load("igb", "igbvf", "rdma_rxe", "ib_umad", "rdma_ucm", "ib_uverbs")
    up(netdev(PF0))
    one, two = set_functions(PF0, 2)
    names = [netdev(one), netdev(two)]
    eventually(lambda: carrier(PF0), 20)
    for number, name in enumerate(names):
        need(bring_up(name), f"{name} has a carrier")
        run("ip", "address", "add", f"10.9.{number}.1/24", "dev", name)
        run("rdma", "link", "add", f"rxe{number}", "type", "rxe", "netdev", name)
    kubelet = Kubelet()
    plugin = Plugin({"periodicUpdateInterval": 300, "configList": [
        {"resourceName": "hca_shared_devices_a", "rdmaHcaMax": 100, "devices": [names[0]]},
        {"resourceName": "hca_shared_devices_b", "rdmaHcaMax": 5, "selectors": {"vendors": ["8086"], "drivers": ["igbvf"], "linkTypes": ["ether"]}}]})
    need(kubelet.wait_for(A, [str(n) for n in range(100)]), "the pool counts to rdmaHcaMax", plugin.log()[-2000:])
    check(kubelet.wait_for(B, [str(n) for n in range(5)]), "and so does the other", kubelet.ids(B))
    equal(len(kubelet.healthy(A)), 100, "all are Healthy")

    common = "/dev/infiniband/rdma_cm"
    first, both = kubelet.allocate(A, ["17"]), kubelet.allocate(B, ["0", "3"])
    equal(nodes(first), sorted([common, "/dev/infiniband/umad0", "/dev/infiniband/uverbs0"]), "one adapter's nodes")
    equal(nodes(both), sorted([common] + [f"/dev/infiniband/{k}{n}" for k in ("umad", "uverbs") for n in (0, 1)]), "two adapters' nodes, each once")
    opens(first, "shared RDMA", network="host")
    code, output = run_container(first, ["/usr/bin/ibv_devinfo", "-d", "rxe0"], network="host", memlock=True)
    check(code == 0 and "PORT_ACTIVE" in output, "ibv_devinfo in a container finds the port active", output)
    code, output = run_container(first, ["/usr/bin/ibv_devinfo", "-d", "rxe1"], network="host", memlock=True)
    check(code != 0, "and not the adapter that its pool does not hold", output)
    server = Container(kubelet.allocate(A, ["1"]), ["/usr/bin/ibv_rc_pingpong", "-d", "rxe0", "-g", "1", "-n", "20"], network="host", memlock=True)
    server.start("/run/e2e/logs/pingpong-server.log")
    code, output = 1, ""
    for _ in range(5):
        code, output = run_container(kubelet.allocate(A, ["2"]), ["/usr/bin/timeout", "30", "/usr/bin/ibv_rc_pingpong", "-d", "rxe0", "-g", "1", "-n", "20", "127.0.0.1"],
                                     network="host", memlock=True)
        if code == 0:
            break
    check(code == 0 and "20 iters" in output, "two containers of one pool play ping-pong over verbs", output)
    server.delete()

    run("rdma", "link", "delete", "rxe1")
    check(eventually(lambda: nodes(kubelet.allocate(B, ["0"])) == nodes(first), 20), "an adapter that went is left out of the next answer",
          nodes(kubelet.allocate(B, ["0"])))
    run("rdma", "link", "add", "rxe1", "type", "rxe", "netdev", names[1])
    check(eventually(lambda: len(nodes(kubelet.allocate(B, ["0"]))) == 5, 20), "and is in the answer again when it is back",
          nodes(kubelet.allocate(B, ["0"])))
    run("rdma", "link", "delete", "rxe0")
    check(eventually(lambda: not kubelet.healthy(A), 20), "a pool whose last adapter went has nothing Healthy to offer", len(kubelet.healthy(A)))
    check(len(kubelet.healthy(B)) == 5, "the pool with one left goes on")
    run("rdma", "link", "add", "rxe0", "type", "rxe", "netdev", names[0])
    check(eventually(lambda: len(kubelet.healthy(A)) == 100, 20), "and all is Healthy when it is back", len(kubelet.healthy(A)))
    equal(plugin.stop(), 0, "it ends with 0 when asked to")

    for number in (0, 1):
        run("rdma", "link", "delete", f"rxe{number}")
    run("rdma", "system", "set", "netns", "exclusive")
    for number, name in enumerate(names):
        run("rdma", "link", "add", f"rxe{number}", "type", "rxe", "netdev", name)
    kubelet.lost()
    plugin = Plugin(plugin.config)
    check(plugin.says("exclusive", 15), "the exclusive RDMA namespace mode is said clearly", plugin.log()[-1500:])
    note(f"exit code {plugin.process.poll()}")
    plugin.stop()


sys.exit(tap.run(scenario))
