"""Did you mean …? The known name most like an unknown one.

Not difflib: its cost grows with the square of a name's length, and a body may hold a hundred names of any length.
"""

from collections.abc import Iterable

CLOSE_ENOUGH = 0.5  # Dice's coefficient of the shared letter pairs, from 0 to 1


class ClosestName:
    """Finds the closest of some known names; what it compares is worked out at the first question."""

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
