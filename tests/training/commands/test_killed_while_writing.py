"""Killed before any step of its writing, a trainer leaves all old or all new, at the latest to the next command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from lambda_app.model.artefact.model_parameters import finish
from training.errors import TrainingError
from training.files import complete, write_together

ROOT = Path(__file__).resolve().parents[3]
SOMEWHERE = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "HOME": os.devnull}
MODEL = "model/model.json"
# Every command that is given a model's path; that it then fails, for want of rows or credentials, is nothing to this.
COMMANDS = {
    "serve": ["lambda_app", "--port", "0", "--model", MODEL],
    "score": ["lambda_app.score", "none.csv", "scored.csv", "--model", MODEL],
    "train": ["lambda_app.model.train_model", "--data", "none.csv", "--target", "class", "--output", MODEL],
    "compare": ["lambda_app.model.compare", MODEL, MODEL],
    "publish": ["lambda_app.model.publish", "s3://nowhere/prefix", "--model", MODEL],
}


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The folder in which a trainer was killed at every step, and what it says of each."""
    folder = tmp_path_factory.mktemp("killed")
    load_iris(as_frame=True).frame[::3].to_csv(folder / "iris.csv", index=False)
    command = [sys.executable, "-m", "tests.tools.killed_trainer", str(folder / "iris.csv"), "target", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("before", [False, True], ids=["first model", "model replaced"])
def test_after_a_kill_at_any_step_the_next_command_finds_all_old_or_all_new(killed, before):
    steps = [step for step in killed[1] if step["before"] is before]
    assert len(steps) > 20
    assert {step["after"] for step in steps} == {"old", "new"}
    assert "mixed" in {step["then"] for step in steps}, "no kill fell between two renames: this test could not fail"
    # once new, new for ever; the last one was not killed
    assert [step["after"] for step in steps] == sorted((step["after"] for step in steps), reverse=True)
    assert steps[-1] == {"before": before, "then": "new", "after": "new"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_completes_what_was_decided(killed, command, tmp_path):
    folder, _ = killed
    shutil.copytree(folder / "mixed", tmp_path / "mixed")
    words = [sys.executable, "-m", *COMMANDS[command]]
    environment = {**SOMEWHERE, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        words, cwd=tmp_path / "mixed", env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        process.stdout.readline()  # serving, or over
        process.kill()

    assert contents(tmp_path / "mixed") == contents(folder / "right")


def test_what_can_not_be_put_in_place_is_said_and_kept(tmp_path, monkeypatch):
    """As where another program holds the card open on Windows: it was decided, and the next command does it."""
    card, model = tmp_path / "card.md", tmp_path / "model.json"
    card.mkdir()  # in the way
    with pytest.raises(TrainingError, match=r"card\.md can't be replaced \(Is a directory\)"):
        write_together({card: b"new card", model: b"new"}, model)
    card.rmdir()
    write_together({}, model)
    assert (card.read_bytes(), model.read_bytes()) == (b"new card", b"new")
    assert sorted(tmp_path.iterdir()) == [card, model]


def test_two_commands_may_complete_the_same_at_once(tmp_path, monkeypatch):
    """Between this one's look and its rename, another one renames."""
    model = tmp_path / "model.json"
    replace = os.replace

    def slower_than_another_command(old, new):
        monkeypatch.setattr(os, "replace", replace)
        finish(str(model))
        replace(old, new)

    monkeypatch.setattr(os, "replace", slower_than_another_command)
    model.write_bytes(b"old")
    (tmp_path / "model.json.7.tmp").write_bytes(b"new")
    (tmp_path / "model.json.pending.tmp").write_text('[7, "model.json"]')
    link = tmp_path / "link.json"
    link.symlink_to(model)
    complete(link)
    assert model.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "model.json"]
