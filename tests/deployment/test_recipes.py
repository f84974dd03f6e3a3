"""The guide's recipes: their lines, put where they say, give a template that SAM transforms into what they promise."""

from __future__ import annotations

import copy
import re

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.deployment.sam import DEPLOYMENT, Template, deployed, of_type, read

GUIDE = (DEPLOYMENT / "README.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^- \*\*(.+?)\*\*(.*(?:\n  .*)*)", GUIDE[GUIDE.index("## Recipes") :], re.MULTILINE))


def cooked(recipe: str, logical_id: str, *, number: int = 0) -> Template:
    """The template with the recipe's line of that number, as properties of one of its resources, deployed."""
    line = [text for text in re.findall(r"`([^`]+)`", RECIPES[recipe]) if re.match(r"[A-Z]\w+: ", text)][number]
    line = line.replace("vpce-…", "vpce-0123456789abcdef0").replace(
        "<arn in ACM>", "arn:aws:acm:us-east-1:1:certificate/a"
    )
    template = copy.deepcopy(read())
    template["Resources"][logical_id]["Properties"].update(yaml_parse(line))
    return deployed(template)


def test_a_function_url_asks_for_signatures() -> None:
    [url] = of_type(cooked("Function URL", "PredictFunction"), "AWS::Lambda::Url").values()
    assert url["AuthType"] == "AWS_IAM"


def test_a_custom_domain_is_regional_over_modern_tls() -> None:
    resources = cooked("Custom domain", "Api")
    [domain] = of_type(resources, "AWS::ApiGateway::DomainName").values()
    assert (domain["DomainName"], domain["SecurityPolicy"]) == ("api.example.org", "TLS_1_2")
    assert domain["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert of_type(resources, "AWS::ApiGateway::BasePathMapping")


def test_a_private_api_is_behind_its_endpoint() -> None:
    [api] = of_type(cooked("Private API", "Api"), "AWS::ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"]["Types"] == ["PRIVATE"]
    assert api["EndpointConfiguration"]["VpcEndpointIds"]


@pytest.mark.parametrize(("logical_id", "number"), [("PredictFunction", 0), ("Api", 1)])
def test_xray_is_two_lines(logical_id: str, number: int) -> None:
    resources = cooked("X-Ray", logical_id, number=number)
    function = resources["PredictFunction"]["Properties"]
    [stage] = of_type(resources, "AWS::ApiGateway::Stage").values()
    assert (function.get("TracingConfig") == {"Mode": "Active"}) is (logical_id == "PredictFunction")
    assert (stage.get("TracingEnabled") is True) is (logical_id == "Api")


def test_a_hard_bound_makes_no_new_version() -> None:
    resources = cooked("A hard bound", "PredictFunction")
    assert resources["PredictFunction"]["Properties"]["ReservedConcurrentExecutions"] == 5
    assert set(of_type(resources, "AWS::Lambda::Version")) == set(of_type(deployed(read()), "AWS::Lambda::Version"))
