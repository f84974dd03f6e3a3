"""Models for tests: the packaged one, and others that differ from it as little as a model can."""

from __future__ import annotations

import hashlib

from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.store import PACKAGED_PATH, read_packaged


def packaged() -> bytes:
    with open(PACKAGED_PATH, "rb") as file:
        return file.read()


def variant(name: str) -> ModelParameters:
    """The packaged model under another name: as valid, and another version."""
    return ModelParameters(**{**read_packaged().parameters.fields(), "name": name})


def address(model: bytes) -> str:
    """Where a model belongs in a bucket."""
    return f"s3://models/prod/{hashlib.sha256(model).hexdigest()}.json"
