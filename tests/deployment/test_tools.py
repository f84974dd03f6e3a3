"""The real tools accept the template: SAM CLI both ways, cfn-lint after the transform, and `sam build` builds what runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

from tests.deployment.promises.access import ROUTES
from tests.deployment.sam import (
    ACCOUNT_TEMPLATE,
    BUCKET_TEMPLATE,
    HTTP_TEMPLATE,
    MONITORING_TEMPLATE,
    ROLE_TEMPLATE,
    ROOT,
    TEMPLATE,
    expand,
    read,
)

BIN = Path(sys.executable).parent
ENVIRONMENT = {
    "PATH": f"{BIN}:/usr/bin:/bin",
    "SAM_CLI_TELEMETRY": "0",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "HOME": os.environ.get("HOME", "/"),
}
# cfn-lint does not know that SAM writes these only when the canary is on, and with it hook, role and alarms.
KNOWN = [("W1001", ["Resources", name]) for name in ("PredictFunctionAliaslive", "PredictFunctionDeploymentGroup")]


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@pytest.mark.parametrize("arguments", [[], ["--lint"]])
def test_bare_sam_validate_accepts_the_template(arguments: list[str]) -> None:
    result = run("sam", "validate", *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "is a valid SAM Template" in result.stdout


@pytest.mark.parametrize(
    ("template", "parameters"),
    [(TEMPLATE, {}), (TEMPLATE, {"CanaryDeployment": "true", "AuthMode": "iam"}), (HTTP_TEMPLATE, {})],
    ids=["default", "canary", "http-api"],
)
def test_cfn_lint_accepts_the_transformed_template(template: Path, parameters: dict[str, str], tmp_path: Path) -> None:
    expanded = tmp_path / "expanded.json"
    expanded.write_text(json.dumps(expand(read(template), **parameters)))
    result = run("cfn-lint", "--format", "json", expanded)
    found = [(match["Rule"]["Id"], match["Location"]["Path"][:2]) for match in json.loads(result.stdout or "[]")]
    assert [finding for finding in found if finding not in KNOWN] == []


@pytest.mark.parametrize(
    "template", [MONITORING_TEMPLATE, BUCKET_TEMPLATE, ACCOUNT_TEMPLATE, ROLE_TEMPLATE], ids=lambda p: p.stem
)
def test_cfn_lint_accepts_the_plain_templates(template: Path) -> None:
    assert run("cfn-lint", template).stdout == ""


def test_the_templates_are_short_enough_to_be_read() -> None:
    """A newcomer reads the first before deploying it; each line more is one that nobody reads."""
    for template, lines in ((TEMPLATE, 320), (HTTP_TEMPLATE, 100)):
        assert len(template.read_text().splitlines()) <= lines, template.name


def test_sam_build_builds_what_can_be_imported(tmp_path: Path) -> None:
    """Built bare, as in the README; imported from the built folder alone, without third-party packages."""
    built = run("sam", "build", "--build-dir", tmp_path / "build")
    assert built.returncode == 0, built.stdout + built.stderr
    for function, handler in {
        "PredictFunction": "from lambda_app.lambda_function import lambda_handler",
        "PreTrafficHookFunction": "from lambda_app.pre_traffic_hook import handler",
    }.items():
        code = f"import sys; sys.path.insert(0, '.'); {handler}"
        imported = run(sys.executable, "-I", "-S", "-B", "-c", code, cwd=tmp_path / "build" / function)
        assert imported.returncode == 0, imported.stderr
    assert "&id" not in (tmp_path / "build" / "template.yaml").read_text(), "CloudFormation knows no YAML anchors"


def test_bare_sam_build_finds_the_template_in_every_environment() -> None:
    configuration = (ROOT / "samconfig.toml").read_text()
    template = TEMPLATE.relative_to(ROOT)
    for environment in ("default", "dev", "prod"):
        for command in ("build", "validate"):
            assert f'[{environment}.{command}.parameters]\ntemplate_file = "{template}"' in configuration
        assert f"[{environment}.deploy.parameters]\nstack_name" in configuration
    assert configuration.count("template_file =") == 6, (
        "under deploy or global, sam deploy would take the unbuilt template"
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own affair
def test_sam_local_finds_every_route() -> None:
    """`sam local start-api` reads the API's body itself, and passes over integrations that it does not understand."""
    stacks, _ = SamLocalStackProvider.get_stacks(str(TEMPLATE))
    routes = ApiProvider(stacks, cwd=str(ROOT)).api.routes
    assert {route.path for route in routes} == ROUTES
    assert {route.function_name for route in routes} == {"PredictFunction"}
    assert all({"GET", "POST", "DELETE"} <= set(route.methods) for route in routes)
