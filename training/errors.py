"""What stops a command: each error's message is one sentence that its user can act on. Nothing is written half."""


class TrainingError(Exception):
    """The parent of all: the run must end without touching a file."""


class DataError(TrainingError):
    """The data will not do. The message names the lines and columns."""


class UnsupportedModel(TrainingError):
    """A fitted model that the artefact can't express. The message names the part and says what would work."""


class CardError(TrainingError):
    """The model was written and its card was not."""


class PublishError(TrainingError):
    """Nothing was published."""
