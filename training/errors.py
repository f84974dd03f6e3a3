"""What stops a training run, as one sentence its user can act on."""


class TrainingError(Exception):
    """The run must end without touching a file. The message names what is wrong and what would work."""
