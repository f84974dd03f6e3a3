"""The golden pairs in deployment/events/: what they are, and how their responses are written anew.

NAME.event.json is what Lambda hands to the function, NAME.response.json what the function returns; `sam local invoke
-e` takes the same events. On top are four to try first; the rest is in folders: by the source that sends the event, and
what is refused, nasty or no event of this API at all, each by itself. A pair's name has its folder: `rest/batch`. An
event that only its size makes interesting is made here, in MADE; its response is committed like the others. In a
response the body is kept as a document, readable, where it is one: the handler writes JSON exactly as `json.dumps` does,
so nothing is lost. The model is the tests' own.

Pairs of other kinds of model stand beside those models, in tests/models/; `kinds/categories/unseen` is of
tests/models/categories.json, its event tests/models/categories/unseen.event.json. After a change that is meant, run

    python -m tests.tools.golden --update

and read the difference before it is committed.
"""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path

from tests.tools import own_model

EVENTS = Path(__file__).resolve().parents[2] / "deployment" / "events"
MODELS, KINDS = own_model.OWN.parent, "kinds/"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"
WIDTH = 110

# A short list, and white space up to just over the 5 MiB that a body may have.
TOO_LARGE = '{"features": [13.54]}' + " " * (5 * 1024 * 1024)
MADE = {"refused/body_too_large": {"body": TOO_LARGE}}


class Context:
    """Of Lambda's context, what the handler reads; the same request id every time."""

    aws_request_id = REQUEST_ID


def names() -> list[str]:
    """The pairs' names, sorted."""
    return sorted([*_names(".event.json"), *MADE])


def names_of_kinds() -> list[str]:
    """The names of the pairs of other kinds of model, sorted."""
    return [f"{KINDS}{name}" for name in _names(".event.json", MODELS)]


def model_path(name: str) -> str:
    """The model that a pair is of."""
    return str(MODELS / f"{name.split('/')[1]}.json" if name.startswith(KINDS) else own_model.OWN)


def event_text(name: str) -> str:
    """The event's JSON text, as Lambda's runtime gets it."""
    if name in MADE:
        return json.dumps({**event("rest_list"), **MADE[name]})
    return _file(name, ".event.json").read_text("ascii")


def event(name: str):
    """The event, as Lambda's runtime would parse it."""
    return json.loads(event_text(name))


def expected(name: str) -> dict:
    """The whole response that the function must give, the body as text again."""
    return from_readable(json.loads(response_text(name)))


def response_text(name: str) -> str:
    """The committed response as it stands in its file."""
    return _file(name, ".response.json").read_text("ascii")


def names_of_responses() -> list[str]:
    """The names of all committed responses, sorted; the same ones, unless a file was forgotten."""
    return _names(".response.json")


def names_of_responses_of_kinds() -> list[str]:
    """Those of other kinds of model."""
    return [f"{KINDS}{name}" for name in _names(".response.json", MODELS)]


def _names(suffix: str, folder: Path | None = None) -> list[str]:
    folder = folder or EVENTS
    return sorted(path.relative_to(folder).as_posix().removesuffix(suffix) for path in folder.rglob(f"*{suffix}"))


def _file(name: str, suffix: str) -> Path:
    folder = MODELS if name.startswith(KINDS) else EVENTS
    return folder / f"{name.removeprefix(KINDS)}{suffix}"


def from_readable(response: dict) -> dict:
    """A committed response as the function returns it."""
    body = response["body"]
    return {**response, "body": body if isinstance(body, str) else json.dumps(body)}


def to_readable(response: dict) -> dict:
    """A response as it is committed: the body a document, if there is one."""
    return {**response, "body": json.loads(response["body"])} if response["body"] else response


def difference(name: str, response: dict) -> str:
    """What the function returned, against what is committed: a readable diff, and the command that renews."""
    committed, returned = (
        pretty(to_readable(document)).splitlines(keepends=True) for document in (expected(name), response)
    )
    lines = difflib.unified_diff(committed, returned, f"{name}.response.json", "returned", n=2)
    shown = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    return f"\n{shown}If that is meant: python -m tests.tools.golden --update"


def pretty(value, indent: int = 0) -> str:
    """JSON text that keeps on one line what fits there."""
    line = json.dumps(value)
    if len(line) + indent <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    space = " " * (indent + 2)
    if isinstance(value, dict):
        members = [f"{json.dumps(key)}: {pretty(member, indent + 2)}" for key, member in value.items()]
        opening, closing = "{}"
    else:
        members = [pretty(member, indent + 2) for member in value]
        opening, closing = "[]"
    return f"{opening}\n{space}" + f",\n{space}".join(members) + f"\n{' ' * indent}{closing}"


def main(arguments: list[str]) -> int:
    """Write every response anew; returns the exit code."""
    if arguments != ["--update"]:
        print(__doc__, file=sys.stderr)
        return 2
    from lambda_app.lambda_function import Application  # noqa: PLC0415 – the tests choose their own handler

    applications = {path: Application(path) for path in {*map(model_path, [*names(), *names_of_kinds()])}}
    for name in [*names(), *names_of_kinds()]:
        answer = applications[model_path(name)].handle(event(name), Context())
        text = pretty(to_readable(answer)) + "\n"
        response = _file(name, ".response.json")
        response.parent.mkdir(exist_ok=True)  # a folder may hold nothing but responses to events that are made
        response.write_text(text, "ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
