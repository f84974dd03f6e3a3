"""Who may import whom, what a cold start may cost, where AWS's keys may stand, and how much a request passes."""

import ast
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from statistics import median

import pytest

from lambda_app.lambda_function import lambda_handler
from tests.tools import golden
from tests.tools.own_model import serving_copy

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lambda_app"

# Serving code, and the modules of this package that each may import: the arrows, innermost first.
ARROWS = {
    "problems": "",
    "body.hints": "",
    "model.artefact.format_checks": "",
    "model.artefact.model_parameters": "model.artefact.format_checks",
    "model.artefact.bucket": "model.artefact.format_checks model.artefact.model_parameters",
    "model.columns": "model.artefact.format_checks",
    "model.linear": "model.artefact.format_checks",
    "model.trees": "model.artefact.format_checks",
    "model.links": "model.artefact.format_checks",
    "model.calibrated": "model.artefact.format_checks model.links",
    "model.explanation": "model.links",
    "model.classifier": "model.calibrated model.artefact.format_checks model.explanation model.links",
    "model.regressor": "model.artefact.format_checks model.explanation",
    "model.predict": "model.classifier model.columns model.artefact.format_checks model.linear model.regressor model.trees",
    "model.training_range": "",
    "model.store": "model.artefact.bucket model.artefact.format_checks model.artefact.model_parameters model.predict",
    "body.limits": "",
    "gateway.events": "problems",
    "gateway.responses": "gateway.events",
    "gateway.cors": "gateway.responses",
    "gateway.caller": "",
    "body.json_body": "body.faults body.hints body.limits problems",
    "body.media_type": "problems",
    "body.faults": "body.hints problems",
    "body.validation": "body.faults problems",
    "sample_warnings": "",
    "answers": "",
    "documents.description": "body.limits",
    "documents.openapi": "problems sample_warnings",
    "documents.page": "",
    "service": "answers body.json_body body.limits body.validation model.artefact.model_parameters model.training_range problems sample_warnings",
    "metrics": "model.store",
    "telemetry": "metrics",
    "routes": "documents.description gateway.responses body.json_body body.media_type documents.openapi documents.page",
    "lambda_function": "gateway.cors gateway.events gateway.responses model.store problems routes service telemetry",
    # Bulk scoring uses what the API uses; nothing of the API imports it.
    "bulk.errors": "",
    "bulk.rows.lines": "",
    "bulk.rows.cells": "",
    "bulk.rows.samples": "bulk.rows.lines problems",
    "bulk.scoring": "body.hints body.validation model.store problems service",
    "bulk.rows.csv_rows": "bulk.errors bulk.rows.cells bulk.rows.samples bulk.scoring problems",
    "bulk.rows.json_rows": "body.json_body bulk.errors bulk.rows.samples bulk.scoring problems",
    "bulk.sources": "bulk.errors bulk.rows.csv_rows bulk.rows.json_rows bulk.rows.lines bulk.rows.samples bulk.scoring",
    "bulk.output": "bulk.errors bulk.rows.json_rows bulk.scoring problems",
    "bulk.score_part": "bulk.output bulk.rows.csv_rows bulk.rows.json_rows bulk.rows.lines bulk.rows.samples "
    "bulk.scoring problems service",
    "bulk.local_files": "bulk.errors bulk.output bulk.rows.lines bulk.score_part bulk.scoring bulk.sources",
    "score": "bulk.errors bulk.local_files bulk.output bulk.score_part bulk.scoring bulk.sources model.artefact.model_parameters model.store",
    "bulk.machine.objects": "bulk.errors bulk.rows.lines",
    "bulk.machine.run": "bulk.errors bulk.machine.objects bulk.output body.hints",
    "bulk.machine.plan": "bulk.errors bulk.machine.objects bulk.machine.run bulk.output bulk.rows.lines "
    "bulk.scoring bulk.sources model.store",
    "bulk.machine.score_object": "bulk.errors bulk.machine.run bulk.output bulk.rows.csv_rows bulk.rows.json_rows "
    "bulk.rows.lines bulk.score_part bulk.scoring bulk.sources",
    "bulk.machine.finish": "bulk.errors bulk.machine.objects bulk.machine.run",
    "bulk_function": "bulk.errors bulk.machine.finish bulk.machine.objects bulk.machine.plan bulk.machine.run "
    "bulk.machine.score_object bulk.score_part bulk.scoring metrics model.store telemetry",
    # The API on this machine.
    "local.local_server": "gateway.caller body.limits",
    "local.local_command": "lambda_function local.local_server model.artefact.model_parameters model.store",
    "pre_traffic_hook": "gateway.caller model.artefact.model_parameters model.predict model.store routes telemetry",
    "__init__": "",
    "body.__init__": "",
    "documents.__init__": "",
    "local.__init__": "",
    "gateway.__init__": "",
    "model.__init__": "",
    "model.artefact.__init__": "",
    "bulk.rows.__init__": "",
    "bulk.machine.__init__": "",
    "bulk.__init__": "",
}
# Commands are doors to code that is not sent to Lambda, and nothing else.
COMMANDS = {
    "__main__": "lambda_app.local.local_command",
    "model.train_model": "training.commands.train_model",
    "model.compare": "training.commands.compare",
    "model.publish": "training.commands.publish",
}
# What only the function's environment brings: inside functions of the S3 store and of the hook.
AWS_SDK = {
    "model.artefact.bucket": {"boto3", "botocore"},
    "pre_traffic_hook": {"boto3", "botocore"},
    "bulk.machine.objects": {"boto3", "botocore"},
}
# Slow to import, together longer than the handler's whole start.
SLOW = {
    "typing", "dataclasses", "pathlib", "http", "importlib.resources", "base64", "urllib", "email", "logging",
    "asyncio",
}  # fmt: skip
# Keys of AWS's events and responses that mean nothing elsewhere.
AWS_KEYS = {
    "requestContext", "httpMethod", "rawPath", "routeKey", "multiValueHeaders", "isBase64Encoded", "statusCode",
    "statusDescription", "pathParameters", "methodArn", "routeArn", "elb",
}  # fmt: skip
# Starts the handler from the folder or zip in argv and answers one event; prints the answer and what was loaded.
START = """
import sys
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
from lambda_app.lambda_function import lambda_handler
import json
event = json.load(open(sys.argv[2]))
response = lambda_handler(event, None)
print(json.dumps({"response": response, "modules": sorted(set(sys.modules) - before)}))
"""


def source(name):
    return PACKAGE.joinpath(*name.split(".")).with_suffix(".py")


def modules():
    return {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}


def imports(name):
    """Every module that a module imports, anywhere in it but under TYPE_CHECKING."""
    found = set()
    waiting = [ast.parse(source(name).read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {full for full in inner if is_module(full)} or {node.module}
        waiting.extend(ast.iter_child_nodes(node))
    return found - {"__future__"}


def is_module(full):
    return full.startswith("lambda_app.") and full.removeprefix("lambda_app.") in modules()


def own(name):
    return {full.removeprefix("lambda_app.") for full in imports(name) if full.startswith("lambda_app.")}


def test_every_module_is_drawn_here():
    """A new one gets its arrows, or a door's name."""
    assert set(modules()) == {*ARROWS, *COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_only_opens_its_door(name):
    assert imports(name) == {"sys", COMMANDS[name]}


@pytest.mark.parametrize("name", ARROWS)
def test_a_module_imports_only_what_the_arrows_allow(name):
    assert own(name) <= set(ARROWS[name].split())


@pytest.mark.parametrize("name", ARROWS)
def test_serving_code_imports_the_standard_library_and_nothing_from_training(name):
    others = {full.partition(".")[0] for full in imports(name)} - {"lambda_app"}
    assert others <= sys.stdlib_module_names | {"_sha2"} | AWS_SDK.get(name, set())  # it is there from 3.12 on


@pytest.mark.parametrize("name", AWS_SDK)
def test_the_aws_sdk_is_imported_only_where_it_is_needed(name):
    """Inside a function: nobody else waits half a second for it."""
    top = {ast.unparse(node) for node in ast.parse(source(name).read_text("utf-8")).body if is_import(node)}
    assert not [line for line in top if "boto" in line]


def is_import(node):
    return isinstance(node, ast.Import | ast.ImportFrom)


@pytest.mark.parametrize("name", sorted(name for name in ARROWS if not name.startswith("gateway.")))
def test_aws_keys_stand_in_one_folder_only(name):
    tree = ast.parse(source(name).read_text("utf-8"))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not words & AWS_KEYS


@pytest.mark.parametrize("folder", sorted({path.parent for path in modules().values()}), ids=lambda path: path.name)
def test_a_room_is_no_floor(folder):
    assert len([path for path in folder.glob("*.py") if path.stem != "__init__"]) <= 14


def test_whoever_follows_a_request_reads_little():
    """The files whose code runs when a warm function answers one valid sample."""
    event, passed = golden.event("rest_list"), set()
    for _ in range(2):  # a cold start, and the first of the kind of line that all others are of
        lambda_handler(event, None)
    sys.setprofile(lambda frame, *_: passed.add(Path(frame.f_code.co_filename)))
    try:
        response = lambda_handler(event, None)
    finally:
        sys.setprofile(None)
    lines = [len(path.read_text("utf-8").splitlines()) for path in passed & set(modules().values())]

    assert response == golden.expected("rest_list")
    assert sum(lines) <= 1_400
    assert median(lines) <= 110
    assert len(lines) > 10, "the tracing found next to nothing"


def start(place, name="rest_list"):
    """The handler in a process with neither this project's path nor any third-party package."""
    event = golden.EVENTS / f"{name}.event.json"
    command = [sys.executable, "-I", "-S", "-c", START, str(place), str(event)]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_the_handler_starts_without_third_party_modules_and_without_slow_ones(tmp_path):
    started = start(serving_copy(tmp_path).parent)
    loaded = {module.partition(".")[0] for module in started["modules"]} - {"lambda_app"}

    assert started["response"] == golden.expected("rest_list")
    assert loaded <= sys.stdlib_module_names
    assert not SLOW & (set(started["modules"]) | loaded)
    assert not {
        "lambda_app.documents.openapi",
        "lambda_app.local.local_server",
        "lambda_app.local.local_command",
    } & set(started["modules"])


def test_the_handler_works_from_a_zip_of_the_folder(tmp_path):
    """As `zip -r9DX lambda_package.zip lambda_app` makes it; unpacked, as Lambda does."""
    archive, copy = tmp_path / "lambda_package.zip", serving_copy(tmp_path)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for path in sorted(filter(Path.is_file, copy.rglob("*"))):
            package.write(path, path.relative_to(tmp_path))
    with zipfile.ZipFile(archive) as package:
        package.extractall(tmp_path / "task")

    assert archive.stat().st_size <= 128 * 1024
    assert start(tmp_path / "task")["response"] == golden.expected("rest_list")


def test_a_missing_model_is_no_exception_at_import(tmp_path):
    """The package is there but its model is not: 503, and when to come again."""
    package = tmp_path / "lambda_app"
    for name in ARROWS:
        target = package / source(name).relative_to(PACKAGE)
        target.parent.mkdir(exist_ok=True, parents=True)
        target.write_bytes(source(name).read_bytes())

    response = start(tmp_path)["response"]
    assert (response["statusCode"], response["headers"]["Retry-After"]) == (503, "30")
