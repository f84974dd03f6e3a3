"""What the steps of a run tell each other, and where they put things. Never a row: that stays in S3."""

from typing import Any, Self

from lambda_app.body.hints import ClosestName
from lambda_app.bulk.errors import RunRefused
from lambda_app.bulk.machine.objects import Objects
from lambda_app.bulk.output import FORMATS

MEBIBYTE = 1024 * 1024
PLAN, PARTS, SUMMARY = "_plan.json", "_parts.json", "summary.json"
DONE, FAILED, PREDICTIONS, REJECTS = "_done", "_failed", "predictions", "rejects"
# The settings a run may be started with: default, and for numbers the least and the most.
SETTINGS: dict[str, tuple[Any, int, int]] = {
    "prefix": ("", 0, 0),
    "keep": ([], 0, 0),
    "format": (None, 0, 0),
    "range_mebibytes": (32, 1, 64),
    "max_concurrency": (10, 1, 1_000),
    "maximum_rejected_percent": (100, 0, 100),
}


class Run:
    """One run: what was asked for, and, once it is planned, its id and the number of its parts."""

    prefix: str  # below the stack's input prefix
    keep: list[str]
    format: str | None  # of the output; None until the input is known
    range_mebibytes: int
    max_concurrency: int
    maximum_rejected_percent: float
    model_version: str
    id: str
    parts: int

    def __init__(self, **fields: Any) -> None:
        self.id, self.parts = "", 0
        self.__dict__.update(fields)

    @classmethod
    def asked(cls, settings: Any, model_version: str) -> Self:
        """The run that a person's input asks for. Raises RunRefused with the setting that is wrong."""
        if not isinstance(settings, dict):
            raise RunRefused(f"The input must be an object with any of {', '.join(SETTINGS)}.")
        for name in settings:
            if name not in SETTINGS:
                hint = ClosestName(SETTINGS).hint(name)
                raise RunRefused(f"A setting is not known.{hint} There are: {', '.join(SETTINGS)}.")
        run = cls(**{name: settings.get(name, default) for name, (default, _, _) in SETTINGS.items()})
        run.model_version = model_version
        for name, (_, least, most) in SETTINGS.items():
            value = getattr(run, name)
            whole = name != "maximum_rejected_percent"
            if most and (type(value) not in ((int,) if whole else (int, float)) or not least <= value <= most):
                raise RunRefused(f"{name} must be a {'whole ' if whole else ''}number from {least} to {most:,}.")
        if not isinstance(run.prefix, str):
            raise RunRefused("prefix must be text: what the keys begin with, below the stack's InputPrefix.")
        if not isinstance(run.keep, list) or not all(isinstance(name, str) for name in run.keep):
            raise RunRefused("keep must be a list of column names.")
        if run.format not in (None, *FORMATS):
            raise RunRefused(f"format must be one of {', '.join(FORMATS)}.")
        return run

    def as_dict(self) -> dict[str, Any]:
        """For the state machine and `_plan.json`."""
        return dict(self.__dict__)


class Stores:
    """The stack's two places."""

    def __init__(self, client: Any, environment: Any) -> None:
        self.input = Objects(client, environment["INPUT_BUCKET"], environment["INPUT_BUCKET_OWNER"])
        self.input_prefix: str = environment["INPUT_PREFIX"]
        self.output = Objects(client, environment["OUTPUT_BUCKET"], environment["OUTPUT_BUCKET_OWNER"])
        self.output_prefix: str = environment["OUTPUT_PREFIX"]
        self.same_bucket = self.input.bucket == self.output.bucket

    def key(self, run: Run, *names: str) -> str:
        """Where a run puts something."""
        return f"{self.output_prefix}{run.id}/{'/'.join(names)}"


def part_name(number: int) -> str:
    """A part's name; sorted by name, parts are in the input's order."""
    return f"part-{number:05}"
