"""Places for a run: folders in memory where there is room, and small file systems that can be full."""

import atexit
import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile

from .case import NotTried

_PARENT = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
_ROOT = tempfile.mkdtemp(prefix="faults-", dir=_PARENT)
# The database server runs as another user, and looks for its own folder in here.
os.chmod(_ROOT, 0o755)
atexit.register(shutil.rmtree, _ROOT, ignore_errors=True)


def folder(name):
    return tempfile.mkdtemp(prefix=f"{name}-", dir=_ROOT)


def free_port():
    """A port that nobody uses, outside the range from which the kernel takes ports for connections."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class SmallDisk:
    """A file system of its own, in memory. It can be filled, emptied and made read-only."""

    def __init__(self, path):
        self.path = path

    def fill(self):
        with open(os.path.join(self.path, "filling"), "wb", buffering=0) as filling, contextlib.suppress(OSError):
            while True:
                filling.write(b"x" * 65536)
        with open(os.path.join(self.path, "filling"), "ab", buffering=0) as filling, contextlib.suppress(OSError):
            while True:
                filling.write(b"x" * 512)

    def empty(self):
        os.remove(os.path.join(self.path, "filling"))

    def remount(self, options):
        subprocess.run(["mount", "-o", f"remount,{options}", self.path], check=True, capture_output=True)


@contextlib.contextmanager
def small_disk(mib):
    """Mounts one, which takes root."""
    path = folder("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "faults", path], capture_output=True)
    if mounted.returncode:
        raise NotTried("no file system can be mounted here: " + mounted.stderr.decode().strip())
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", path], check=False)
