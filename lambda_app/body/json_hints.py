"""Invalid JSON → what most often went wrong there."""

from __future__ import annotations

import re

PYTHON_S, NUMPY_S = ("True", "False", "None", "nan", "inf"), ("np.", "numpy.", "array(", "float64(", "tensor(")


def hint(text: str, position: int) -> str:
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
