"""The API server's service address, which kube-proxy serves on a real node."""

import socket
import threading

from .machine import run

ADDRESS = "10.96.0.1"


def _pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Service:
    """Pods of the host's network reach the API server, an (address, port), as kubernetes.default.svc."""

    def __init__(self, server):
        self.server = server
        # How often a pod asked while the server was away.
        self.refused = 0
        run("ip", "address", "add", ADDRESS + "/32", "dev", "lo")
        self.listener = socket.create_server((ADDRESS, 443), backlog=64)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            peer, _ = self.listener.accept()
            try:
                there = socket.create_connection(self.server)
            except OSError:
                self.refused += 1
                peer.close()
                continue
            for pair in ((peer, there), (there, peer)):
                threading.Thread(target=_pump, args=pair, daemon=True).start()
