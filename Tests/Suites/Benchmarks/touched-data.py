#!/usr/bin/env python3
"""Names the variables that a running program has written to, of those that begin as zero: one a line.

    touched-data.py PID PROGRAM >FILE

PROGRAM is the file that the process runs, with its symbols. Needs binutils, and the right to read the process's memory.
"""
import os
import re
import subprocess
import sys


def output(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()


def zeroed(program):
    """Address and size of .bss, as the file has them."""
    for line in output("readelf", "-SW", program):
        section = re.match(r"\s*\[\s*\d+\]\s+\.bss\s+\S+\s+([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+)", line)
        if section:
            return int(section[1], 16), int(section[2], 16)
    sys.exit(f"{program} has no section .bss")


def base(pid, program):
    """Where the file's address 0 is in the process."""
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            if line.rstrip().endswith(os.path.realpath(program)):
                return int(line.split("-")[0], 16)
    sys.exit(f"process {pid} does not run {program}")


def main():
    pid, program = sys.argv[1:]
    start, size = zeroed(program)
    with open(f"/proc/{pid}/mem", "rb") as memory:
        memory.seek(base(pid, program) + start)
        content = memory.read(size)
    for line in output("nm", "-S", "--defined-only", program):
        words = line.split()
        if len(words) != 4:
            continue
        first = int(words[0], 16) - start
        if 0 <= first < size and any(content[first:first + int(words[1], 16)]):
            print(words[3])


main()
