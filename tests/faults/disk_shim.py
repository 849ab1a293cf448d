"""A disk that fails at the n-th write or sync: a small library that is loaded before the program (`shim.c`)."""

import mmap
import os
import shutil
import struct
import subprocess

from . import scratch
from .case import NotTried, check

_built = None


def _library():
    global _built
    if not _built:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            raise NotTried("no C compiler for the shim")
        place = f"{scratch.folder('shim')}/shim.so"
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shim.c")
        done = subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", place, source, "-ldl"], capture_output=True,
                              text=True)
        check(done.returncode == 0, done.stderr)
        os.chmod(os.path.dirname(place), 0o755)
        _built = place
    return _built


class DiskShim:
    def __init__(self):
        orders = scratch.folder("orders")
        os.chmod(orders, 0o755)
        path = f"{orders}/orders"
        with open(path, "wb") as file:
            file.write(bytes(24))
        os.chmod(path, 0o666)
        with open(path, "r+b") as file:
            self.page = mmap.mmap(file.fileno(), 24)
        self.environment = {"LD_PRELOAD": _library(), "FAULTS_ORDERS": path}

    def fail(self, writes=0, syncs=0, error=5, lasting=False):
        """The n-th write, or sync, from now on fails with `error`; all after it too if `lasting`."""
        self.page[8:16] = struct.pack("ii", error, lasting)
        self.page[0:8] = struct.pack("ii", writes, syncs)

    def heal(self):
        self.fail()

    def seen(self):
        return struct.unpack("ii", self.page[16:24])

    def is_done(self):
        return struct.unpack("ii", self.page[0:8]) == (0, 0)
