"""How every command of this project is spoken to: one style of help, one of errors, one of exit statuses."""

from __future__ import annotations

import argparse
import sys

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def parser(command: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """A parser that keeps the line breaks of its texts and takes no abbreviations, which would break with new options."""
    return argparse.ArgumentParser(
        prog=f"python -m lambda_app.model.{command}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def fail(sentence: str, status: int = FAILED) -> int:
    """Say on standard error why nothing was done; return the exit status."""
    print(f"error: {sentence}", file=sys.stderr)
    return status
