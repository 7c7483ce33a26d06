"""HTTP/2 spoken by hand on a unix socket, well enough to be rude in it."""
import socket
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 8, 9
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    """A header field without indexing and without Huffman's code."""
    def counted(text):
        return bytes([len(text)]) + text if len(text) < 127 else bytes([127, len(text) - 127]) + text
    return b"\0" + counted(name.encode()) + counted(value.encode())


def request_headers(method, authority="localhost"):
    return b"".join(literal(name, value) for name, value in (
        (":method", "POST"), (":scheme", "http"), (":path", method), (":authority", authority),
        ("te", "trailers"), ("content-type", "application/grpc")))


def message(payload=b""):
    return struct.pack(">BI", 0, len(payload)) + payload


class Peer:
    """One connection; `window` is what the server may send on a stream before it is asked to go on."""

    def __init__(self, path, window=None, greets=True):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Blocks while the listener's backlog is full.
        self.socket.connect(path)
        self.socket.setblocking(False)
        if greets:
            settings = struct.pack(">HI", 4, window) if window is not None else b""
            self.send(PREFACE + frame(SETTINGS, 0, 0, settings))

    def send(self, content, patience=3.0):
        """How many bytes the server took; fewer than all when it closed the connection or stopped reading."""
        view = memoryview(content)
        end = time.monotonic() + patience
        while view and time.monotonic() < end:
            try:
                view = view[self.socket.send(view):]
            except BlockingIOError:
                time.sleep(0.005)
            except OSError:
                break
        return len(content) - len(view)

    def call(self, method, stream=1, payload=b""):
        self.send(frame(HEADERS, END_HEADERS, stream, request_headers(method))
                  + frame(DATA, END_STREAM, stream, message(payload)))

    def received(self, limit=65536):
        """What has come; None when the server has closed the connection."""
        try:
            return self.socket.recv(limit) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def is_closed(self, patience=5.0):
        """Whether the server closes the connection, whatever it says before."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.received() is None:
                return True
            time.sleep(0.01)
        return False

    def end(self, patience):
        """Whether the server has closed the connection, in a word; closes it in any case."""
        outcome = "closed" if self.is_closed(patience) else "open"
        self.close()
        return outcome

    def close(self):
        self.socket.close()
