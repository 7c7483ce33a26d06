"""Kubelet's side of a DRA driver: gRPC over HTTP/2 and protobuf by hand, for a handful of small messages."""
import pathlib
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Faults"))

from peers import DATA, END_STREAM, HEADERS, PING, SETTINGS, Peer, frame  # noqa: E402

SERVICE = "/k8s.io.kubelet.pkg.apis.dra.v1.DRAPlugin/"


class NoAnswer(Exception):
    """The call ended without a message: the driver has gone, or answers with a status."""


def field(number, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def fields(content):
    """The fields of a message in which all fields have a length."""
    found, at = [], 0
    while at < len(content):
        tag, at = read_varint(content, at)
        size, at = read_varint(content, at)
        found.append((tag >> 3, content[at:at + size]))
        at += size
    return found


def read_varint(content, at):
    number = shift = 0
    while True:
        byte = content[at]
        number |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
        if byte < 128:
            return number, at


def call(path, method, payload=b"", patience=30):
    """The answer's bytes."""
    try:
        peer = Peer(path)
    except OSError as error:
        raise NoAnswer(f"{path}: {error}") from error
    peer.call(method, payload=payload)
    rest, body, end = b"", b"", time.monotonic() + patience
    while time.monotonic() < end:
        part = peer.received()
        if part is None:
            break
        if not part:
            time.sleep(0.002)
        rest += part
        while len(rest) >= 9 and len(rest) >= 9 + int.from_bytes(rest[:3], "big"):
            size, kind, flags, stream = int.from_bytes(rest[:3], "big"), rest[3], rest[4], rest[5:9]
            content, rest = rest[9:9 + size], rest[9 + size:]
            if kind in (SETTINGS, PING) and not flags & 1:
                peer.send(frame(kind, 1, 0, content if kind == PING else b""))
            if kind == DATA and stream == struct.pack(">I", 1):
                body += content
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                peer.close()
                if len(body) < 5:
                    raise NoAnswer(f"{method} ended without a message")
                return body[5:]
    peer.close()
    raise NoAnswer(f"{method}: the connection ended")


def register(path):
    """What the driver says of itself, by the number of the field; it is told that it is registered."""
    info = fields(call(path, "/pluginregistration.Registration/GetInfo"))
    registered = b"\x08\x01"
    try:
        call(path, "/pluginregistration.Registration/NotifyRegistrationStatus", registered)
    except NoAnswer:
        pass  # its answer is an empty message
    return {number: [value.decode() for found, value in info if found == number] for number, _ in info}


def claim_list(*claims):
    return b"".join(field(1, field(1, "ns") + field(2, uid) + field(3, f"claim-{uid}")) for uid in claims)


def prepare(path, uid, patience=30):
    """(devices, error): of each device pool, name and CDI names."""
    answer = call(path, SERVICE + "NodePrepareResources", claim_list(uid), patience)
    for _, entry in fields(answer):
        parts = dict(fields(entry))
        if parts[1].decode() != uid:
            continue
        result = fields(parts.get(2, b""))
        devices = []
        for _, content in (item for item in result if item[0] == 1):
            inner = fields(content)
            device = dict(inner)
            devices.append((device[2].decode(), device[3].decode(), [v.decode() for n, v in inner if n == 4]))
        return devices, "".join(value.decode() for number, value in result if number == 2)
    raise NoAnswer(f"no entry for {uid}")


def unprepare(path, uid, patience=30):
    """The error; empty: the claim is given back."""
    answer = call(path, SERVICE + "NodeUnprepareResources", claim_list(uid), patience)
    for _, entry in fields(answer):
        parts = dict(fields(entry))
        if parts[1].decode() == uid:
            return "".join(value.decode() for number, value in fields(parts.get(2, b"")) if number == 1)
    raise NoAnswer(f"no entry for {uid}")
