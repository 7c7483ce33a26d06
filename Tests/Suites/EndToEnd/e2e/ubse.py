"""A UBS engine stand-in, wire dialect B, which knows the devices of the fake_ubcore module."""

import os
import socket
import struct
import threading

GET, ALLOC = 5, 6


class Engine:
    """devices: {name: (bonding device, first path, second path)}; `sick` holds names that are not usable."""

    def __init__(self, path, devices):
        self.devices = devices
        self.sick = set()
        self.calls = []
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(5)
                try:
                    self._answer(peer)
                except (OSError, struct.error):
                    pass

    def _answer(self, peer):
        header = self._read(peer, 17)
        _, module, operation, size, request = struct.unpack("<BHHIQ", header)
        body = self._read(peer, size)
        self.calls.append(operation)
        status, answer = 41, b""
        if module == 5 and operation == GET:
            status, answer = 0, struct.pack("<I", len(self.devices))
            for number, name in enumerate(self.devices):
                answer += self._text(name) + struct.pack("<IQ", 3 if name in self.sick else 0, 1 << 32 | number)
        elif module == 5 and operation == ALLOC:
            name = body.rstrip(b"\0").decode()
            if name in self.devices:
                paths = [f"/dev/uburma/{device}" for device in self.devices[name]]
                status, answer = 0, b"".join(self._text(t) for t in [*paths, "0000:0000:0000:0000:0000:ffff:0a00:0001"])
            else:
                status = 1007
        peer.sendall(struct.pack("<BIIQ", 1, status, len(answer), request) + answer)

    @staticmethod
    def _read(peer, size):
        data = b""
        while len(data) < size:
            part = peer.recv(size - len(data))
            if not part:
                raise OSError("the peer has gone")
            data += part
        return data

    @staticmethod
    def _text(text):
        return struct.pack("<I", len(text)) + text.encode()
