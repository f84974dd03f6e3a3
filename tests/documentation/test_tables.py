"""docs/api.md's tables are the code's own tables."""

from lambda_app.problems import ERRORS
from lambda_app.routes import ROUTES
from lambda_app.sample_warnings import WARNINGS
from tests.tools.tables import DOCUMENT, tables, written


def test_every_route_warning_and_error_is_documented():
    text = DOCUMENT.read_text("utf-8")
    assert text == written(text), "python -m tests.tools.tables writes them"


def test_a_table_has_a_line_for_each_and_no_other():
    rows = [table.count("\n") - 1 for table in tables()]
    assert rows == [len(ROUTES), len(WARNINGS), len(ERRORS)]


def test_a_forgotten_line_would_be_noticed():
    text = DOCUMENT.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    for code in (*WARNINGS, *ERRORS):
        without = "".join(line for line in lines if not line.startswith("|") or f"`{code}`" not in line)
        assert without != text
        assert written(without) == text
