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


def _serve(listener, server):
    while True:
        peer, _ = listener.accept()
        try:
            there = socket.create_connection(server)
        except OSError:
            peer.close()
            continue
        for pair in ((peer, there), (there, peer)):
            threading.Thread(target=_pump, args=pair, daemon=True).start()


def start(server):
    """Pods of the host's network reach the API server, an (address, port), as kubernetes.default.svc."""
    run("ip", "address", "add", ADDRESS + "/32", "dev", "lo")
    threading.Thread(target=_serve, args=(socket.create_server((ADDRESS, 443), backlog=64), server), daemon=True).start()
