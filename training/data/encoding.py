"""From a file's bytes to its text, whatever program wrote them; what is no text is named for what it is."""

from __future__ import annotations

import gzip
import zlib

from training.errors import DataError

# What people hand over instead of a CSV: its first bytes, what it is, and the way from there.
PANDAS = 'python -c "import pandas; pandas.{reader}({path!r}).to_csv({csv!r}, index=False)"'
OTHERS = (
    (b"PK\x03\x04", "an Excel workbook (.xlsx) or another zip archive", "read_excel"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "read_excel"),
    (b"PAR1", "a Parquet file", "read_parquet"),
    (b"ARROW1", "a Feather file", "read_feather"),
    (b"\x89HDF", "an HDF5 file", "read_hdf"),
    (b"SQLite format 3", "a SQLite database", None),
    (b"\x93NUMPY", "a NumPy array", None),
    (b"\x80\x04", "a pickle", "read_pickle"),
    (b"\x80\x05", "a pickle", "read_pickle"),
    (b"%PDF", "a PDF document", None),
    (b"BZh", "compressed with bzip2: unpack it first", None),
    (b"\xfd7zXZ", "compressed with xz: unpack it first", None),
)
MARKS = (  # the longest first: UTF-32's begins with UTF-16's
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
SAMPLE = 4096


def text_of(content: bytes, path: str) -> tuple[str, list[str]]:
    """The text, and what is worth saying about how it was read. Raises DataError for what is no text."""
    said = []
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"--data {path}: the compressed file is damaged") from error
        said.append("gzip")
    _refuse_others(content, path)
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise DataError(f"--data {path}: not {encoding.upper()} text, though it begins as such") from error
        encoding = "windows-1252"  # what Excel writes on Windows; its printable letters are those of Latin-1
        text = content.decode("cp1252", errors="replace").replace("\ufffd", " ")
    if "\x00" in text:
        raise DataError(f"--data {path}: not text; a CSV file is needed")
    if encoding not in ("utf-8", "utf-8-sig"):
        said.append(encoding.upper() if encoding.startswith("utf") else "Windows-1252 (Latin-1) letters")
    return text, said


def _encoding(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding
    sample = content[:SAMPLE]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):  # without a mark: every other byte is zero
        if len(sample) > 3 and sample[start::2].count(0) > 0.4 * len(sample):
            return encoding
    return "utf-8"


def _refuse_others(content: bytes, path: str) -> None:
    for first, name, reader in OTHERS:
        if content.startswith(first):
            cure = "a CSV file is needed"
            if reader:
                command = PANDAS.format(reader=reader, path=path, csv=f"{path.rpartition('.')[0] or path}.csv")
                cure = f"save it as CSV, or: {command}"
            raise DataError(f"--data {path}: this is {name}; {cure}")
    start = content[:SAMPLE].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise DataError(f"--data {path}: this is a web page or XML, perhaps a sign-in page; a CSV file is needed")
    if start.startswith((b"{", b"[{")):
        raise DataError(f"--data {path}: this is JSON; a CSV file is needed")
