"""An hour of churn by chance, and a model that knows the correct answer after each step.

Usage: churn.py BINARY [MINUTES] [one-life]. In the first half of the time the daemon is also killed and started again; in the
second half, and with one-life all the time, one process lives, and its memory and descriptors must stay what they are.
SEED=n repeats the steps of a run.
"""
import collections
import contextlib
import dataclasses
import os
import random
import resource
import signal
import sys
import time

import grpc

import flatness
from churn_steps import ACTIONS, KILLS, Steps
from expectation import CARDS, NETS, Device, Expectation, Pool, Violation, device_of
from node import Node, card, comparable, eventually, nic
from pages import fetch, free_port
from pods import Pods

NIC_COUNT, CARD_COUNT = 10, 2
# What a step may take: the pauses between registrations grow to half a minute.
PATIENCE = 60
# Descriptors of a daemon with four pools, and of as many connections to its pages as it takes.
MOST_DESCRIPTORS = 90
# A run that has so many ends.
MOST_VIOLATIONS = 5


class LogTail:
    """How often the daemon has said what the steps wait for."""

    def __init__(self, path):
        self.path, self.position = path, 0
        self.counts = collections.Counter()
        self.words = {b'"configuration read again"': "taken", b"the new configuration can't be used": "refused",
                      b'"it is not known which devices pods have': "unknown",
                      b'"a file of the host answers again"': "answered",
                      b'] "starting" ': "starting"}

    def count(self, *names):
        with open(self.path, "rb") as file:
            file.seek(self.position)
            text = file.read()
        end = text.rfind(b"\n") + 1
        self.position += end
        for word, name in self.words.items():
            self.counts[name] += text[:end].count(word)
        return sum(self.counts[name] for name in names)


@dataclasses.dataclass
class Record:
    """What the run did, on all its nodes."""
    steps: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    # Seconds, by step.
    times: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    slowest: tuple = (0.0, "")


class Churn(Steps):
    def __init__(self, binary, chance, record):
        super().__init__()
        self.chance = chance
        self.record = record
        self.port = free_port()
        self.node = Node(binary, registration="watcher", nics=NIC_COUNT, cards=CARD_COUNT,
                         flags=("-listen", f"127.0.0.1:{self.port}"))
        self.kubelet = self.node.kubelet
        self.kubelet.seen = self.take_list
        self.pods = Pods(self.node.directory / "kubelet")
        devices = {nic(number): Device(NETS, number) for number in range(NIC_COUNT)}
        devices |= {card(number): Device(CARDS, 10000 + number) for number in range(CARD_COUNT)}
        self.model = Expectation(devices, [Pool("intel.com/nets", NETS, ("vfio-pci",)), Pool("example.com/cards", CARDS)])
        self.node.write_config(self.model.configuration())
        self.node.log.touch()
        self.log = LogTail(self.node.log)
        self.last = collections.deque(maxlen=12)
        # What was seen between two settled points.
        self.wrong = []

    def begin(self):
        self.pods.become("answers")
        self.kubelet.start()
        self.start_daemon("direct")

    def close(self):
        self.pods.stop()
        self.node.close()

    # The daemon.

    def start_daemon(self, registration):
        """Starts it; what it knew of the host and of pods is gone."""
        for device in self.model.devices.values():
            device.is_known = not device.is_silent
        self.model.forget()
        self.believe()
        self.node.registration = registration
        starts, unknowns = self.log.count("starting"), self.log.count("unknown")
        self.node.start()
        self.await_log(starts, "starting")
        self.settle()
        # With no pool to register it may not have read anything yet.
        self.look()
        if self.pods.told is None:
            self.await_log(unknowns, "unknown")

    def believe(self):
        self.model.learn(self.pods.told, self.pods.held)

    def look(self):
        """The daemon reads everything anew: by the second answer it has done what the first signal asked for."""
        self.believe()
        for _ in range(2):
            before = self.log.count("taken", "refused")
            self.node.process.send_signal(signal.SIGHUP)
            self.await_log(before, "taken", "refused")

    def await_log(self, before, *names):
        end = time.monotonic() + PATIENCE
        while self.log.count(*names) <= before:
            self.check_running()
            if time.monotonic() > end:
                raise Violation(f"the log does not say what it must: {' or '.join(names)}")
            time.sleep(0.003)

    def check_running(self):
        if not self.node.is_running:
            raise Violation(f"the daemon ended with {self.node.process.returncode}")

    # What kubelet sees, and what it must see.

    def take_list(self, resource, answer):
        """Each list, also between settled points: a device that a pod has is not offered as something else."""
        healthy = [device.ID for device in answer.devices if device.health == "Healthy"]
        for use in self.pods.held & self.model.held:
            self.wrong += [f"{unit} is offered by {resource} while a pod has {use[1]} of {use[0]}"
                           for unit in healthy if is_other_use(resource, unit, *use)]

    def seen(self):
        lists = {}
        with self.kubelet.arrived:
            registered = dict(self.kubelet.registered)
        for name, (_, stream) in registered.items():
            if stream.latest is not None and not isinstance(stream.latest, grpc.StatusCode):
                lists[name] = {one.ID: (one.health == "Healthy", tuple(node.ID for node in one.topology.nodes))
                               for one in stream.latest.devices}
        return lists

    def differences(self):
        return unlike(self.seen(), self.model.variants())

    def registered(self):
        """Resources that are registered, whatever is doubtful."""
        return sorted(set.intersection(*(set(lists) for lists in (*self.model.variants(), self.seen()))))

    def settle(self):
        """Waits for the correct answer; throws Violation when it does not come."""
        end = time.monotonic() + PATIENCE
        while found := self.differences():
            self.check_running()
            if time.monotonic() > end:
                raise Violation("; ".join(found[:6]))
            time.sleep(0.003)
        self.check_running()
        if self.wrong:
            raise Violation("between settled points: " + "; ".join(self.wrong[:3]))
        self.check_allocation()

    def free_units(self):
        """By resource, Healthy units of devices that no pod has in another form: what kubelet may give to a container."""
        held = self.pods.held
        free = {}
        views = (*self.model.variants(), self.seen())
        for name in self.registered():
            fit = [unit for unit in views[0][name]
                   if all(view[name].get(unit, (False,))[0] for view in views) and (name, unit) not in held
                   and not any(is_other_use(name, unit, *use) for use in held)]
            if fit:
                free[name] = sorted(fit)
        return free

    def choose_units(self):
        """A resource and units of up to three devices of it; None when there are none."""
        free = self.free_units()
        if not free:
            return None
        name = self.chance.choice(sorted(free))
        by_device = {device_of(unit): unit for unit in self.chance.sample(free[name], len(free[name]))}
        return name, self.chance.sample(sorted(by_device.values()), min(len(by_device), self.chance.randint(1, 3)))

    def allocate(self, name, units):
        """What the daemon answers kubelet; throws Violation when it is not right."""
        plugin, answer = self.kubelet.registered[name][0], None
        while answer is None:
            try:
                answer = plugin.allocate(units)
            except (grpc.RpcError, ValueError) as failure:
                # kubelet ends a call of its own when it dials the pool anew, and asks again there.
                with self.kubelet.arrived:
                    dialled = self.kubelet.registered.get(name, (plugin,))[0]
                if dialled is plugin:
                    raise Violation(f"Allocate of {units} of {name}: {failure}") from failure
                plugin = dialled
        if comparable(answer) != self.model.answer(name, units):
            raise Violation(f"Allocate of {units} of {name}: expected {self.model.answer(name, units)}, "
                            f"found {comparable(answer)}")
        return answer

    def check_allocation(self):
        if choice := self.choose_units():
            self.allocate(*choice)

    def check_rest(self):
        def is_right():
            with contextlib.suppress(OSError):
                ready = fetch(self.port, "/readyz")[1]
                return (fetch(self.port, "/healthz") == (200, "ok\n")
                        and all(f"{name}: ready" in ready for name in self.registered()))
            return False
        if not eventually(lambda: not self.node.stray_files(), 5):
            raise Violation(f"files are left: {self.node.stray_files()[:5]}")
        if not eventually(is_right, 20):
            raise Violation("the pages do not say that every pool is ready: "
                            + f"{fetch(self.port, '/healthz')} {fetch(self.port, '/readyz')}")

    # The run.

    def step(self, kills):
        actions = [(action, weight) for action, weight in ACTIONS if kills or action not in KILLS]
        action = self.chance.choices([one for one, _ in actions], [weight for _, weight in actions])[0]
        began = time.monotonic()
        self.last.append(f"{self.record.steps.total()}: {action}")
        detail = getattr(self, action)()
        self.last[-1] += f" {detail or ''}"
        self.settle()
        if self.record.steps.total() % 10 == 0:
            self.check_rest()
        if self.node.descriptors() > MOST_DESCRIPTORS:
            raise Violation(f"{self.node.descriptors()} descriptors")
        took = time.monotonic() - began
        self.record.steps[action] += 1
        self.record.times[action] += took
        self.record.slowest = max(self.record.slowest, (took, self.last[-1]))

    def told(self, began, samples):
        now = samples[-1]
        print(f"{(time.monotonic() - began) / 60:5.1f} min: {self.record.steps.total()} steps, {now.resident} KiB resident, "
              f"{now.anonymous} of them anonymous, {now.descriptors} descriptors, {self.node.threads()} threads, "
              f"{len(self.pods.running)} pods, podresources {self.pods.state}", flush=True)

    def run(self, began, kills_until, end):
        """The samples of the last life."""
        told, samples, last_life = 0, [], time.monotonic()
        while (now := time.monotonic()) < end:
            self.step(now < kills_until)
            if now < kills_until:
                samples, last_life = [], time.monotonic()
            samples.append(flatness.sample(self.node, time.monotonic() - last_life))
            if time.monotonic() >= told:
                self.told(began, samples)
                told = time.monotonic() + 60
        return samples


def unlike(seen, variants):
    """Words for each unit that is in none of the lists as it was seen."""
    found = []
    for name in sorted({name for lists in (seen, *variants) for name in lists}):
        if all((name in seen) != (name in lists) for lists in variants):
            found.append(f"{name} is {'registered' if name in seen else 'not registered'}")
        for unit in sorted({unit for lists in (seen, *variants) for unit in lists.get(name, {})} if name in seen else ()):
            one, others = seen[name].get(unit), [lists.get(name, {}).get(unit) for lists in variants]
            if not any(agree(one, other) for other in others):
                wanted = " or ".join(sorted({spelled(other) for other in others}))
                found.append(f"{name} {unit}: expected {wanted}, found {spelled(one)}")
    return found


def agree(one, other):
    return one == other or None not in (one, other) and one[0] == other[0] and other[1] is None


def is_other_use(resource, unit, owner, held):
    """Whether a unit is another way to the device of a unit that a pod has: by another pool, or shared and whole."""
    address = device_of(unit)
    return address == device_of(held) and (resource != owner or (unit == address) != (held == address))


def spelled(unit):
    return "none" if unit is None else ("Healthy" if unit[0] else "Unhealthy") + (f" {unit[1]}" if unit[1] is not None else "")


def visit(binary, chance, record, began, kills_until, end):
    """One node until the end or a violation. Returns words for what was wrong."""
    churn = Churn(binary, chance, record)
    try:
        churn.begin()
        samples = churn.run(began, kills_until, end)
        code = churn.node.stop()
        return flatness.growth(samples) + ([f"exit code {code}"] if code != 0 else [])
    # What a step did not expect is a violation too.
    except (Violation, KeyError, OSError, grpc.RpcError) as violation:
        step = record.steps.total()
        print("\n".join([f"VIOLATION at step {step}: {violation!r}", "the last steps:", *churn.last,
                         "the log's end:", *churn.node.log_lines()[-25:]]), flush=True)
        return [f"violation at step {step}: {violation}"]
    finally:
        churn.close()


def main():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    lives = "one-life" not in sys.argv[3:]
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1, 1 << 31))
    print(f"seed {seed}, {minutes:g} minutes, {'lives end in the first half' if lives else 'one life'}", flush=True)
    record, chance, bad = Record(), random.Random(seed), []
    began = time.monotonic()
    kills_until, end = began + (minutes * 30 if lives else 0), began + minutes * 60
    # A violation ends its node; the time that is left goes to another one.
    while time.monotonic() < end and len(bad) < MOST_VIOLATIONS:
        bad += visit(os.path.abspath(sys.argv[1]), chance, record, began, kills_until, end)
    print("| step | times | ms, mean |\n|---|---|---|")
    for name, count in sorted(record.steps.items()):
        print(f"| {name.replace('_', ' ')} | {count} | {record.times[name] / count * 1000:.0f} |")
    print(f"{record.steps.total()} steps, seed {seed}; slowest {record.slowest[0]:.1f} s: {record.slowest[1]}")
    print(f"FAILED, seed {seed}: {'; '.join(bad)}" if bad else f"held: {minutes:g} minutes, 0 violations")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
