"""The recipe of docs/bulk.md on a real Spark: its very lines, the package as a zip, the handler's answers bit for bit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet

from deployment.package import package
from tests.bulk.files import SCORER, answers, samples
from tests.tools.own_model import serving_copy

GUIDE = Path(__file__).parents[2] / "docs" / "bulk.md"


def test_the_recipe_gives_the_handlers_answers(tmp_path):
    rows = samples(3_000)
    columns = {name: [row[position] for row in rows] for position, name in enumerate(SCORER.names)}
    columns[SCORER.names[3]][7] = None
    table = pyarrow.table({"id": [str(number) for number in range(len(rows))], **columns})
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    package(serving_copy(tmp_path), tmp_path / "lambda_package.zip")
    [recipe] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    subprocess.run([sys.executable, "-I", "-c", recipe], cwd=tmp_path, env=environment, check=True, timeout=300)

    found = pyarrow.parquet.read_table(tmp_path / "scored.parquet").to_pydict()
    scored = dict(zip(map(int, found["id"]), found["answer"], strict=True))
    expected = dict(enumerate(answers(rows)))
    assert scored.pop(7) is None
    del expected[7]
    assert {number: json.loads(text) for number, text in scored.items()} == expected
