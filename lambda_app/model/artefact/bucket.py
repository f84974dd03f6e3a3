"""One artefact in S3, under the SHA-256 of its bytes: the read has a deadline, every byte is verified before it is parsed."""

import os
from threading import Thread
from typing import Any

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters, sha256

DEADLINE_SECONDS = 2.0  # for a whole read; boto3's own defaults wait 180 s for a silent server
MAXIMUM_BYTES = 4 * 1024 * 1024  # twice what export allows a model of trees


class Bucket:
    """One object in S3, and the client that reads it."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        # Where it is known whose the bucket must be, S3 refuses another one of its name.
        self._owner = os.environ.get("MODEL_BUCKET_OWNER", "")
        self._client: Any = None
        self._download: Download | None = None

    def read(self) -> ModelParameters:
        """The artefact under its own SHA-256. Raises InvalidModel, its text safe to log, at the latest after the deadline."""
        if self._download is not None and self._download.is_alive():
            raise InvalidModel("the read before this one still hangs")
        try:
            scheme, nothing, bucket, key = self._uri.split("/", 3)
            if (scheme, nothing) != ("s3:", ""):
                raise ValueError("not an s3:// address")
            self._client = self._client or _client()
        except Exception as error:  # boto3 raises what it likes, and none of it may stop a request from being answered
            raise InvalidModel(_reason(error)) from error
        place = {"Bucket": bucket, "Key": key, **({"ExpectedBucketOwner": self._owner} if self._owner else {})}
        self._download = Download(self._client, place)
        body = self._download.result(DEADLINE_SECONDS)
        if sha256(body).hexdigest() + ".json" != key.rpartition("/")[2]:
            raise InvalidModel("the object's bytes do not have the SHA-256 that is its name")
        try:
            return ModelParameters.from_json(body.decode("ascii"))
        except ValueError as error:  # no ASCII, or no model
            raise InvalidModel("the object is no model that this version can read") from error


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
        """The object's bytes. Raises InvalidModel on any error, or when the seconds are over."""
        self.join(seconds)
        if self.is_alive():
            raise InvalidModel(f"no complete answer within {seconds:g} s")
        if self._failure:
            raise InvalidModel(self._failure)
        if len(self._body) > MAXIMUM_BYTES:
            raise InvalidModel(f"the object is larger than {MAXIMUM_BYTES} bytes")
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
