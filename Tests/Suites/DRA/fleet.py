"""A fleet of API helpers against one stand-in API server: how many requests each event costs.

usage: fleet.py /path/to/devicepool-api [NODES]"""
import collections
import os
import subprocess
import sys
import tempfile
import threading
import time

import suite
from api_server import APIServer, Authority
from suite import Daemon, device, pool


class Node:
    def __init__(self, program, directory, api, number):
        self.name = f"node{number}"
        self.daemon = Daemon(f"{directory}/{number}.sock")
        self.helper = subprocess.Popen(
            [program, "-socket", self.daemon.path, "-server", f"127.0.0.1:{api.port}", "-service-account",
             f"{directory}/account", "-start-jitter=5"], stderr=subprocess.DEVNULL)

    def greet(self):
        self.daemon.expect("hello", 60)
        self.daemon.say({"hello": {"version": 1, "driver": suite.DRIVER, "node": self.name}})

    def publish(self, sick=None):
        devices = [device(n) for n in range(64)]
        if sick is not None:
            devices[sick]["taints"] = [{"key": "devicepool/unhealthy", "value": "link", "effect": "NoSchedule"}]
        for item in (slices := pool("intel.com/net", devices)):
            item["spec"]["nodeName"] = self.name
            item["spec"]["pool"]["name"] = f"{self.name}/intel.com/net"
            item["metadata"]["generateName"] = f"00000-{suite.DRIVER}-{self.name}-"
        self.daemon.publish(*slices)

    def published(self, timeout=120):
        while self.daemon.published(timeout) is not None:
            pass


def each(nodes, work):
    threads = [threading.Thread(target=work, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


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
    print(f"{name:<34} {seconds:6.1f} s  {sum(asked.values()):6} requests  {dict(asked)}", flush=True)


def main(program, count):
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(directory, "fleet")
        os.mkdir(f"{directory}/account")
        with open(authority.ca) as source, open(f"{directory}/account/ca.crt", "w") as target:
            target.write(source.read())
        with open(f"{directory}/account/token", "w") as file:
            file.write("token-1")
        api = APIServer(authority)
        nodes = [Node(program, directory, api, number) for number in range(count)]

        def begin(node):
            node.greet()
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

        def restart():
            api.stop()
            time.sleep(2)
            with api.lock:
                before = len(api.requests)
            api.restart(authority)
            end = time.monotonic() + 120
            watching = lambda: sum("watch=1" in path for _, path in api.requests[before:])
            while watching() < count and time.monotonic() < end:
                time.sleep(0.1)
            print(f"  {watching()} of {count} watch again")

        stage(api, f"{count} nodes start", lambda: each(nodes, begin))
        stage(api, "nothing happens", lambda: time.sleep(20))
        stage(api, "one device of each node turns sick", lambda: each(nodes, change))
        stage(api, "links of 100 nodes flap five times", lambda: each(nodes[:100], flap))
        stage(api, "the API server restarts", restart)
        for node in nodes:
            node.helper.terminate()
        for node in nodes:
            node.helper.wait()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200)
