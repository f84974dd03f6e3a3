"""The real Lambda runtime without Docker: AWS's runtime interface emulator, which SAM CLI's package carries, around
AWS's runtime client and the unzipped package. One request at a time, as in a real sandbox; two at once would crash it.
"""

from __future__ import annotations

import http.client
import os
import platform
import shutil
import signal
import socket
import subprocess  # nosec B404 – starts AWS's own program, by its path and without a shell
import tempfile
import time
from contextlib import suppress
from pathlib import Path

INVOKE = "/2015-03-31/functions/function/invocations"


def install_emulator(folder: Path) -> Path:
    """An executable copy of SAM CLI's emulator for this machine: its wheel drops the permission to execute."""
    import samcli.local.rapid  # noqa: PLC0415 – only the interpreter that has SAM CLI asks for this

    architecture = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    source = Path(samcli.local.rapid.__path__[0]) / f"aws-lambda-rie-{architecture}"
    copy = Path(shutil.copy(source, folder))
    copy.chmod(0o755)
    return copy


def free_port() -> int:
    """A port of this machine that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RuntimeEmulator:
    """One running sandbox. `python` needs awslambdaric; `environment` is the function's own; `level` is of its own log."""

    def __init__(
        self,
        package: Path,
        handler: str,
        environment: dict[str, str],
        *,
        python: str,
        emulator: str,
        seconds: int = 15,
        level: str = "error",
    ) -> None:
        self.port = free_port()
        addresses = [f"127.0.0.1:{self.port}", f"127.0.0.1:{free_port()}"]  # without them it listens to the world
        options = ["--runtime-interface-emulator-address", addresses[0], "--runtime-api-address", addresses[1]]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 – closed with the sandbox
        self._process = subprocess.Popen(  # nosec B603
            [emulator, "--log-level", level, *options, python, "-m", "awslambdaric", handler],
            cwd=package,
            env={
                "PATH": "/usr/bin:/bin",
                "LANG": "C.UTF-8",
                "TZ": ":UTC",
                "PYTHONDONTWRITEBYTECODE": "1",
                "LAMBDA_TASK_ROOT": str(package),
                "AWS_LAMBDA_FUNCTION_TIMEOUT": str(seconds),
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                **environment,
            },
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait_until_listening()

    def _wait_until_listening(self) -> None:
        for _ in range(250):
            if self._process.poll() is not None:
                raise RuntimeError(self.log())
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError("the runtime emulator does not listen")

    def invoke(self, event: bytes, seconds: float = 60) -> bytes:
        """The function's answer, or the runtime's error document: both come with HTTP status 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("POST", INVOKE, event)
            return connection.getresponse().read()
        finally:
            connection.close()

    def processor_seconds(self) -> float:
        """Processor time of the runtime client and the function in it since their start; what others do adds nothing."""
        threads = Path(f"/proc/{self._process.pid}/task").iterdir()
        (function,) = [pid for thread in threads for pid in (thread / "children").read_text().split()]
        times = [(thread / "schedstat").read_text().split() for thread in Path(f"/proc/{function}/task").iterdir()]
        return sum(int(nanoseconds) for nanoseconds, *_ in times) / 1e9

    def log(self, start: int = 0) -> str:
        """What the function wrote, from byte `start` on."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size - start, start).decode("utf-8", "replace")

    def close(self) -> None:
        """End the emulator, the runtime client and the function at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()
