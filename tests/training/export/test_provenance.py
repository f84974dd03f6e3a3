"""When, with what and from what a model was trained."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
import sklearn

from training.export import provenance


@pytest.fixture
def no_epoch(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.fixture
def repository(tmp_path, monkeypatch, no_epoch):
    """A repository with one commit, which provenance takes for its own."""

    def git(*words):
        identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    for folder in ("training", "lambda_app"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "code.py").write_text("1\n")
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "training" / "export" / "provenance.py"))
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "Start")
    return tmp_path, git("rev-parse", "HEAD")


def test_a_clean_repository_s_commit_is_named(repository):
    assert provenance.git_commit() == repository[1]


def test_an_artefact_written_by_an_earlier_run_does_not_hide_the_commit(repository):
    (repository[0] / "lambda_app" / "model.json").write_text("{}")
    assert provenance.git_commit() == repository[1]


def test_changed_code_has_no_commit(repository):
    (repository[0] / "training" / "code.py").write_text("2\n")
    assert provenance.git_commit() is None


def test_reproducible_runs_name_no_commit(repository, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert provenance.git_commit() is None


def test_without_a_repository_or_without_git_there_is_no_commit(repository, monkeypatch):
    shutil.rmtree(repository[0] / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository[0].parent))
    assert provenance.git_commit() is None
    monkeypatch.setenv("PATH", "")
    assert provenance.git_commit() is None


def test_the_moment_is_in_utc_and_can_be_set(monkeypatch, no_epoch):
    assert provenance.trained_at().endswith("+00:00")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795392000")
    assert provenance.trained_at() == "2026-11-23T00:00:00+00:00"


def test_versions_are_those_in_use():
    assert provenance.library_versions()["scikit-learn"] == sklearn.__version__
    assert provenance.library_versions()["numpy"] == np.__version__


def test_a_table_s_hash_changes_with_any_number_and_any_name():
    table = np.arange(6.0).reshape(3, 2)
    nudged = table.copy()
    nudged[2, 1] = np.nextafter(nudged[2, 1], 9)
    hashes = {
        provenance.table_sha256(table, ["a", "b"]),
        provenance.table_sha256(nudged, ["a", "b"]),
        provenance.table_sha256(table, ["a", "c"]),
    }
    assert len(hashes) == 3
    assert provenance.table_sha256(table.copy(order="F"), ["a", "b"]) in hashes
