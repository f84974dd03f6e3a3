"""What a caller most likely meant: the known name most like an unknown one, and why a text is no JSON."""

import re
from collections.abc import Iterable

CLOSE_ENOUGH = 0.5  # Dice's coefficient of the shared letter pairs, from 0 to 1
PYTHON_S, NUMPY_S = ("True", "False", "None", "nan", "inf"), ("np.", "numpy.", "array(", "float64(", "tensor(")


class ClosestName:
    """Finds the closest of some known names; what it compares is worked out at the first question.

    Not difflib: its cost grows with the square of a name's length, and a body may hold a hundred names of any length.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = known
        self._pairs: dict[str, set[str]] = {}

    def hint(self, name: str) -> str:
        """A sentence that names the closest known name, empty where none is close. Never repeats the name itself."""
        if not self._pairs:
            self._pairs = {known: _letter_pairs(known) for known in self._known}
        if len(name) > 2 * max(map(len, self._pairs)):
            return ""
        pairs = _letter_pairs(name)
        likeness = {
            known: 2 * len(pairs & other) / (len(pairs) + len(other) or 1) for known, other in self._pairs.items()
        }
        closest = max(likeness, key=likeness.__getitem__)
        return f' Did you mean "{closest}"?' if likeness[closest] >= CLOSE_ENOUGH else ""


def _letter_pairs(name: str) -> set[str]:
    folded = name.casefold().replace("_", " ")
    return {folded[i : i + 2] for i in range(len(folded) - 1)}


def hint_at_json(text: str, position: int) -> str:
    """What most often stands where the parser stopped, without repeating it; empty where it is something else."""
    rest, before = text[position : position + 20].lstrip(), text[max(0, position - 20) : position].rstrip()
    if rest.startswith("'") or before.endswith("'"):
        return "JSON's texts stand in double quotes."
    if rest.startswith(PYTHON_S):
        return "JSON writes true, false and null, and has no nan."
    if rest.startswith(NUMPY_S):
        return "NumPy's numbers are no JSON: convert them with float() or tolist()."
    if (rest[:1] in ("]", "}") and before.endswith(",")) or re.match(r",\s*[\]}]", rest):
        return "A comma stands before a closing bracket."
    if text.lstrip()[:1] not in ("{", "[", '"') and ("," in text[:200] or ";" in text[:200]):
        return 'This may be CSV: send its rows as {"instances": [[...], ...]}.'
    return ""
