"""The workflows: current actions, no test near a role, and more than Linux. GitHub itself cannot be tried here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.deployment.sam import ROOT

WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / ".github" / "workflows").glob("*.yml")}
# The first major version of each action that runs on Node 24: runners dropped Node 20 on 2026-09-16.
FIRST_ON_NODE_24 = {
    "actions/checkout": 5,
    "actions/setup-python": 6,
    "actions/setup-java": 5,
    "aws-actions/configure-aws-credentials": 6,
}
JOBS = [(workflow, name) for workflow, document in WORKFLOWS.items() for name in document["jobs"]]


def steps(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from job["steps"]


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in steps(job))


@pytest.mark.parametrize(("workflow", "name"), JOBS)
def test_every_action_runs_on_what_runners_have(workflow: str, name: str) -> None:
    for step in steps(WORKFLOWS[workflow]["jobs"][name]):
        if "uses" in step:
            action, _, version = step["uses"].partition("@v")
            assert int(version.partition(".")[0]) >= FIRST_ON_NODE_24[action], step["uses"]
            assert action != "actions/checkout" or step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_job_holds_no_more_than_it_says(workflow: str) -> None:
    """Nothing beyond reading, unless a job asks for itself."""
    assert WORKFLOWS[workflow]["permissions"] in ({}, {"contents": "read"})


def test_no_test_runs_in_a_job_that_can_take_on_a_role() -> None:
    holders = [
        (WORKFLOWS[workflow]["jobs"], name)
        for workflow, name in JOBS
        if WORKFLOWS[workflow]["jobs"][name].get("permissions", {}).get("id-token") == "write"
    ]
    assert holders
    for jobs, name in holders:
        assert "test" not in commands(jobs[name])
        assert "validate" not in commands(jobs[name])
        assert "make validate test" in commands(jobs[jobs[name]["needs"]]), "yet nothing is deployed without them"


def test_serving_and_training_run_on_more_than_linux() -> None:
    job = WORKFLOWS["ci"]["jobs"]["elsewhere"]
    assert {system.partition("-")[0] for system in job["strategy"]["matrix"]["os"]} == {"macos", "windows"}
    assert "pytest" in commands(job)
    assert "train_model" in commands(job)
    assert "make " not in commands(job), "Windows has none"


@pytest.mark.parametrize(("workflow", "name"), JOBS)
def test_what_is_installed_is_there(workflow: str, name: str) -> None:
    job = WORKFLOWS[workflow]["jobs"][name]
    caches = "\n".join(step.get("with", {}).get("cache-dependency-path", "") for step in steps(job))
    for path in [*re.findall(r"-r (\S+)", commands(job)), *caches.split()]:
        assert any(ROOT.glob(path)), path


def test_one_job_stands_for_all_of_them() -> None:
    jobs = WORKFLOWS["ci"]["jobs"]
    assert {*jobs["ready"]["needs"], "ready"} == set(jobs)
