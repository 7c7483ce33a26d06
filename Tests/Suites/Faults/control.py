"""The file that the harness and the preloaded shim share: what goes wrong from now on."""
import contextlib
import errno
import mmap
import os
import pathlib
import re
import struct
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
CALLS = {name: int(number) for name, number in
         re.findall(r"^CALL\((\w+), (\d+)\)", (HERE / "calls.def").read_text(), re.MULTILINE)}
FAIL, SHORT, KILL = 1, 2, 3
# As `struct control` of shim.c: calls, action, error, skipped, count, clock, hits, reserved, path, seen.
HEADER = struct.Struct("=QiiiiqII256s")
SIZE = HEADER.size + 4 * 64


def build(directory):
    """Compiles the shim into `directory`."""
    library = pathlib.Path(directory) / "shim.so"
    subprocess.run(["cc", "-std=c11", "-O1", "-fPIC", "-shared", "-o", library, HERE / "shim.c"], check=True)
    return library


class Control:
    """Faults of one process."""

    def __init__(self, path):
        self.path = str(path)
        with open(path, "wb") as file:
            file.write(bytes(SIZE))
        self.descriptor = os.open(path, os.O_RDWR)
        self.memory = mmap.mmap(self.descriptor, SIZE)

    def close(self):
        self.memory.close()
        os.close(self.descriptor)

    def environment(self, library):
        return {"LD_PRELOAD": str(library), "DEVICEPOOL_FAULTS": self.path}

    def set(self, call, action, error=0, skipped=0, count=-1, path=""):
        # The action last: until it is there nothing happens.
        self.clear()
        self.memory[HEADER.size - 256:HEADER.size] = path.encode().ljust(256, b"\0")
        struct.pack_into("=iii", self.memory, 12, error, skipped, count)
        struct.pack_into("=Q", self.memory, 0, 1 << CALLS[call])
        struct.pack_into("=i", self.memory, 8, action)

    def clear(self):
        struct.pack_into("=i", self.memory, 8, 0)

    def move_clock(self, seconds):
        struct.pack_into("=q", self.memory, 24, seconds)

    @property
    def hits(self):
        return struct.unpack_from("=I", self.memory, 32)[0]

    def seen(self, call):
        return struct.unpack_from("=I", self.memory, HEADER.size + 4 * CALLS[call])[0]

    @contextlib.contextmanager
    def fault(self, call, error, path=""):
        """`error` is an errno's name, or `short`."""
        self.set(call, SHORT if error == "short" else FAIL, 0 if error == "short" else getattr(errno, error), path=path)
        try:
            yield
        finally:
            self.clear()
