"""How much one request may ask of a loaded model, in the memory that the function has."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambda_app.model.predict import Model

MAXIMUM_BODY_BYTES = 5 * 1024 * 1024
MAXIMUM_ANSWER_CHARACTERS = 6_200_000  # of the 6,291,556 that Lambda sends; the rest is for headers and metadata
MOST_SAMPLES = 10_000
MOST_VALUES = 300_000  # samples × columns
# Comparisons of trees in one request: 32 ns each on a whole processor, of which 128 MB are given a fourteenth.
MOST_COMPARISONS, COMPARISONS_IN_LITTLE_MEMORY, LITTLE_MEMORY = 10_000_000, 3_000_000, 512
EXPLAINING = 25  # what it costs to explain a row by trees, in answers to it
CHARACTERS_OF_A_CONTRIBUTION = 120  # besides its name: two floats of full length, three keys, escaped quotes


class Limits:
    """The largest batches: `samples`, and `explained` where an explanation is asked for (0: there is none)."""

    __slots__ = ("explained", "samples")

    def __init__(self, model: Model) -> None:
        columns = model.columns
        width = len(columns.names)
        memory = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
        is_little = memory.isdecimal() and int(memory) < LITTLE_MEMORY
        comparisons = COMPARISONS_IN_LITTLE_MEMORY if is_little else MOST_COMPARISONS
        each = max(1, model.scorer.comparisons)
        self.samples = max(1, min(MOST_SAMPLES, MOST_VALUES // width, comparisons // each))
        characters = sum(len(name) + CHARACTERS_OF_A_CONTRIBUTION for name in columns.names)
        room = MAXIMUM_ANSWER_CHARACTERS // characters
        # a tenth: to write two floats a column costs more than all else of a sample
        explained = min(self.samples // 10, room, comparisons // (EXPLAINING * each))
        self.explained = max(1, explained) if model.explains else 0
