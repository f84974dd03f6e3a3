"""What ends a run or a part, as a sentence for a person. No sentence holds a value or a name out of a row.

Step Functions shows a failed step by the name of its error: the classes are what a person reads there first.
"""


class BulkError(Exception):
    """Something is wrong with what is to be scored, or with where it lies; the text says what to do."""


class RunRefused(BulkError):
    """Plan saw that the run can't succeed; nothing was scored."""


class PartFailed(BulkError):
    """One part can't be scored. The others can; starting again scores what is missing."""


class RunFailed(BulkError):
    """Finish counted, and something is missing or too much was rejected."""


class TryAgain(Exception):
    """The storage was busy or broke off: nothing is wrong, and the state machine calls the same step once more."""
