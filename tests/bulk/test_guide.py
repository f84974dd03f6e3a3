"""docs/bulk.md says what the code does: its settings, its files, its command, its three outputs."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from lambda_app import score
from lambda_app.bulk.machine.plan import MAXIMUM_GZIP_BYTES, MAXIMUM_PARTS
from lambda_app.bulk.machine.run import DONE, FAILED, MEBIBYTE, PARTS, PLAN, PREDICTIONS, REJECTS, SETTINGS, SUMMARY
from lambda_app.bulk.output import columns
from tests.bulk.files import SCORER, csv_text, samples
from tests.bulk.machine import TEMPLATE
from tests.deployment.sam import read

GUIDE = (Path(__file__).parents[2] / "docs" / "bulk.md").read_text(encoding="utf-8")


def test_every_setting_of_a_run_is_in_the_table_with_its_default_and_bounds():
    rows = re.findall(r"^ *\| `(\w+)` \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
    assert [name for name, _, _ in rows] == list(SETTINGS)
    for name, default, text in rows:
        known, least, most = SETTINGS[name]
        assert default.strip("`") == ("the input's" if known is None else json.dumps(known)), name
        if most and name != "maximum_rejected_percent":
            assert f"{least} to {most:,}" in text, name


def test_the_files_of_a_run_are_named():
    for name in (PLAN, PARTS, SUMMARY, DONE, FAILED, PREDICTIONS, REJECTS):
        assert f"{name}/" in GUIDE or name in GUIDE
    assert f"{MAXIMUM_PARTS:,} parts a run" in GUIDE
    assert f"of {MAXIMUM_GZIP_BYTES // MEBIBYTE} MiB at most" in GUIDE
    assert ",".join(["id", *columns(SCORER)]) in GUIDE


def test_the_command_and_its_reject_are_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = samples(4)
    lines = csv_text(rows).splitlines()
    cells = lines[3].split(",")
    cells[1 + SCORER.names.index("mean area")] = "much"
    lines[3] = ",".join(cells)
    Path("rows.csv").write_text("\n".join(lines))
    [command] = re.findall(r"^python -m lambda_app\.score (.*)$", GUIDE, re.MULTILINE)
    assert score.main(shlex.split(command)) == 0
    [reject] = map(json.loads, Path("scored.csv.rejects.jsonl").read_text().splitlines())
    [printed] = map(json.loads, re.findall(r"```json\n(.*?)\n```", GUIDE))
    for shown in (reject, printed):
        del shown["byte_offset"]
        shown["errors"][0].pop("detail")
    assert reject == printed


def test_the_three_commands_are_outputs_of_the_template():
    named = re.findall(r"^\d\. `(\w+)`", GUIDE, re.MULTILINE)
    assert named == ["StartCommand", "WatchCommand", "ReadCommand"]
    assert set(named) <= set(read(TEMPLATE)["Outputs"])
