"""No single flipped bit of the committed artefact goes unnoticed: about 80,000 files, in some ten seconds."""

import subprocess
import sys

from tests.tools.own_model import OWN, ROOT

# In a process of its own, where measuring coverage does not slow it down. Prints how many were tried, and which passed.
FLIP_EVERY_BIT = """
from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
import sys
with open(sys.argv[1], "rb") as file:
    damaged = bytearray(file.read())
accepted = []
for position in range(len(damaged)):
    for bit in range(8):
        damaged[position] ^= 1 << bit
        try:
            ModelParameters.from_json(damaged.decode("ascii"))
            accepted.append((position, bit))
        except (InvalidModel, UnicodeDecodeError):
            pass
        damaged[position] ^= 1 << bit
ModelParameters.from_json(damaged.decode("ascii"))
print(8 * len(damaged), accepted)
"""


def test_every_single_flipped_bit_is_refused():
    command = [sys.executable, "-c", FLIP_EVERY_BIT, str(OWN)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    size = OWN.stat().st_size

    assert done.stdout.split(maxsplit=1) == [str(8 * size), "[]\n"]
