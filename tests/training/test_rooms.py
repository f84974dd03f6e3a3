"""Which room of the training code may use which: the arrows, innermost first."""

import ast
from pathlib import Path

import pytest

TRAINING = Path(__file__).resolve().parents[2] / "training"
ARROWS = {
    "errors": "",
    "progress": "",
    "files": "errors",
    "data": "errors",
    "recipes": "data errors progress",
    "export": "data errors recipes",
    "evaluation": "data errors export progress recipes",
    "card": "data errors evaluation files recipes",
    "commands": "card data errors evaluation export files progress recipes",
}
# A deployment's job compares and publishes with nothing installed: these need the standard library only.
BARE = ["commands/parser", "commands/compare", "commands/publish", "data/samples", "data/table", "data/cells"]
BARE += ["data/columns", "data/cures", "data/encoding"]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted(TRAINING.rglob("*.py")), ids=lambda path: str(path.relative_to(TRAINING)))
def test_a_room_uses_only_rooms_further_in(path):
    own = path.relative_to(TRAINING).with_suffix("").parts[0]
    if own == "__init__":
        return
    used = {name.split(".")[1] for name in imported(path) if name.startswith("training.")}
    assert used <= {own, *ARROWS[own].split()}
    assert len(path.read_text("utf-8").splitlines()) <= 250


@pytest.mark.parametrize("name", BARE)
def test_comparing_and_publishing_need_nothing_installed(name):
    tree = ast.parse((TRAINING / f"{name}.py").read_text("utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {getattr(node, "module", None) or node.names[0].name for node in top}
    assert not {module.partition(".")[0] for module in modules} & {"numpy", "pandas", "sklearn", "scipy", "boto3"}
    local = {module.removeprefix("training.").replace(".", "/") for module in modules if module.startswith("training.")}
    assert local <= {*BARE, "errors", "commands/compare_changes", "commands/compare_metrics", "commands/s3_errors"}
