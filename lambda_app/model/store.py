"""Where the model comes from: the file in the package, or an object in S3 under its SHA-256 (artefact/bucket.py).

Whatever S3 does, requests are answered: until a read succeeds the packaged model serves, marked PACKAGED_FALLBACK.
"""

from __future__ import annotations

import os
from time import monotonic

from lambda_app.model.artefact.format_checks import MISFITS, InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.predict import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_app.model.artefact.bucket import Bucket
    from lambda_app.model.predict import Model

PACKAGED_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "model_parameters.json")
# Where a served model may come from.
PACKAGED, S3, PACKAGED_FALLBACK = "packaged", "s3", "packaged-fallback"
RETRY_SECONDS = 30
FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 5.0, 300.0


class NoModel(Exception):
    """There is no model to serve now; it is worth asking again after `retry_seconds`."""

    retry_seconds = RETRY_SECONDS


class LoadedModel:
    """A proved model and where it came from: PACKAGED, S3 or PACKAGED_FALLBACK."""

    __slots__ = ("model", "source")

    def __init__(self, model: Model, source: str) -> None:
        self.model = model
        self.source = source


def read_packaged(path: str | None = None) -> Model:
    """The packaged model, or the one at `path`, proved. Raises OSError, UnicodeError or InvalidModel."""
    # by the loader of this very module, so that the package works from a zip that nobody extracted
    loader: Any = __spec__.loader
    return load(ModelParameters.from_json(loader.get_data(path or PACKAGED_PATH).decode("ascii")))


class ModelStore:
    """Holds the model; loads it at the first call, and again while it is not the one that was asked for."""

    def __init__(
        self,
        uri: str = "",
        path: str | None = None,
        report: Callable[[dict[str, Any]], None] = lambda line: None,
        make: Callable[[LoadedModel], Any] = lambda loaded: loaded,
    ) -> None:
        """`uri`: s3://bucket/prefix/<sha256>.json, or empty for the packaged model. Reads nothing yet.

        `report` is told when the model in S3 cannot be had. `make` builds what serves a model: it is a part of the
        proof, because a model that cannot be served is as bad as none.
        """
        self._report = report
        self._make = make
        self._path = path
        self._bucket = _bucket(uri) if uri else None
        # What was made of the model that was asked for; once it is there, nobody need ask `current` again.
        self.settled: Any = None
        self._fallback: Any = None
        self._retry_at = 0.0
        self._back_off = FIRST_BACK_OFF_SECONDS

    def current(self) -> Any:
        """What was made of the model to serve now; of the same model, the same. Raises NoModel."""
        if self.settled is not None:
            return self.settled
        if self._bucket is None:
            self.settled = self._packaged(PACKAGED)
            return self.settled
        if monotonic() >= self._retry_at:
            try:
                self.settled = self._made(load(self._bucket.read()), S3)
                return self.settled
            except InvalidModel as error:
                self._postpone(str(error))
        if self._fallback is None:
            self._fallback = self._packaged(PACKAGED_FALLBACK)
        return self._fallback

    def _made(self, model: Model, source: str) -> Any:
        """Raises InvalidModel for whatever goes wrong with a model's own words and numbers."""
        try:
            return self._make(LoadedModel(model, source))
        except MISFITS as error:
            raise InvalidModel(f"the model cannot be served: {type(error).__name__}") from error

    def _packaged(self, source: str) -> Any:
        try:
            return self._made(read_packaged(self._path), source)
        except (OSError, UnicodeError, InvalidModel):
            raise NoModel from None

    def _postpone(self, reason: str) -> None:
        """Leave S3 alone for a while, for longer each time: a caller waits for every try."""
        self._retry_at = monotonic() + self._back_off
        self._report(
            {
                "level": "ERROR",
                "model_source": PACKAGED_FALLBACK,
                "reason": reason,
                "retry_seconds": self._back_off,
            }
        )
        self._back_off = min(2 * self._back_off, LONGEST_BACK_OFF_SECONDS)


def _bucket(uri: str) -> Bucket:
    from lambda_app.model.artefact.bucket import Bucket  # only those who ask for S3 pay for it

    return Bucket(uri)
