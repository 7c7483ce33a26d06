"""A fleet of API helpers against one stand-in API server: how many requests each event costs.

usage: fleet.py /path/to/devicepool-api [NODES [DEVICES]]"""
import collections
import os
import random
import subprocess
import sys
import tempfile
import threading
import time

import suite
from api_server import APIServer, Authority
from suite import Daemon, device, pool


class Node:
    def __init__(self, program, directory, api, number, devices, jitter):
        self.name, self.devices = f"node{number}", devices
        self.daemon = Daemon(f"{directory}/{number}.sock")
        self.helper = subprocess.Popen(
            [program, "-socket", self.daemon.path, "-server", f"127.0.0.1:{api.port}", "-service-account",
             f"{directory}/account", f"-start-jitter={jitter}"], stderr=subprocess.DEVNULL)

    def greet(self):
        self.daemon.expect("hello", 120)
        self.daemon.say({"hello": {"version": 1, "driver": suite.DRIVER, "node": self.name}})

    def publish(self, sick=None, resources=("net",)):
        slices = []
        for resource in resources:
            devices = [device(n) for n in range(self.devices)]
            if sick is not None:
                devices[sick]["taints"] = [{"key": "devicepool/unhealthy", "value": "link", "effect": "NoSchedule"}]
            for item in pool(f"intel.com/{resource}", devices):
                item["spec"]["nodeName"] = self.name
                item["spec"]["pool"]["name"] = f"{self.name}/intel.com/{resource}"
                item["metadata"]["generateName"] = f"00000-{suite.DRIVER}-{self.name}-"
                slices.append(item)
        self.daemon.publish(*slices)

    def published(self, timeout=300):
        while self.daemon.published(timeout) is not None:
            pass

    def memory(self):
        """KiB that are the helper's own."""
        with open(f"/proc/{self.helper.pid}/smaps_rollup") as file:
            sizes = dict(line.split(":") for line in file if ":" in line.split(" ")[0])
        return sum(int(sizes[key].split()[0]) for key in ("Private_Clean", "Private_Dirty"))


def each(nodes, work):
    threads = [threading.Thread(target=work, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def spread(nodes, seconds, work):
    """The work on each node at some moment of this time: a thread for some of them, not for each."""
    moments = sorted((random.uniform(0, seconds), node) for node in nodes)
    begin = time.monotonic()

    def some(part):
        for moment, node in part:
            time.sleep(max(0, begin + moment - time.monotonic()))
            work(node)
    each([moments[at::50] for at in range(50)], some)


def stage(api, name, work):
    with api.lock:
        before = len(api.requests)
    begin = time.monotonic()
    work()
    seconds = time.monotonic() - begin
    with api.lock:
        asked = collections.Counter(
            "WATCH" if "watch=1" in path else "LIST" if "limit=" in path else method
            for method, path in api.requests[before:])
    print(f"{name:<38} {seconds:6.1f} s  {sum(asked.values()):6} requests  {dict(asked)}", flush=True)


def main(program, count, devices):
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(directory, "fleet")
        os.mkdir(f"{directory}/account")
        with open(authority.ca) as source, open(f"{directory}/account/ca.crt", "w") as target:
            target.write(source.read())
        with open(f"{directory}/account/token", "w") as file:
            file.write("token-1")
        api = APIServer(authority)
        api.poll = 5
        # The stand-in takes some 50 new connections a second.
        nodes = [Node(program, directory, api, number, devices, max(5, count // 25)) for number in range(count)]

        def begin(node):
            node.greet()
            begin_again(node)

        def begin_again(node):
            node.publish()
            node.published()

        def change(node):
            node.publish(sick=1)
            node.published()

        def flap(node):
            for turn in range(5):
                node.publish(sick=2 if turn % 2 else None)
                node.published()
                time.sleep(1)

        def add(node):
            node.publish(resources=("dpdk", "net"))
            node.published()

        def restart():
            api.stop()
            time.sleep(2)
            with api.lock:
                before = len(api.requests)
            api.restart(authority)
            end = time.monotonic() + 300
            watching = lambda: sum("watch=1" in path for _, path in api.requests[before:])
            while watching() < count and time.monotonic() < end:
                time.sleep(0.1)
            print(f"  {watching()} of {count} watch again")

        stage(api, f"{count} nodes start", lambda: each(nodes, begin))
        own = sorted(node.memory() for node in nodes)
        print(f"  memory of a helper's own: median {own[count // 2]} KiB, most {own[-1]} KiB")
        stage(api, "nothing happens", lambda: time.sleep(20))
        stage(api, "one device of each node turns sick", lambda: each(nodes, change))
        stage(api, "and well again", lambda: each(nodes, begin_again))
        stage(api, "links of 100 nodes go and come twice", lambda: each(nodes[:100], flap))
        stage(api, "a ConfigMap with a pool more, in 60 s", lambda: spread(nodes, 60, add))
        stage(api, "the ConfigMap of before, in 60 s", lambda: spread(nodes, 60, begin_again))
        stage(api, "the API server restarts", restart)
        for node in nodes:
            node.helper.terminate()
        for node in nodes:
            node.helper.wait()


if __name__ == "__main__":
    main(sys.argv[1], *(int(number) for number in [*sys.argv[2:], *("200", "64")[len(sys.argv) - 2:]]))
