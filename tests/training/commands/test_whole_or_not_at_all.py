"""Whatever happens during a run, the old model stays until the new one is whole."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.store import PACKAGED_PATH
from training.commands import run
from training.commands.train_model import main
from training.recipes import kinds

ROOT = Path(__file__).resolve().parents[3]
LIMITED_MAIN = "from training.commands.train_model import main; sys.exit(main(sys.argv[1:]))"


def train_iris(bundled_csv, output):
    return main(["--data", bundled_csv("iris"), "--target", "class", "--folds", "3", "--output", str(output)])


def test_no_convergence_is_an_error(bundled_csv, output, monkeypatch, capsys, untouched):
    def impatient(**options):
        return LogisticRegression(max_iter=1, **options)

    monkeypatch.setattr(kinds, "LogisticRegression", impatient)
    assert train_iris(bundled_csv, output) == 1
    assert "did not converge" in capsys.readouterr().err
    assert untouched()


def test_coefficients_that_are_no_numbers_are_an_error(bundled_csv, output, monkeypatch, capsys, quick, untouched):
    def spoiled(estimator, features, labels):
        model = estimator.fit(features, labels)
        model[-1].coef_[0, 0] = np.nan
        return model

    monkeypatch.setattr(run, "fit", spoiled)
    assert train_iris(bundled_csv, output) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert untouched()


def test_a_disagreement_with_scikit_learn_is_an_error(bundled_csv, output, monkeypatch, capsys, quick, untouched):
    monkeypatch.setattr("training.export.proof.GOLDEN_TOLERANCE", -1.0)
    assert train_iris(bundled_csv, output) == 1
    assert "differs from scikit-learn's" in capsys.readouterr().err
    assert untouched()


def test_a_full_disk_leaves_the_old_model(bundled_csv, output, monkeypatch, capsys, quick, untouched):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert train_iris(bundled_csv, output) == 1
    assert "the old file is as it was: No space left on device" in capsys.readouterr().err
    assert untouched()


def test_a_file_cut_short_by_the_system_leaves_the_old_model(output, bundled_csv, untouched):
    """The kernel refuses to let any file grow beyond 1 KiB: the write fails half-way, as on a full disk."""
    arguments = ["--data", bundled_csv("iris"), "--target", "class", "--folds", "2", "--output", str(output)]
    limited = f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))\n{LIMITED_MAIN}"
    done = subprocess.run(
        [sys.executable, "-c", limited, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the old file is as it was: File too large" in done.stderr
    assert untouched()


def test_an_interruption_leaves_the_old_model(bundled_csv, output, monkeypatch, capsys, untouched):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "evaluate", interrupt)
    assert train_iris(bundled_csv, output) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert untouched()


def test_a_date_that_is_none_is_an_error(bundled_csv, output, monkeypatch, capsys, quick, untouched):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert train_iris(bundled_csv, output) == 1
    assert "SOURCE_DATE_EPOCH must be whole seconds" in capsys.readouterr().err
    assert untouched()


KILLS = int(os.environ.get("SAVE_KILLS", "25"))
SAVE_FOREVER = """
import json, sys
from pathlib import Path
from lambda_app.model.artefact.model_parameters import ModelParameters
models = [ModelParameters.from_json(Path(path).read_text()) for path in sys.argv[3:]]
def plainly(model, path):
    with open(path, "w") as file:
        json.dump(json.loads(model.to_json()), file)
save = ModelParameters.save if sys.argv[2] == "atomically" else plainly
print("saving", flush=True)
while True:
    for model in models:
        save(model, sys.argv[1])
"""


def torn_files(how, output, versions):
    """How often a process that saves over and over was killed and left neither of the two versions."""
    texts = [path.read_text() for path in versions]
    if how == "plainly":
        texts = [json.dumps(json.loads(text)) for text in texts]
    generator, torn = random.Random(0), 0
    for _ in range(KILLS):
        output.write_text(texts[0])
        command = [sys.executable, "-c", SAVE_FOREVER, str(output), how, *map(str, versions)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(generator.uniform(0, 0.01))
            process.kill()
        torn += output.read_text() not in texts
    return torn


@pytest.fixture
def versions(tmp_path):
    """Two artefacts of different length."""
    text = Path(PACKAGED_PATH).read_text(encoding="ascii")
    parameters = ModelParameters.from_json(text)
    longer = ModelParameters(**{**parameters.fields(), "description": "x" * 3000})
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, content in zip(paths, (text, longer.to_json()), strict=True):
        path.write_text(content)
    return paths


def test_killed_in_mid_save_the_model_is_whole(output, versions):
    assert torn_files("atomically", output, versions) == 0


def test_killed_in_mid_save_a_plain_dump_is_torn(output, versions):
    """The test above can fail: the same harness catches what most programs do."""
    assert torn_files("plainly", output, versions) > 0
