"""deployment/README.md says what the template and the calculator say, and none of its commands does harm."""

from __future__ import annotations

import re

import pytest

from deployment.cost import PRICES, Deployment, monthly, table
from tests.deployment.sam import DEPLOYMENT, ROOT, read

GUIDE = DEPLOYMENT / "README.md"
MILLION, HOUR = 1e6, 3600
PLAIN, PROD = Deployment(), Deployment(has_access_log=True, has_alarms=True)
COMMANDS = [
    (path, line)
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), GUIDE, ROOT / "samconfig.toml"]
    for line in path.read_text(encoding="utf-8").splitlines()
    if "sam deploy" in line
]


def dollars(requests: float, deployment: Deployment, *, is_free_counted: bool = False) -> str:
    return f"${sum(monthly(requests, deployment, PRICES, is_free_counted=is_free_counted).values()):,.2f}"


def more(requests: float, deployment: Deployment) -> str:
    """What a deployment costs on top of the default one."""
    dear, plain = (sum(monthly(requests, each, PRICES).values()) for each in (deployment, PLAIN))
    return f"${dear - plain:,.2f}"


def figures() -> dict[str, str]:
    """Every computed piece of the guide, by the name that its first writer gave it."""
    month = 30 * 24 * HOUR
    return {
        "TABLE": parameters_table(),
        "PLAIN": dollars(MILLION, PLAIN),
        "OPEN10": dollars(10 * month, PLAIN),
        "OPEN50": dollars(50 * month, PLAIN),
        "MEMORY": more(MILLION, Deployment(megabytes=512)),
        "ACCESS": more(MILLION, Deployment(has_access_log=True)),
        "ALARMS": more(0, Deployment(has_alarms=True)),
        "ALARMSFREE": dollars(0, Deployment(has_alarms=True), is_free_counted=True),
        "COSTPLAIN": table(MILLION, PLAIN, PRICES),
        "COSTPROD": table(MILLION, PROD, PRICES),
        "IDLE": f"{dollars(0, PLAIN)} ({dollars(0, PLAIN, is_free_counted=True)})",
        "IDLEPROD": f"{dollars(0, PROD)} ({dollars(0, PROD, is_free_counted=True)})",
        "MILLION": dollars(MILLION, PLAIN),
        "MILLIONPROD": dollars(MILLION, PROD),
    }


def parameters_table() -> str:
    """The parameters as a Markdown table, in the order in which `sam deploy --guided` asks."""
    rows = ["| parameter | default | |", "| --- | --- | --- |"]
    for name, parameter in read()["Parameters"].items():
        allowed = [str(value) for value in parameter.get("AllowedValues", [])]
        limits = f" One of {', '.join(allowed)}." if 2 < len(allowed) < 6 else ""
        if "MaxValue" in parameter:
            limits = f" {parameter['MinValue']} to {parameter['MaxValue']}."
        default = f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"
        rows.append(f"| `{name}` | {default} | {parameter['Description']}{limits} |")
    return "\n".join(rows)


@pytest.mark.parametrize("name", figures())
def test_what_can_be_computed_is(name: str) -> None:
    assert figures()[name] in GUIDE.read_text(encoding="utf-8")


def test_every_parameter_has_somebody_who_sets_it() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    who = text[text.index("**Who sets them.**") : text.index("**`AuthMode`**")]
    for name in read()["Parameters"]:
        assert f"`{name}" in who, name


def test_what_the_guide_names_exists() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for path in re.findall(r"\]\((?!http)([^)]+)\)", text):
        assert (DEPLOYMENT / path).exists(), path
    outputs = read()["Outputs"]
    for name in ("ApiUrl", "ApiKeyCommand", "InvokeArn", "DashboardUrl"):
        assert f"`{name}`" in text or f"<{name}" in text
        assert name in outputs
    for template in re.findall(r"--template(?:-file)? (\S+\.yaml)", text):
        assert (ROOT / template).exists(), template


def test_no_command_loses_the_authentication() -> None:
    """--parameter-overrides replaces samconfig's whole list: AuthMode goes, and a first deployment is open to all."""
    assert len(COMMANDS) >= 8
    for path, line in COMMANDS:
        is_no_api = "--template-file" in line or "InputBucket=" in line  # other templates: nothing there can be called
        assert "--parameter-overrides" not in line or "AuthMode=" in line or is_no_api, f"{path.name}: {line}"


def test_signed_requests_carry_the_session_token() -> None:
    """A role's and SSO's credentials have one, and without it every call is answered 403."""
    text = GUIDE.read_text(encoding="utf-8")
    [signed] = re.findall(r"curl --aws-sigv4 .*\n.*", text)
    assert '--header "x-amz-security-token: $AWS_SESSION_TOKEN"' in signed
