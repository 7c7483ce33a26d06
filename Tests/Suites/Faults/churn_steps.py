"""What may happen to a node, step by step. Each step leaves the model with the answer that is correct after it."""
import contextlib
import signal
import threading
import time

import grpc

import pages
from availability import answer_again, block
from expectation import CARDS, NETS, Pool, Violation
from node import card, eventually, make_function, nic, remove_function, replace, send_noise

# How likely each step is, among the others.
ACTIONS = [("admit_pod", 12), ("end_pod", 10), ("plug", 8), ("rebind", 6), ("reconfigure", 10), ("break_configuration", 3),
           ("restart_kubelet", 5), ("kubelet_away", 2), ("drop_stream", 1), ("refuse_registration", 1),
           ("change_podresources", 5), ("lose_checkpoint", 3), ("kill", 5), ("terminate", 3), ("block_file", 2),
           ("answer_file", 3), ("abuse_pages", 2), ("noise", 3), ("ask_wrongly", 3), ("look", 2)]
KILLS = {"kill", "terminate"}

IDENTITIES = {NETS: ("8086", "154C", "02"), CARDS: ("8086", "0D90", "12")}
# None can be used; each is another kind of wrong.
BROKEN = ['{"resourceList": [{"resourceName": 7}', "", "[]", '{"resourceList": [{"resourceName": "nets", "replicas": -1}]}',
          '{"resourceList": [{"resourceName": "a b", "selectors": {"vendors": ["8086"]}}]}',
          '{"resourceList": [{"resourceName": "nets", "deviceType": "toaster", "selectors": {}}]}',
          '{"resourceList": [{"resourceName": "nets", "selectors": {"vendors": ["8086"]}, "serve": "dra"}]}']


class Steps:
    """The steps; `Churn` has the node, kubelet, the pods and the model."""

    def __init__(self):
        self.abuser = None
        # Devices that were taken out, and files that do not answer, by address.
        self.gone = {}
        self.blocked = {}

    # Pods. kubelet gives them what is offered; what it tells of them depends on podresources and the checkpoint.

    def admit_pod(self, looks=True):
        choice = self.choose_units()
        if choice is None:
            return "nothing is free"
        name, units = choice
        answer = self.allocate(name, units)
        self.pods.admit(name, units, answer.container_responses[0].SerializeToString())
        if looks:
            self.look()
        return f"{name} {units}"

    def end_pod(self):
        if not self.pods.running:
            return "there is none"
        pod = self.chance.choice(sorted(self.pods.running))
        resource, units, _ = self.pods.running[pod]
        self.pods.end(pod)
        self.look_if_running()
        return f"{resource} {units}"

    def change_podresources(self):
        state = self.chance.choices(self.pods.STATES, [6, 3, 1, 3])[0]
        self.pods.become(state)
        self.look_if_running()
        if state != "hangs":
            return state
        # Each look waits for it, so it hangs for one step only.
        detail = self.reconfigure()
        self.pods.become("fails")
        return f"hangs, reconfigure {detail}, fails"

    def lose_checkpoint(self):
        kept = self.chance.random() < 0.6
        self.pods.move_checkpoint(kept)
        self.look_if_running()
        return "until the next allocation" if kept else "for a while"

    # Devices.

    def address(self, kinds=(NETS, CARDS)):
        """Any that answers, whether it is there or not."""
        every = [nic(number) for number in range(10)] if NETS in kinds else []
        every += [card(number) for number in range(2)] if CARDS in kinds else []
        return self.chance.choice([one for one in every
                                   if one not in self.model.devices or not self.model.devices[one].is_silent])

    def plug(self):
        address = self.address()
        device = self.model.devices.pop(address, None)
        if device is not None:
            remove_function(self.node.root, address)
            self.gone[address] = device
        else:
            device = self.model.devices[address] = self.gone.pop(address)
            device.driver = "vfio-pci"
            make_function(self.node.root, address, IDENTITIES[device.kind], device.group)
        self.look_if_running()
        return f"{address} {'goes' if address in self.gone else 'comes'}"

    def rebind(self):
        address = self.address([NETS])
        if address not in self.model.devices:
            return "it is not there"
        device = self.model.devices[address]
        device.driver = "iavf" if device.driver == "vfio-pci" else "vfio-pci"
        link = self.node.root / "sys/devices/pci0000:00" / address / "driver"
        replace(link, lambda path: path.symlink_to(f"../../../bus/pci/drivers/{device.driver}"))
        self.look_if_running()
        return f"{address} {device.driver}"

    def block_file(self):
        present = [address for address, device in self.model.devices.items() if not device.is_silent]
        if len(self.blocked) == 2 or not present:
            return "there are enough"
        address = self.chance.choice(sorted(present))
        self.blocked[address] = block(self.node, address)
        self.model.devices[address].is_silent = True
        self.model.devices[address].is_known = True
        self.look_if_running()
        return address

    def answer_file(self):
        """Nobody tells the daemon: it must find by itself that the file answers."""
        if not self.blocked:
            return "all answer"
        address = self.chance.choice(sorted(self.blocked))
        answered = self.log.count("answered")
        answer_again(self.blocked.pop(address))
        self.model.devices[address].is_silent = False
        if self.node.is_running:
            self.await_log(answered, "answered")
            self.settle()
            # The device may be in no list: it has been read before it can become silent again.
            self.look()
        return address

    # The configuration.

    def other_pools(self):
        chance = self.chance
        nets = Pool(chance.choice(["intel.com/nets", "intel.com/nets", "intel.com/lan"]), NETS, ("vfio-pci",),
                    chance.choice([1, 3, 3, 2, 1]), chance.random() < 0.8)
        cards = Pool("example.com/cards", CARDS, (), chance.choice([1, 1, 3]))
        bound = Pool("intel.com/bound", NETS, chance.choice([("iavf",), ("iavf",), ()]), chance.choice([1, 3]))
        return chance.choice([[nets, cards], [nets, cards, bound], [bound, nets, cards], [cards, nets]])

    def reconfigure(self):
        before = self.model.configuration()
        pools = self.other_pools()
        self.model.pools = pools
        if self.model.configuration() == before:
            return "the same"
        taken = self.log.count("taken")
        self.believe()
        self.node.write_config(self.model.configuration())
        if self.node.is_running:
            self.await_log(taken, "taken")
            self.look()
        return ", ".join(f"{pool.resource}*{pool.replicas}{list(pool.drivers)}" for pool in pools)

    def break_configuration(self):
        content = self.chance.choice(BROKEN)
        refused = self.log.count("refused")
        self.node.write_config(content)
        self.await_log(refused, "refused")
        # The running one stays, through kubelet's restart too.
        if self.chance.random() < 0.3:
            self.kubelet.restart()
        self.settle()
        taken = self.log.count("taken")
        self.node.write_config(self.model.configuration())
        self.await_log(taken, "taken")
        self.look()
        return content

    # kubelet.

    def restart_kubelet(self):
        self.kubelet.restart()

    def kubelet_away(self):
        self.kubelet.stop()
        what = self.chance.choice(["end_pod", "plug", "rebind", "reconfigure"])
        detail = getattr(self, what)()
        time.sleep(self.chance.choice([0, 0.2, 1]))
        self.kubelet.remove_sockets()
        self.kubelet.start()
        return f"{what} {detail}"

    def drop_stream(self):
        resources = self.registered()
        if not resources:
            return "nothing is registered"
        resource = self.chance.choice(resources)
        _, stream = self.kubelet.registered[resource]
        stream.call.cancel()
        if not eventually(lambda: isinstance(stream.latest, grpc.StatusCode), 5):
            raise Violation("the stream did not end")
        return resource

    def refuse_registration(self):
        self.kubelet.refusals = 1
        if self.chance.random() < 0.5:
            self.kubelet.restart()
            return "after a restart"
        return self.drop_stream()

    # The daemon's own end.

    def kill(self):
        return self.restart_daemon(signal.SIGKILL, -signal.SIGKILL)

    def terminate(self):
        return self.restart_daemon(signal.SIGTERM, 0)

    def restart_daemon(self, number, wanted):
        code = self.node.stop(number)
        if code != wanted:
            raise Violation(f"exit code {code} instead of {wanted}")
        detail = ""
        if self.chance.random() < 0.4:
            what = self.chance.choice(["end_pod", "plug", "rebind", "reconfigure", "change_podresources", "lose_checkpoint",
                                       "block_file", "answer_file", "restart_kubelet"])
            detail = f"{what} {getattr(self, what)() or ''}"
        if self.chance.random() < 0.15:
            self.start_with_broken_configuration()
            detail += " (a broken configuration before)"
        mode = self.chance.choice(["direct", "watcher"])
        self.start_daemon(mode)
        return f"{mode} {detail}"

    def start_with_broken_configuration(self):
        self.node.write_config(self.chance.choice(BROKEN))
        self.node.start()
        code = self.node.process.wait(30)
        self.node.output.close()
        self.node.write_config(self.model.configuration())
        if code != 1:
            raise Violation(f"exit code {code} instead of 1 with a broken configuration")

    def look_if_running(self):
        if self.node.is_running:
            self.look()

    # Clients that are not kubelet.

    def abuse_pages(self):
        """Goes on beside the steps that follow."""
        if self.abuser is not None and self.abuser.is_alive():
            return "one is at it"
        client = self.chance.choice(pages.CLIENTS)

        def visit():
            # Whether it is held off as it should be is for pages.py to say.
            with contextlib.suppress(AssertionError, OSError):
                client(self.port)
        self.abuser = threading.Thread(target=visit, daemon=True)
        self.abuser.start()
        return client.__name__

    def noise(self):
        for resource in self.registered():
            plugin, _ = self.kubelet.registered[resource]
            for noise in (b"", b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64):
                send_noise(plugin.path, noise)

    def ask_wrongly(self):
        """Units that are not the pool's, and bytes that are no request."""
        lists = self.seen()
        for resource in sorted(lists):
            plugin, _ = self.kubelet.registered[resource]
            other = sorted({unit for units in lists.values() for unit in units} - lists[resource].keys())
            own = sorted(unit for unit, (healthy, _) in lists[resource].items() if healthy)
            for ids in (["0000:ff:00.0"], [*other[:1], *own[:1]] if other else ["x::1"]):
                self.must_be_refused(lambda ids=ids, plugin=plugin: plugin.allocate(ids), grpc.StatusCode.NOT_FOUND)
            self.must_be_refused(lambda plugin=plugin: plugin.call(
                "/v1beta1.DevicePlugin/Allocate", b"\x0a\x05\x0a", "v1beta1.AllocateResponse"),
                grpc.StatusCode.INVALID_ARGUMENT)

    def must_be_refused(self, call, code):
        try:
            call()
        except grpc.RpcError as error:
            if error.code() == code:
                return
            raise Violation(f"{error.code()} instead of {code}") from error
        raise Violation(f"answered instead of {code}")
