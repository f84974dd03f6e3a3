"""`python -m tests.contract.openapi_changes`: write docs/openapi.json anew, saying what would break callers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.tools import own_model

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
ASKED = ("Request", "Sample")  # schemas of what callers send; all others are of what they get


def generate() -> dict[str, Any]:
    """The document of the tests' model, which is the shipped example."""
    own_model.install()
    from lambda_app.lambda_function import lambda_handler  # noqa: PLC0415 – it loads its model when it is imported

    response = lambda_handler({"httpMethod": "GET", "resource": "/openapi.json", "path": "/openapi.json"}, None)
    made: dict[str, Any] = json.loads(response["body"])
    return made


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What callers of `old` rely on and `new` takes away, a sentence each."""
    changes = [f"{place} is gone" for place in sorted(_operations(old) - _operations(new))]
    before, after = old["components"]["schemas"], new["components"]["schemas"]
    changes += [f"schema {name} is gone" for name in before if name not in after]
    for name in before:
        if name in after:
            changes += _compare(before[name], after[name], name, asked=name in ASKED)
    return changes


def _operations(openapi: dict[str, Any]) -> set[str]:
    return {
        f"{method.upper()} {path} {status}"
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
        for status in operation["responses"]
    }


def _compare(old: Any, new: Any, place: str, *, asked: bool) -> list[str]:
    if isinstance(old, list):
        pairs = zip(old, new, strict=False)
        return [
            change
            for number, (a, b) in enumerate(pairs)
            for change in _compare(a, b, f"{place}[{number}]", asked=asked)
        ]
    if not isinstance(old, dict) or not isinstance(new, dict):
        return []
    changes = []
    if asked:
        added = set(new.get("required", [])) - set(old.get("required", []))
        changes += [f"{place} now requires {name}" for name in sorted(added)]
        changes += [
            f"{place} takes fewer" for limit in ("maxItems", "maximum") if new.get(limit, 0) < old.get(limit, 0)
        ]
    else:
        gone = set(old.get("required", [])) - set(new.get("required", []))
        changes += [f"{place} no longer always holds {name}" for name in sorted(gone)]
    lost = set(old.get("properties", {})) - set(new.get("properties", {}))
    changes += [f"{place} has no {name} any more" for name in sorted(lost)]
    if old.get("type") != new.get("type"):
        changes.append(f"{place} changes its type")
    for key in set(old) & set(new) - {"required", "example"}:
        changes += _compare(old[key], new[key], f"{place}.{key}", asked=asked)
    return changes


def main() -> int:
    """Write the file; 1 where callers would break, so that nobody overlooks it."""
    new = generate()
    changes = breaking_changes(json.loads(COMMITTED.read_text()), new) if COMMITTED.exists() else []
    COMMITTED.write_text(json.dumps(new, indent=1) + "\n")
    print(f"wrote {COMMITTED.name}", *(f"would break callers: {change}" for change in changes), sep="\n")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
