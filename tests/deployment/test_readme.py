"""deployment/README.md says what the template and the calculator say."""

from __future__ import annotations

import re

from deployment.cost import PRICES, monthly, table
from tests.deployment.sam import ROOT, read

README = (ROOT / "deployment" / "README.md").read_text()


def parameters_table() -> str:
    """The parameters as a Markdown table, in the order in which `sam deploy --guided` asks."""
    rows = ["| parameter | default | |", "| --- | --- | --- |"]
    for name, parameter in read()["Parameters"].items():
        allowed = [str(value) for value in parameter.get("AllowedValues", [])]
        limits = f" One of {', '.join(allowed)}." if 1 < len(allowed) < 6 else ""
        if "MaxValue" in parameter:
            limits = f" {parameter['MinValue']} to {parameter['MaxValue']}."
        default = f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"
        rows.append(f"| `{name}` | {default} | {parameter['Description']}{limits} |")
    return "\n".join(rows)


def test_every_parameter_is_listed_as_it_is() -> None:
    assert parameters_table() in README


def test_costs_are_the_calculators() -> None:
    assert table(monthly(1e6, 1, 128, 30, PRICES), 1e6) in README


def test_what_the_readme_names_exists() -> None:
    for path in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / "deployment" / path).exists(), path
    outputs = read()["Outputs"]
    for name in ("ApiUrl", "ApiKeyCommand", "InvokeArn", "DashboardUrl"):
        assert f"`{name}`" in README or f"<{name}" in README
        assert name in outputs
