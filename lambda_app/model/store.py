"""Where the model comes from: the file in the package."""

from __future__ import annotations

import os

from lambda_app.model.model_parameters import InvalidModel, ModelParameters
from lambda_app.model.predict import Classifier
from lambda_app.problems import ModelUnavailable

PACKAGED_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "model_parameters.json")
RETRY_SECONDS = 30


class LoadedModel:
    """A proved classifier and where it came from: `packaged`."""

    __slots__ = ("classifier", "source")

    def __init__(self, classifier: Classifier, source: str) -> None:
        self.classifier = classifier
        self.source = source


def read_packaged(path: str = PACKAGED_PATH) -> Classifier:
    """The packaged model, proved. Raises OSError or InvalidModel."""
    with open(path, encoding="ascii", newline="") as file:
        return Classifier(ModelParameters.from_json(file.read()))


class ModelStore:
    """Holds the model; loads it at the first call, and again while there is none."""

    def __init__(self, path: str = PACKAGED_PATH) -> None:
        self._path = path
        self._loaded: LoadedModel | None = None

    def current(self) -> LoadedModel:
        """The model to serve now. Raises ModelUnavailable."""
        if self._loaded is None:
            try:
                self._loaded = LoadedModel(read_packaged(self._path), "packaged")
            except (OSError, UnicodeError, InvalidModel) as error:
                raise ModelUnavailable(RETRY_SECONDS) from error
        return self._loaded
