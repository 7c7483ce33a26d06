"""Half an hour of churn: is memory flat, is every descriptor given back, does kubelet always know every pool?

Reloads, broken configurations, kubelet's restarts, dropped streams, refused registrations, devices that come and go,
garbage on the sockets and allocations, in a seeded order. Prints a line a minute, and at the end the slopes of resident
memory and of what of it is anonymous, after the warm-up: neither may grow.
"""
import collections
import math
import os
import random
import shutil
import signal
import statistics
import sys
import time

import grpc

from node import CARDS, NETS, Node, Plugin, config, eventually, make_function, nic, send_noise

RESOURCES = (NETS, CARDS)
PAUSE = 1.0
NICS = 16
Sample = collections.namedtuple("Sample", "moment resident anonymous descriptors")


class Soak:
    def __init__(self, binary, seed):
        self.node = Node(binary, nics=NICS)
        self.chance = random.Random(seed)
        self.present = set(range(NICS))
        self.replicas = 1
        self.lost = []
        self.counts = {}
        self.samples = []

    def begin(self):
        self.node.kubelet.start()
        self.node.start()
        if not self.settled():
            raise SystemExit("does not start: " + "\n".join(self.node.log_lines()[-5:]))

    def settled(self, timeout=40):
        """kubelet has every pool, each open list is the right one, and containers get what they asked for."""
        return self.node.kubelet.wait(RESOURCES, timeout) and eventually(self.is_right, timeout)

    def is_right(self):
        wanted = {f"{nic(number)}{suffix}" for number in self.present for suffix in self.suffixes()}
        seen = {device.ID for device in self.list_of(NETS).devices}
        if seen != wanted or len(self.list_of(CARDS).devices) != 2:
            return False
        return all(self.node.answer(resource) for resource in RESOURCES) if self.replicas == 1 else True

    def suffixes(self):
        return [""] if self.replicas == 1 else [f"::{number}" for number in range(self.replicas)]

    def list_of(self, resource):
        plugin = Plugin(self.node.socket(resource))
        try:
            stream = plugin.watch()
            answer = stream.next(5)
            stream.call.cancel()
            if isinstance(answer, grpc.StatusCode):
                raise OSError(f"the stream ended with {answer}")
            return answer
        finally:
            plugin.close()

    # What happens to a node.

    def allocate(self):
        for _ in range(10):
            if self.replicas == 1:
                self.node.answers()

    def reload(self):
        self.replicas = 3 - self.replicas
        self.node.write_config(config(replicas=self.replicas) if self.replicas > 1 else config())

    def sighup(self):
        self.node.process.send_signal(signal.SIGHUP)

    def break_configuration(self):
        self.node.write_config('{"resourceList": [{"resourceName": 7}')
        time.sleep(0.2)
        self.node.write_config(config(replicas=self.replicas) if self.replicas > 1 else config())

    def restart_kubelet(self):
        self.node.kubelet.restart()

    def drop_stream(self, patience=40):
        asked = len(self.node.kubelet.requests)
        _, stream = self.node.kubelet.registered[self.chance.choice(RESOURCES)]
        stream.call.cancel()
        if not eventually(lambda: len(self.node.kubelet.requests) > asked, patience):
            raise OSError("a dropped stream was not followed by a registration")

    def refuse_registration(self):
        """The pauses between tries grow to half a minute, where one follows upon another."""
        self.node.kubelet.refusals = 1
        self.drop_stream(patience=70)

    def change_devices(self):
        """A function goes or comes; the first two are those that containers are given."""
        number = self.chance.randrange(2, NICS)
        if number in self.present:
            self.present.remove(number)
            (self.node.root / "sys/bus/pci/devices" / nic(number)).unlink()
            shutil.rmtree(self.node.root / "sys/devices/pci0000:00" / nic(number))
            (self.node.root / f"sys/kernel/iommu_groups/{number}").rmdir()
        else:
            self.present.add(number)
            make_function(self.node.root, nic(number), ("8086", "154C", "02"), number)
        self.sighup()

    def make_noise(self):
        for noise in (b"", b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64):
            send_noise(self.node.socket(NETS), noise)
        plugin = Plugin(self.node.socket(NETS))
        try:
            plugin.call("/v1beta1.DevicePlugin/Allocate", b"\x0a\x05\x0a", "v1beta1.AllocateResponse")
        except grpc.RpcError:
            pass
        plugin.close()

    def step(self):
        action = self.chance.choice([self.allocate, self.allocate, self.reload, self.sighup, self.break_configuration,
                                     self.restart_kubelet, self.drop_stream, self.refuse_registration,
                                     self.change_devices, self.make_noise])
        name = action.__name__
        self.counts[name] = self.counts.get(name, 0) + 1
        try:
            action()
        except (grpc.RpcError, OSError, KeyError) as failure:
            self.lost.append(f"{name}: {failure}")
        if not self.settled():
            self.lost.append(f"{name}: not settled within 40 s")

    def sample(self, began):
        node = self.node
        self.samples.append(Sample(time.monotonic() - began, node.resident(), node.anonymous(), node.descriptors()))


def slope(points):
    """KiB an hour by least squares over means of a minute, and half the width of its 95% interval."""
    minutes = {}
    for moment, value in points:
        minutes.setdefault(int(moment // 60), []).append(value)
    xs, ys = list(minutes), [statistics.fmean(values) for values in minutes.values()]
    if len(xs) < 4:
        return 0.0, math.inf
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    square = sum((one - x) ** 2 for one in xs)
    gradient = sum((one - x) * (two - y) for one, two in zip(xs, ys)) / square
    rest = sum((two - y - gradient * (one - x)) ** 2 for one, two in zip(xs, ys))
    return gradient * 60, 2.0 * 60 * math.sqrt(rest / (len(xs) - 2) / square)


def main():
    binary = os.path.abspath(sys.argv[1])
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 30
    seed = int(os.environ.get("SEED", "1"))
    soak = Soak(binary, seed)
    try:
        soak.begin()
        began = time.monotonic()
        told = 0
        while time.monotonic() - began < minutes * 60 and soak.node.is_running:
            soak.step()
            soak.sample(began)
            last = soak.samples[-1]
            if last.moment >= told * 60:
                print(f"{last.moment / 60:5.1f} min: {last.resident} KiB resident, {last.anonymous} of them anonymous, "
                      f"{last.descriptors} descriptors, {soak.node.threads()} threads, {soak.node.cpu():.1f} s CPU, "
                      f"{len(soak.lost)} lost", flush=True)
                told += 1
            time.sleep(PAUSE)
        if not soak.node.is_running:
            print("\n".join(soak.node.log_lines()[-20:]))
        return report(soak, minutes, seed)
    finally:
        soak.node.close()


def grows(warm, kind, minutes):
    """Whether it rises, by more than chance and by more than a hundredth of it in the whole time."""
    values = [getattr(sample, kind) for sample in warm]
    gradient, error = slope([(sample.moment, value) for sample, value in zip(warm, values)])
    print(f"{kind}: {min(values)} to {max(values)} KiB; slope {gradient:+.0f} ± {error:.0f} KiB an hour")
    return gradient - error > 0 and gradient * minutes / 60 > 0.01 * max(values)


def report(soak, minutes, seed):
    # A sixth of the time is for caches and the allocator's arenas to fill.
    warm = [sample for sample in soak.samples if sample.moment >= minutes * 10]
    descriptors = [sample.descriptors for sample in warm]
    third = len(descriptors) // 3
    early, late = min(descriptors[:third]), min(descriptors[-third:])
    code = soak.node.stop()
    print(f"steps: {sum(soak.counts.values())}, seed {seed}: "
          + ", ".join(f"{count} {name}" for name, count in sorted(soak.counts.items())))
    bad = [f"{kind} memory grows" for kind in ("resident", "anonymous") if grows(warm, kind, minutes)]
    print(f"descriptors: {min(descriptors)} to {max(descriptors)}; least of the first third {early}, of the last {late}")
    for text in soak.lost:
        print(f"lost: {text}")
    bad += [what for what, is_bad in (("descriptors leak", late > early), ("a registration was lost", bool(soak.lost)),
                                      (f"exit code {code}", code != 0)) if is_bad]
    print(f"{'FAILED: ' + ', '.join(bad) if bad else 'held'}: {minutes:g} minutes")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
