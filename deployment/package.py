"""`python -m deployment.package` builds lambda_package.zip: the same bytes from the same sources, anywhere."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "lambda_app"
ARCHIVE = ROOT / "lambda_package.zip"

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment the zip format knows
READABLE_FILE = 0o100644 << 16  # Lambda runs the function as a user who does not own its files
MADE_ON_UNIX = 3


def package(source: Path = SOURCE, archive: Path = ARCHIVE) -> str:
    """Write `source` with its folder's name into a new `archive`; returns the archive's SHA-256 in hexadecimal."""
    archive.unlink(missing_ok=True)
    with zipfile.ZipFile(archive, "w") as package:
        for path in files(source):
            package.writestr(entry(path.relative_to(source.parent)), path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def files(source: Path) -> Iterator[Path]:
    """The files that belong into the package, in an order that does not depend on the file system."""
    for path in sorted(source.rglob("*"), key=Path.as_posix):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            yield path


def entry(name: Path) -> zipfile.ZipInfo:
    """An archive entry that carries nothing of the machine it was made on: neither time nor permissions nor system."""
    info = zipfile.ZipInfo(name.as_posix(), EARLIEST)
    info.create_system = MADE_ON_UNIX
    info.external_attr = READABLE_FILE
    return info


if __name__ == "__main__":
    digest = package()
    print(f"{ARCHIVE.name}: {ARCHIVE.stat().st_size:,} bytes, SHA-256 {digest}")
