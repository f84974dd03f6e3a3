"""The command that uploads a proved artefact to S3 under its content address, and prints the parameter to deploy.

Words: the content address is `<prefix>/<sha256 of the file's bytes>.json`, so a name can never mean two models.
"""

from __future__ import annotations

import argparse
import base64
import hashlib

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters, finish
from lambda_app.model.predict import load
from lambda_app.model.store import PACKAGED_PATH
from training.commands.parser import DONE, fail, parser
from training.commands.s3_errors import explain
from training.errors import PublishError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

TIMEOUTS: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 20,
    "retries": {"max_attempts": 3, "mode": "standard"},
}

DESCRIPTION = """\
Prove a model's file (digest, format, golden rows) and upload it to S3 as <prefix>/<sha256 of the file>.json, encrypted
and with a checksum that S3 verifies. Nothing is ever overwritten: the same file twice is a success, and said."""

EPILOG = """\
The last line printed is the parameter to deploy, for example:
  sam deploy --parameter-overrides "$(python -m lambda_app.model.publish s3://my-models/prod | tail -1)"

exit status: 0 published or already there, 1 refused or failed (one sentence says why), 2 wrong usage"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Publish as the command line asks; return the exit status that EPILOG explains."""
    made = _parser()
    options = made.parse_args(arguments)
    try:
        bucket, prefix = _split(options.destination)
    except ValueError as error:
        made.error(str(error))
    try:
        uri = publish(options.model, bucket, prefix, options.kms_key)
    except PublishError as error:
        return fail(str(error))
    print(f"ModelUri={uri}")
    return DONE


def publish(path: str, bucket: str, prefix: str, kms_key: str | None = None) -> str:
    """Upload the proved file; return its URI, `s3://bucket/prefix/<sha256>.json`. Raises PublishError."""
    content, digest = _proved(path)
    key = f"{prefix}/{digest}.json" if prefix else f"{digest}.json"
    try:  # here, so that --help and the proof work without it
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise PublishError("boto3 is not installed: pip install -r requirements-training.txt") from error
    try:
        client = boto3.session.Session().client("s3", config=Config(**TIMEOUTS))
        try:
            _put(client, bucket, key, content, kms_key)
            print(f"published {path} ({len(content)} bytes)")
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            _require_identical(client, bucket, key, content)
            print(f"already published: the same {len(content)} bytes are there, nothing was written")
    except (ClientError, BotoCoreError) as error:
        raise PublishError(explain(error, bucket)) from error
    return f"s3://{bucket}/{key}"


def _parser() -> argparse.ArgumentParser:
    made = parser("publish", DESCRIPTION, EPILOG)
    made.add_argument("destination", metavar="s3://BUCKET/PREFIX", help="where to publish (the prefix may be left out)")
    made.add_argument(
        "--model", metavar="PATH", default=PACKAGED_PATH, help="the file to publish (default: the packaged one)"
    )
    made.add_argument("--kms-key", metavar="ARN", help="encrypt with this KMS key (default: as the bucket does)")
    return made


def _split(destination: str) -> tuple[str, str]:
    """Bucket and prefix of an S3 URI, without slashes at the ends. Raises ValueError."""
    scheme, separator, rest = destination.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not separator or not bucket:
        raise ValueError(f"the destination must look like s3://bucket/prefix, not {destination!r}")
    prefix = prefix.strip("/")
    allowed = all(character.isalnum() or character in "-_./=" for character in prefix)
    if not prefix.isascii() or not allowed or "//" in prefix:
        raise ValueError(f"the prefix may hold letters, digits and -_./= only, not {prefix!r}")
    return bucket, prefix


def _proved(path: str) -> tuple[bytes, str]:
    """The file's bytes and their SHA-256 (hex), once the model in them loaded and reproduced its golden rows."""
    try:
        finish(path)
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise PublishError(f"{path}: {error.strerror}") from error
    try:
        load(ModelParameters.from_json(content.decode("ascii")))
    except UnicodeDecodeError as error:
        raise PublishError(f"{path} is refused: it is not ASCII text") from error
    except InvalidModel as error:
        raise PublishError(f"{path} is refused: {error}") from error
    return content, hashlib.sha256(content).hexdigest()


def _put(client: Any, bucket: str, key: str, content: bytes, kms_key: str | None) -> None:
    # Without a key of ours S3 encrypts as the bucket says, AES-256 at the least; asking for AES256 would overrule a bucket's own KMS key.
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
    client.put_object(
        Bucket=bucket,
        Key=key,
        Body=content,
        ContentType="application/json",
        ChecksumAlgorithm="SHA256",
        ChecksumSHA256=base64.b64encode(hashlib.sha256(content).digest()).decode("ascii"),
        IfNoneMatch="*",
        **encryption,
    )


def _require_identical(client: Any, bucket: str, key: str, content: bytes) -> None:
    there = client.get_object(Bucket=bucket, Key=key)["Body"].read(len(content) + 1)
    if there != content:
        raise PublishError(
            f"s3://{bucket}/{key} exists with other content, which its name denies: it was left as it is"
        )
