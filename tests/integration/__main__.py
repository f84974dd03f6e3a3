"""Deploy for real, without AWS: `python -m tests.integration` runs test_deploy.py in a network of its own.

LocalStack listens on every interface, and functions must reach nothing but it: a fresh network namespace, with only
loopback, keeps both promises. Needs Linux, and to be root or allowed to make user namespaces.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1  # linux/sockios.h, linux/if.h
INTERFACE_REQUEST = "16sH14x"
INSIDE = "--inside"
WAYS = (["unshare", "--user", "--map-root-user", "--net"], ["unshare", "--net"])
IMPOSSIBLE = """\
The deployment cannot be tried here: a network namespace cannot be made, neither as a user nor as root.
It needs Linux with util-linux's unshare; on Ubuntu 24.04 or newer, run first:
  sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0"""


def raise_loopback() -> None:
    """`ip link set lo up`, without needing ip."""
    with socket.socket() as any_socket:
        request = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack(INTERFACE_REQUEST, b"lo", 0))
        flags = struct.unpack(INTERFACE_REQUEST, request)[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack(INTERFACE_REQUEST, b"lo", flags | IFF_UP))


def main(arguments: list[str]) -> int:
    """Enter the namespace, then run pytest there. Returns pytest's exit status."""
    if arguments[:1] != [INSIDE]:
        for way in WAYS if shutil.which("unshare") else ():
            if subprocess.run([*way, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
                os.execvp(way[0], [*way, sys.executable, "-m", "tests.integration", INSIDE, *arguments])
        print(IMPOSSIBLE, file=sys.stderr)
        return 1
    raise_loopback()
    import pytest  # noqa: PLC0415 – not needed outside

    return pytest.main([str(Path(__file__).parent), *arguments[1:]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
