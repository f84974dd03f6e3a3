"""`python -m deployment.bytecode`: put bytecode for the runtime's Python into what `sam build` built.

Lambda's folder is read-only and `sam build` packs no bytecode, so without this every cold start compiles the package.
Another version ignores it: the version is part of each file's name. Its hash is unchecked, as neither the time nor
the place of a source survives the way to Lambda. A machine without the runtime's Python deploys what it always did.
"""

from __future__ import annotations

import re
import subprocess  # nosec B404 – starts an interpreter of this machine, by its path and without a shell
import sys
from pathlib import Path

from deployment.interpreters import interpreters

BUILD = Path(__file__).resolve().parent.parent / ".aws-sam" / "build"
ON_LAMBDA = "/var/task"  # where the package will lie: so named in tracebacks, and the same bytes from any folder


def compile_build(build: Path) -> str:
    """Compile every function that SAM built, for the Python that the template names; a sentence says what was done."""
    template = (build / "template.yaml").read_text(encoding="utf-8")
    (version,) = set(re.findall(r"Runtime: python(\S+)", template))
    python = interpreters().get(version)
    if not python:
        return f"No bytecode: this machine has no Python {version}. The function works, but starts more slowly."
    packages = [folder.parent for folder in sorted(build.rglob("lambda_app"))]
    for package in packages:
        compile_package(package, python)
    return f"Bytecode for Python {version} in {', '.join(package.name for package in packages)}"


def compile_package(package: Path, python: str) -> None:
    """Put bytecode beside every source of the package, made by this interpreter."""
    options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(package), "-p", ON_LAMBDA]
    subprocess.run([python, "-m", "compileall", *options, str(package)], check=True)  # nosec B603


def main() -> None:
    """Compile what lies in SAM's folder for builds."""
    if not BUILD.is_dir():
        sys.exit("Nothing is built yet: run sam build first.")
    print(compile_build(BUILD))


if __name__ == "__main__":
    main()
