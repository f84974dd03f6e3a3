"""Where the model comes from: the file in the package, or an object in S3 under its SHA-256.

Whatever S3 does, requests are answered: the read has a deadline, every byte is verified before it is parsed, and until
it succeeds the packaged model serves, marked PACKAGED_FALLBACK.
"""

from __future__ import annotations

import os
from threading import Thread
from time import monotonic

from lambda_app.model.digest import sha256
from lambda_app.model.model_parameters import InvalidModel, ModelParameters
from lambda_app.model.predict import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_app.model.predict import Classifier, Regressor

PACKAGED_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "model_parameters.json")
# Where a served model may come from.
PACKAGED, S3, PACKAGED_FALLBACK = "packaged", "s3", "packaged-fallback"
RETRY_SECONDS = 30
DEADLINE_SECONDS = 2.0  # for a whole read; boto3's own defaults wait 180 s for a silent server
FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 5.0, 300.0
MAXIMUM_BYTES = 4 * 1024 * 1024  # twice what export allows a model of trees


class NoModel(Exception):
    """There is no model to serve now; it is worth asking again after `retry_seconds`."""

    retry_seconds = RETRY_SECONDS


class UnreadableModel(Exception):
    """The model in S3 cannot be had now; the text says why and is safe to log."""


class LoadedModel:
    """A proved model and where it came from: PACKAGED, S3 or PACKAGED_FALLBACK."""

    __slots__ = ("model", "source")

    def __init__(self, model: Classifier | Regressor, source: str) -> None:
        self.model = model
        self.source = source


def read_packaged(path: str | None = None) -> Classifier | Regressor:
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
        self._bucket = Bucket(uri) if uri else None
        self._settled: Any = None  # made of the model that was asked for: nothing more to do
        self._fallback: Any = None
        self._retry_at = 0.0
        self._back_off = FIRST_BACK_OFF_SECONDS

    def current(self) -> Any:
        """What was made of the model to serve now; of the same model, the same. Raises NoModel."""
        if self._settled is not None:
            return self._settled
        if self._bucket is None:
            self._settled = self._packaged(PACKAGED)
            return self._settled
        if monotonic() >= self._retry_at:
            try:
                self._settled = self._made(self._bucket.read(), S3)
                return self._settled
            except (UnreadableModel, InvalidModel) as error:
                self._postpone(str(error))
        if self._fallback is None:
            self._fallback = self._packaged(PACKAGED_FALLBACK)
        return self._fallback

    def _made(self, model: Classifier | Regressor, source: str) -> Any:
        """Raises InvalidModel for whatever goes wrong with a model's own words and numbers."""
        try:
            return self._make(LoadedModel(model, source))
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
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


class Bucket:
    """One object in S3, and the client that reads it."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        # Where it is known whose the bucket must be, S3 refuses another one of its name.
        self._owner = os.environ.get("MODEL_BUCKET_OWNER", "")
        self._client: Any = None
        self._download: Download | None = None

    def read(self) -> Classifier | Regressor:
        """The model under its own SHA-256, proved. Raises UnreadableModel, at the latest after the deadline."""
        if self._download is not None and self._download.is_alive():
            raise UnreadableModel("the read before this one still hangs")
        try:
            scheme, nothing, bucket, key = self._uri.split("/", 3)
            if (scheme, nothing) != ("s3:", ""):
                raise ValueError("not an s3:// address")
            self._client = self._client or _client()
        except Exception as error:  # boto3 raises what it likes, and none of it may stop a request from being answered
            raise UnreadableModel(_reason(error)) from error
        place = {"Bucket": bucket, "Key": key, **({"ExpectedBucketOwner": self._owner} if self._owner else {})}
        self._download = Download(self._client, place)
        body = self._download.result(DEADLINE_SECONDS)
        if sha256(body).hexdigest() + ".json" != key.rpartition("/")[2]:
            raise UnreadableModel("the object's bytes do not have the SHA-256 that is its name")
        try:
            return load(ModelParameters.from_json(body.decode("ascii")))
        except (UnicodeError, InvalidModel) as error:
            raise UnreadableModel("the object is no model that this version can read") from error


class Download(Thread):
    """A read on a thread of its own: the only clock that a server sending a byte now and then cannot stop."""

    def __init__(self, client: Any, place: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self._client = client
        self._place = place
        self._body = b""
        self._failure = ""  # in words: the error itself would hold its frame, which holds this thread
        self.start()

    def run(self) -> None:
        try:
            self._body = self._client.get_object(**self._place)["Body"].read(MAXIMUM_BYTES + 1)
        except Exception as error:  # noqa: BLE001 – told to the thread that waits; boto3 raises what it likes
            self._failure = _reason(error)

    def result(self, seconds: float) -> bytes:
        """The object's bytes. Raises UnreadableModel on any error, or when the seconds are over."""
        self.join(seconds)
        if self.is_alive():
            raise UnreadableModel(f"no complete answer within {seconds:g} s")
        if self._failure:
            raise UnreadableModel(self._failure)
        if len(self._body) > MAXIMUM_BYTES:
            raise UnreadableModel(f"the object is larger than {MAXIMUM_BYTES} bytes")
        return self._body


def _client() -> Any:
    """An S3 client that gives up early. boto3 is imported here, by those who asked for S3, and by nobody else."""
    import boto3
    from botocore.config import Config

    # No retries of its own: the store comes back in a later request, so no caller waits longer than the deadline.
    patience = DEADLINE_SECONDS
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=patience, read_timeout=patience)
    return boto3.client("s3", config=config)


def _reason(error: Exception) -> str:
    """S3's error code where there is one, else the kind of error: its text may hold anything a server sent."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return code if code.isascii() and code.isalnum() and len(code) < 64 else type(error).__name__
