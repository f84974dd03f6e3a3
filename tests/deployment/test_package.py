"""deployment.package: what is in the package, and that it is reproducible."""

import os
import shutil
import stat
import subprocess
import sys
import zipfile

import pytest

from deployment.package import ARCHIVE, ROOT, SOURCE, package


@pytest.fixture
def checkout(tmp_path):
    """A copy of the sources in another folder, written later and under a strict umask."""
    copy = tmp_path / "elsewhere" / "lambda_app"
    shutil.copytree(SOURCE, copy, copy_function=shutil.copyfile)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (2_000_000_000, 2_000_000_000))
    return copy


def names(archive):
    with zipfile.ZipFile(archive) as package:
        return package.namelist()


def test_two_builds_have_the_same_bytes(tmp_path, checkout):
    """Neither the time nor the folder, the umask or the cached bytecode of a build shows in its package."""
    cache = checkout / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "predict.cpython-313.pyc").write_bytes(b"bytecode")

    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    digests = package(SOURCE, first), package(checkout, second)

    assert first.read_bytes() == second.read_bytes()
    assert digests[0] == digests[1]


def test_another_source_has_another_digest(tmp_path, checkout):
    """The digest is that of the sources, not a constant."""
    before = package(checkout, tmp_path / "before.zip")
    (checkout / "__init__.py").write_text("# changed")

    assert package(checkout, tmp_path / "after.zip") != before


def test_the_package_holds_the_sources_and_nothing_else(tmp_path):
    """Every module and the model, under lambda_app/ as the handler's name expects; no bytecode, no third-party file."""
    package(SOURCE, tmp_path / "package.zip")

    sources = [path for path in SOURCE.rglob("*") if path.suffix in {".py", ".json", ".html"}]
    assert names(tmp_path / "package.zip") == sorted(path.relative_to(ROOT).as_posix() for path in sources)


def test_a_deleted_file_does_not_survive_in_an_old_archive(tmp_path, checkout):
    """The archive is written anew, not updated as `zip -r` would."""
    archive = tmp_path / "package.zip"
    (checkout / "old.py").touch()
    package(checkout, archive)
    (checkout / "old.py").unlink()
    package(checkout, archive)

    assert "lambda_app/old.py" not in names(archive)


def test_lambda_may_read_every_file(tmp_path, checkout):
    """Files that were private on the building machine are readable for the function's user."""
    package(checkout, tmp_path / "package.zip")

    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        assert {stat.filemode(info.external_attr >> 16) for info in archive.infolist()} == {"-rw-r--r--"}


def test_the_command_says_what_it_built():
    """`make package` leaves lambda_package.zip at the root and prints its size and digest."""
    command = [sys.executable, "-m", "deployment.package"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert f"{ARCHIVE.stat().st_size:,} bytes" in printed
    assert package() in printed
