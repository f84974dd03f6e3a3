"""A template deployed in the ways that matter, and what is read from it in more than one place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from tests.deployment.sam import MONITORING_TEMPLATE, TEMPLATE, Template, deployed, nested, of_type, read

MODEL_URI = "s3://models/prod/" + "a" * 64 + ".json"

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"


def sources() -> Template:
    """The template and the one nested in it, by their files' names."""
    return {path.name: read(path) for path in (TEMPLATE, MONITORING_TEMPLATE)}


class Stacks:
    """A template deployed in the ways that matter, each worked out when first asked for."""

    def __init__(self, sources: Template) -> None:
        self._sources = sources
        self.template = sources[TEMPLATE.name]

    @classmethod
    def of(cls, template: Template) -> Stacks:
        """With another template around the same monitoring."""
        return cls({**sources(), TEMPLATE.name: template})

    @property
    def outputs_of_monitoring(self) -> Template:
        outputs: Template = self._sources[MONITORING_TEMPLATE.name]["Outputs"]
        return outputs

    def deployed(self, **parameters: str) -> Template:
        return deployed(self.template, **parameters)

    def monitoring(self, resources: Template) -> Template:
        """What the nested stack of these resources creates."""
        [stack] = of_type(resources, "AWS::CloudFormation::Stack").values()
        return nested(self._sources[stack["TemplateURL"].rpartition("/")[2]], stack)

    @cached_property
    def plain(self) -> Template:
        """As `sam deploy --guided` deploys it when every question is answered with Enter."""
        return self.deployed()

    @cached_property
    def api_key(self) -> Template:
        return self.deployed(AuthMode="api-key")

    @cached_property
    def iam(self) -> Template:
        return self.deployed(AuthMode="iam", AllowedSourceCidrs="192.0.2.0/24,198.51.100.0/24")

    @cached_property
    def browser(self) -> Template:
        """Guarded in the one way in which a page of another origin can still ask beforehand."""
        return self.deployed(AuthMode="iam", CorsOrigin="https://example.org", AllowedSourceCidrs="192.0.2.0/24")

    @cached_property
    def canary(self) -> Template:
        return self.deployed(CanaryDeployment="true")

    @cached_property
    def full(self) -> Template:
        """Everything that can be switched on."""
        return self.deployed(
            ModelUri=MODEL_URI, KmsKeyArn=KEY, Alarms=TOPIC, LogRetentionDays="90", CorsOrigin="https://example.org",
            AllowedSourceCidrs="192.0.2.0/24", CanaryDeployment="true", AccessLog="true", PermissionsBoundaryArn=BOUNDARY,
        )  # fmt: skip

    @cached_property
    def watched(self) -> Template:
        """The nested stack of `full`."""
        return self.monitoring(self.full)


def body(resources: Template) -> Template:
    return resources["Api"]["Properties"]["Body"]


def operations(resources: Template) -> dict[str, Template]:
    """Each `METHOD path` of the API and its definition, as API Gateway gets it."""
    return {
        f"{method} {path}": operation
        for path, methods in body(resources)["paths"].items()
        for method, operation in methods.items()
    }


def statements(resources: Template) -> Iterator[tuple[str, Template]]:
    """Every IAM statement that grants something to a role, with the resource it stands in."""
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::RolePolicy"):
            documents.append(properties["PolicyDocument"])
        for document in documents:
            yield from ((name, statement) for statement in document["Statement"])


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
