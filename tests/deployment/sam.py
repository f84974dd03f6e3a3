"""The template as CloudFormation would carry it out: transformed by SAM's own code, offline, for given parameters."""

from __future__ import annotations

import copy
import json
import logging
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # SAM asks boto3 for a region when it is imported
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

logging.getLogger("samtranslator").setLevel(logging.ERROR)

ROOT = Path(__file__).parents[2]
DEPLOYMENT = ROOT / "deployment"
TEMPLATE = DEPLOYMENT / "template.yaml"
MONITORING_TEMPLATE = DEPLOYMENT / "monitoring.yaml"
BUCKET_TEMPLATE = DEPLOYMENT / "models_bucket.yaml"
ACCOUNT_TEMPLATE = DEPLOYMENT / "account.yaml"
ROLE_TEMPLATE = DEPLOYMENT / "github_role.yaml"
HTTP_TEMPLATE = DEPLOYMENT / "http_api.yaml"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "stack",
}
NOTHING = object()
GONE = object()

Template = dict[str, Any]


def read(path: Path = TEMPLATE) -> Template:
    """The template as written. YAML's anchors are copies here, as they are in what SAM CLI uploads."""
    return json.loads(json.dumps(yaml_parse(path.read_text()), default=str))


def mutate(template: Template, path: tuple[str | int, ...], value: Any) -> Template:
    """A copy of the template with one place taken away or changed; the place must exist, unless it is a new key."""
    mutant = copy.deepcopy(template)
    *parents, last = path
    place: Any = mutant
    for step in parents:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        assert isinstance(place, list) or place.get(last) != value
        place[last] = value
    return mutant


class NoManagedPolicies:
    """SAM would ask IAM for the ARNs of policies that are named without one; this template names none."""

    def load(self) -> dict[str, str]:
        return {}


def expand(template: Template, **parameters: str) -> Template:
    """Plain CloudFormation, conditions and references still in it."""
    template = copy.deepcopy(template)
    shared = template.get("Globals", {}).get("Function", {})
    if "CodeUri" in shared:
        shared["CodeUri"] = "s3://bucket/key"  # as after `sam package`
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
        if "TemplateURL" in resource.get("Properties", {}):
            resource["Properties"]["TemplateURL"] = f"https://s3.amazonaws.com/{resource['Properties']['TemplateURL']}"
    return json.loads(json.dumps(transform(template, parameters, NoManagedPolicies()), default=str))


def nested(template: Template, stack: Template) -> Template:
    """What a nested stack would create, given its template and its properties in the stack around it."""
    return Resolver(template, stack["Parameters"]).resources()


def deployed(template: Template, **parameters: str) -> Template:
    """What would be created: `expand`, then conditions decided, parameters put in, absent resources left out."""
    return Resolver(expand(template, **parameters), parameters).resources()


class Resolver:
    """Decides what can be decided before a deployment. References to resources stay as they are."""

    def __init__(self, expanded: Template, given: dict[str, Any]) -> None:
        self._expanded = expanded
        defaults = {name: parameter.get("Default", "") for name, parameter in expanded["Parameters"].items()}
        self._values = {**PSEUDO, **defaults, **given}

    def resources(self) -> Template:
        kept = {}
        for name, resource in self._expanded["Resources"].items():
            if "Condition" not in resource or self._condition(resource["Condition"]):
                kept[name] = self.resolve({key: value for key, value in resource.items() if key != "Condition"})
        return kept

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(key, argument)] = value.items()
            if key == "Ref":
                return NOTHING if argument == "AWS::NoValue" else self._values.get(argument, value)
            if key == "Fn::If":
                return self.resolve(argument[1 if self._condition(argument[0]) else 2])
            if key == "Fn::Sub":
                return self._substitute(argument)
            if key == "Fn::Split":
                return self.resolve(argument[1]).split(argument[0])
            if key == "Fn::Select":
                return self.resolve(argument[1])[int(argument[0])]
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NOTHING}

    def _substitute(self, argument: Any) -> str:
        text, variables = argument if isinstance(argument, list) else (argument, {})
        known = {**self._values, **{name: self.resolve(value) for name, value in variables.items()}}
        for name, value in known.items():
            written = value if isinstance(value, str | int | float) else f"<{next(iter(value.values()))}>"
            text = text.replace(f"${{{name}}}", str(written))
        return text

    def _condition(self, condition: Any) -> bool:
        if isinstance(condition, str):
            return self._condition(self._expanded["Conditions"][condition])
        [(key, argument)] = condition.items()
        if key == "Condition":
            return self._condition(argument)
        if key == "Fn::Equals":
            return str(self.resolve(argument[0])) == str(self.resolve(argument[1]))
        if key == "Fn::Not":
            return not self._condition(argument[0])
        if key == "Fn::And":
            return all(map(self._condition, argument))
        if key == "Fn::Or":
            return any(map(self._condition, argument))
        raise NotImplementedError(key)


def of_type(resources: Template, kind: str) -> dict[str, Template]:
    """The properties of every resource of a type, by logical id."""
    return {name: r.get("Properties", {}) for name, r in resources.items() if r["Type"] == kind}
