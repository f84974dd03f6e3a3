"""The command: what it writes, what it refuses, and that nothing but a whole new model ever replaces the old one."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lambda_app.model.artefact.model_parameters import ModelParameters
from training.commands.train_model import main

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-W", "error", "-m", "lambda_app.model.train_model"]
EPOCH = "1795392000"


def read(path):
    return ModelParameters.from_json(path.read_text(encoding="ascii"))


def test_the_default_run_is_quick_clean_and_prints_what_it_found(output, evaluation):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    done = subprocess.run(
        [*COMMAND, "--output", str(output)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")  # no warning, and no progress bar where nobody watches
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before <= 15
    written = read(output)
    assert written.trained_at == "2026-11-23T00:00:00+00:00"
    assert output.stat().st_size <= 24_000
    assert not list(output.parent.glob("*.tmp"))
    for metric in evaluation.metrics.values():
        assert f"{metric.value:.4f}   [{(metric.interval or metric.if_calibrated[1])[0]:.4f}, " in done.stdout
    assert written.digest[:12] in done.stdout


def test_the_same_data_gives_the_same_bytes(bundled_csv, output, monkeypatch, quick):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    arguments = ["--data", bundled_csv("iris"), "--target", "class", "--folds", "3", "--output", str(output)]
    written = set()
    for _ in range(2):
        assert main(arguments) == 0
        written.add(output.read_bytes())
    assert len(written) == 1
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert main(arguments) == 0
    assert output.read_bytes() not in written


def test_another_process_with_other_hash_seeds_and_threads_gives_the_same_bytes(write_csv, output):
    generator = np.random.default_rng(0)
    rows = [[*generator.normal(size=2) + label, ["no", "yes"][label]] for label in [0, 1] * 20]
    path = write_csv([["a", "b", "class"], *rows])
    written = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": seed}
        arguments = ["--data", path, "--target", "class", "--folds", "2", "--output", str(output)]
        subprocess.run([*COMMAND, *arguments], cwd=ROOT, env=environment, capture_output=True, check=True)
        written.add(output.read_bytes())
    assert len(written) == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--data", "x.csv"],
        ["--target", "y"],
        ["--folds", "1"],
        ["--folds", "ten"],
        ["--what"],
        ["--data", "x.csv", "--target", "y", "--task", "guess"],
        ["--category", "zip"],
        ["--threshold", "0"],
        ["--threshold", "1.5"],
        ["--threshold", "half"],
        ["--sensitivity", "1"],
        ["--sensitivity", "0.9", "--threshold", "0.1"],
    ],
)
def test_mistaken_options_are_status_2(options):
    with pytest.raises(SystemExit) as stop:
        main(options)
    assert stop.value.code == 2


def test_an_output_that_can_not_be_written_is_said_before_the_work(tmp_path, capsys):
    for path in (tmp_path, tmp_path / "no" / "model.json"):
        assert main(["--output", str(path)]) == 1
        captured = capsys.readouterr()
        assert "not a file in an existing directory" in captured.err
        assert captured.out == ""


def test_without_the_libraries_help_works_and_training_says_what_to_install():
    bare = [sys.executable, "-S", "-m", "lambda_app.model.train_model"]
    helped = subprocess.run([*bare, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert helped.returncode == 0
    assert "--positive LABEL" in helped.stdout
    refused = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "pip install -r requirements-training.txt" in refused.stderr
    assert refused.stdout == ""


def test_the_audit_and_the_comparison_are_printed_on_request(bundled_csv, output, capsys, monkeypatch, quick):
    monkeypatch.setattr("training.evaluation.regularisation.GRID", (0.1, 1.0))
    arguments = ["--data", bundled_csv("iris"), "--target", "class", "--folds", "3", "--output", str(output)]
    assert main([*arguments, "--audit", "--compare"]) == 0
    printed = capsys.readouterr().out
    assert "nested audit, C tuned inside" in printed
    for name in ("logistic regression", "random forest", "gradient boosting"):
        assert f"\n  {name}" in printed
    assert "99 % needs 99 rows in every class, and setosa has 50: 95 % is served." in printed
    assert "too few rows for 95 %" not in printed
    assert "Wolberg" not in printed  # those figures are the example's
    assert json.loads(output.read_text())["name"] == "iris"
