"""Objects in S3, as far as bulk scoring needs them. What S3 refuses comes back as a sentence for a person."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, BinaryIO

from lambda_app.bulk.errors import BulkError, TryAgain
from lambda_app.bulk.rows.lines import Read

SENTENCES = {
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "the object is gone",
    "PreconditionFailed": "the object was changed after the run was planned; start a new run",
    "InvalidRange": "the object is shorter than it was when the run was planned",
    "AccessDenied": "no permission; the stack's role may use its two prefixes only, in this account's buckets or "
    "InputBucketOwner's, and the key of an encrypted bucket must be the stack's KmsKeyArn",
    "PermanentRedirect": "the bucket is in another region",
    "AuthorizationHeaderMalformed": "the bucket is in another region",
    "InvalidObjectState": "the object is archived; restore it first",
}
BUSY = {
    "SlowDown", "503", "500", "InternalError", "ServiceUnavailable", "RequestTimeout", "RequestTimeTooSkewed", "Throttling",
}  # fmt: skip
READERS = 16  # small reads at once


class Objects:
    """One account's bucket. Raises BulkError with what is wrong, or TryAgain where S3 was busy or the connection broke."""

    def __init__(self, client: Any, bucket: str, owner: str) -> None:
        self.bucket = bucket
        self._client = client
        # S3 refuses another account's bucket of this name.
        self._place = {"Bucket": bucket, "ExpectedBucketOwner": owner}

    def require_region(self) -> None:
        """Raises BulkError for a bucket in another region. Needs no permission: S3 says where it is even in a refusal."""
        from botocore.exceptions import ClientError

        try:
            response = self._client.head_bucket(**self._place)
        except ClientError as error:
            response = error.response
        here = self._client.meta.region_name
        region = response["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", here)
        if region != here:
            raise BulkError(
                f"s3://{self.bucket}: the bucket is in {region}, the function in {here}; "
                "reading across regions is slow and paid by the byte."
            )

    def listing(self, prefix: str) -> Iterator[dict[str, Any]]:
        """Every object below a prefix, in the order of their keys."""
        pages = iter(self._client.get_paginator("list_objects_v2").paginate(**self._place, Prefix=prefix))
        for page in iter(lambda: _told(self.name(prefix), lambda: next(pages, None)), None):
            yield from page.get("Contents", [])

    def stream(self, key: str, etag: str, start: int, end: int | None) -> AbstractContextManager[Read]:
        """The bytes from `start` up to `end` of an object that must still have this ETag, read as they are asked for."""
        last = "" if end is None else str(end - 1)
        found = self._called("get_object", key, IfMatch=etag, Range=f"bytes={start}-{last}")
        return _Stream(found["Body"], self.name(key))

    def document(self, key: str) -> Any:
        """A JSON object that a step of the run wrote."""
        return json.loads(self._called("get_object", key)["Body"].read())

    def exists(self, key: str) -> bool:
        """Whether there is an object under this key; needs the permission to list."""
        return any(found["Key"] == key for found in self.listing(key))

    def put(self, key: str, body: bytes | BinaryIO) -> None:
        """Writes an object whole or not at all, as S3 does."""
        self._called("put_object", key, Body=body)

    def put_document(self, key: str, document: Any) -> None:
        """Writes a JSON object, the same bytes for the same content."""
        self.put(key, json.dumps(document, sort_keys=True).encode("ascii"))

    def name(self, key: str) -> str:
        """The address, for a person."""
        return f"s3://{self.bucket}/{key}"

    def told(self, key: str, error: BulkError) -> str:
        """What is wrong, beginning with the object's address where it does not already."""
        text = str(error)
        return text if text.startswith("s3://") else f"{self.name(key)}: {text}"

    def _called(self, operation: str, key: str, **more: Any) -> Any:
        return _told(self.name(key), lambda: getattr(self._client, operation)(**self._place, Key=key, **more))


class _Stream:
    """An object's body, closed when it is left: what is not read is not sent."""

    def __init__(self, body: Any, name: str) -> None:
        self._body = body
        self._name = name

    def __enter__(self) -> Read:
        return lambda size: bytes(_told(self._name, lambda: self._body.read(size)))

    def __exit__(self, *error: object) -> None:
        self._body.close()


def _told(name: str, call: Callable[[], Any]) -> Any:
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError

    try:
        return call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in BUSY:
            raise TryAgain(f"{name}: S3 is busy ({code}).") from error
        raise BulkError(f"{name}: {SENTENCES.get(code, f'S3 refuses ({code})')}.") from error
    except (HTTPClientError, IncompleteReadError, OSError) as error:
        raise TryAgain(f"{name}: the connection to S3 broke off.") from error
    except BotoCoreError as error:
        raise BulkError(f"{name}: cannot be reached ({type(error).__name__}).") from error


def client() -> Any:
    """An S3 client with boto3's own retries. Imported here: the command on one machine needs nothing installed."""
    import boto3
    from botocore.config import Config

    return boto3.client("s3", config=Config(retries={"mode": "standard", "total_max_attempts": 5}, read_timeout=30))


def in_threads(work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """`work` of each item, many small reads at once; in their order. Raises what it raises."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(work, items))
