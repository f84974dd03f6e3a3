"""Cold starts as users have them: what `sam build` built, read-only, in the real runtime with the runtime's Python.

`python -m benchmarks.as_deployed [PYTHON]` prints them; PYTHON needs awslambdaric. Two packages in turns: `plain` as
`sam build` leaves it, `compiled` as `make build` does. Beside them a handler that does nothing (`empty`), of which a
start is told as a ratio, and one that only reads and writes JSON (`floor`), over which the first answer is told.
Init as the emulator reports it is elapsed time, which a busy machine stretches; processor time is from the start of
the runtime client to the first answer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from operator import truediv
from pathlib import Path
from statistics import median

from benchmarks.runtime import init_milliseconds, invoke, start
from deployment.bytecode import compile_package
from deployment.runtime_emulator import install_emulator

ROOT = Path(__file__).resolve().parent.parent
EVENT = ROOT / "deployment" / "events" / "rest_list.event.json"
RUNTIME_PYTHON = ROOT / ".venv-runtime" / "bin" / "python"
STARTS, PROCESSES = 15, 9
HANDLERS = {
    "empty": "empty.handler",
    "plain": "lambda_app.lambda_function.lambda_handler",
    "compiled": "lambda_app.lambda_function.lambda_handler",
}
# Import and first answer, in processor time, with what the runtime client loads already loaded.
FIRST_ANSWER = """
import importlib, json, os, sys, time
sys.path.insert(0, os.getcwd())
module, name = sys.argv[1].rsplit(".", 1)
event = json.loads(open(sys.argv[2], encoding="ascii").read())
importlib.import_module("awslambdaric.bootstrap")
context = type("Context", (), {"aws_request_id": "1"})
output, sys.stdout = sys.stdout, open(os.devnull, "w")
started = time.process_time()
answer = getattr(importlib.import_module(module), name)(event, context)
milliseconds = (time.process_time() - started) * 1000
assert answer["statusCode"] == 200
output.write(str(milliseconds))
"""
FLOOR = """
import json
def handler(event, context):
    json.loads(event["body"])
    return {{"statusCode": 200, "body": json.dumps({answer!r})}}
"""


def runtime_python() -> str:
    """The interpreter that stands for the runtime's; this one where `make` made no other."""
    return str(RUNTIME_PYTHON) if RUNTIME_PYTHON.exists() else sys.executable


def packages(folder: Path, python: str) -> dict[str, Path]:
    """`sam build`'s package without and with bytecode, an empty handler and the floor; nobody may write into them."""
    sam = str(Path(sys.executable).with_name("sam"))
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-central-1"}
    command = [sam, "build", "--build-dir", str(folder / "build")]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    made = {name: folder / name for name in ("plain", "compiled", "empty", "floor")}
    for name in ("plain", "compiled"):
        shutil.copytree(folder / "build" / "PredictFunction", made[name])
    compile_package(made["compiled"], python)
    for name in ("empty", "floor"):
        made[name].mkdir()
    shutil.copy(ROOT / "benchmarks" / "handlers" / "empty.py", made["empty"])
    answer = json.loads(EVENT.with_name("rest_list.response.json").read_text(encoding="ascii"))["body"]
    (made["floor"] / "floor.py").write_text(FLOOR.format(answer=answer), encoding="ascii")
    for package in made.values():
        for path in (package, *package.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
    return made


def starts(folder: Path, made: dict[str, Path], python: str, count: int = STARTS) -> dict[str, dict[str, float]]:
    """Starts in the runtime: medians of milliseconds and of ratios to the empty handler's, all in turns."""
    emulator, event = str(install_emulator(folder)), EVENT.read_bytes()
    init: dict[str, list[float]] = {name: [] for name in HANDLERS}
    processor: dict[str, list[float]] = {name: [] for name in HANDLERS}
    for _ in range(count):
        for name, handler in HANDLERS.items():
            with closing(start(emulator, handler, made[name], python)) as runtime:
                invoke(runtime, event)
                init[name].append(init_milliseconds(runtime))
                processor[name].append(runtime.processor_seconds() * 1000)
    return {
        name: {
            "init_ms": median(init[name]),
            "init_ratio": median(map(truediv, init[name], init["empty"])),
            "processor_ms": median(processor[name]),
            "processor_ratio": median(map(truediv, processor[name], processor["empty"])),
        }
        for name in HANDLERS
    }


def first_answers(made: dict[str, Path], python: str, processes: int = PROCESSES) -> dict[str, float]:
    """Milliseconds of processor time for import and first answer: medians of fresh processes, in turns."""
    handlers = {"floor": "floor.handler", **{name: HANDLERS[name] for name in ("plain", "compiled")}}
    found: dict[str, list[float]] = {name: [] for name in handlers}
    for _ in range(processes):
        for name, handler in handlers.items():
            command = [python, "-B", "-c", FIRST_ANSWER, handler, str(EVENT)]
            process = subprocess.run(command, cwd=made[name], check=True, stdout=subprocess.PIPE, text=True)
            found[name].append(float(process.stdout))
    return {name: median(values) for name, values in found.items()}


def measure(python: str) -> dict:
    """Both measurements, with the version of the Python they were made on."""
    version = subprocess.run([python, "-V"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[1]
    with tempfile.TemporaryDirectory() as folder:
        made = packages(Path(folder), python)
        started = starts(Path(folder), made, python)
        return {"python": version, "starts": started, "first_answer_ms": first_answers(made, python)}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1] if len(sys.argv) > 1 else runtime_python()), indent=1))
