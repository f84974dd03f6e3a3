"""`python -m tests.tools.tables`: write the tables of docs/api.md anew from the code's own: routes, warnings, errors."""

from __future__ import annotations

from pathlib import Path

from lambda_app.problems import ERRORS
from lambda_app.routes import ROUTES
from lambda_app.sample_warnings import WARNINGS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def tables() -> list[str]:
    """Each table as it must stand in the document."""
    routes = [f"| `{route.methods[0]} {path}` | {route.summary.rstrip('.')} |" for path, route in ROUTES.items()]
    warnings = [f"| `{code}` | {sentence} |" for code, sentence in WARNINGS.items()]
    errors = [f"| {status} | `{code}` | {advice} |" for code, (status, advice) in ERRORS.items()]
    heads = {
        "| route | answer |": routes,
        "| `code` | what it says |": warnings,
        "| status | code | what to do |": errors,
    }
    return ["\n".join([head, _line(head), *rows]) for head, rows in heads.items()]


def _line(head: str) -> str:
    return "|" + "---|" * (head.count("|") - 1)


def written(text: str) -> str:
    """The document's text with its tables written anew."""
    for table in tables():
        text = replaced(text, table)
    return text


def replaced(text: str, table: str) -> str:
    """The text with this table in the place of the one that begins with the same line."""
    head = table.partition("\n")[0]
    before, _, after = text.partition(f"{head}\n")
    rest = after[after.index("\n\n") :]
    return f"{before}{table}{rest}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
