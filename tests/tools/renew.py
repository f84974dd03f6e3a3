"""`python -m tests.tools.renew`: what the shipped model, once trained anew or changed, has to bring with it.

The packaged model becomes the tests' own; with it the golden pairs' responses, docs/openapi.json and the table of drift
alarms are written anew.
Read the difference before it is committed. `--check` only says whether the tests' model is the shipped one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from tests.tools.own_model import OWN, PACKAGED, ROOT


def main(arguments: list[str]) -> int:
    """Renew or check; returns the exit code."""
    if arguments == ["--check"]:
        same = OWN.read_bytes() == PACKAGED.read_bytes()
        print("the tests' model is the shipped one" if same else __doc__)
        return 0 if same else 1
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    shutil.copy(PACKAGED, OWN)
    commands = (["tests.tools.golden", "--update"], ["tests.contract.openapi_changes"], ["tests.tools.drift_table"])
    for command in commands:
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
