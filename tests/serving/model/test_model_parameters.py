"""lambda_app.model.artefact.model_parameters: what the artefact's file may be, and how it is written."""

import json
import os
from pathlib import Path

import pytest

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.store import PACKAGED_PATH, read_packaged
from tests.every_kind import KINDS
from tests.small_models import fields, linear, model, number

COMMITTED = Path(PACKAGED_PATH).read_bytes()

GOLDEN = fields()["golden_rows"]
REFUSALS = [
    ({"columns": []}, "at least one column"),
    ({"columns": [number("width"), number("width")]}, "one column only"),
    ({"columns": [number("width", spellings=["length"]), number("length")]}, "one column only"),
    ({"columns": [number("width", spellings=["w"]), number("length", spellings=["w"])]}, "one column only"),
    ({"columns": [{**number("width"), "more": 1}, number("length")]}, "number column must have the fields"),
    ({"columns": [number("width", minimum=6.0), number("length")]}, "minimum must not exceed"),
    ({"columns": [number("width", maximum=float("inf")), number("length")]}, "finite numbers"),
    ({"columns": [number("width", missing=[1.0, 2.0, 3.0]), number("length")]}, "missing must be"),
    ({"target_names": ["malignant"]}, "target_names"),
    ({"target_names": ["malignant", "malignant"]}, "target_names"),
    ({"conformal_thresholds": {"0.99": [0.1]}}, "conformal_thresholds must hold 2"),
    ({"golden_rows": GOLDEN[:4]}, "at least 5 golden_rows"),
    ({"golden_rows": [{**GOLDEN[0], "features": [1.0]}, *GOLDEN[1:]]}, "features must hold 2"),
    ({"golden_rows": [{**GOLDEN[0], "probabilities": [1.0]}, *GOLDEN[1:]]}, "probabilities must hold 2"),
]


def read(damaged):
    """As the store reads a file."""
    return ModelParameters.from_json(damaged.decode("ascii"))


@pytest.mark.parametrize(("changes", "sentence"), REFUSALS)
def test_fields_that_do_not_fit_together_are_refused(changes, sentence):
    with pytest.raises(InvalidModel, match=sentence):
        ModelParameters(**{**fields(), **changes})


def test_a_missing_or_unknown_field_is_refused_by_name():
    incomplete = {name: value for name, value in fields().items() if name != "columns"}

    with pytest.raises(InvalidModel, match="columns, extra"):
        ModelParameters(**incomplete, extra=1)


def test_what_was_written_is_read_back():
    parameters = model(conformal_thresholds={"0.99": [0.1, 0.2]})
    again = ModelParameters.from_json(parameters.to_json())

    assert again.fields() == parameters.fields()
    assert (again.digest, again.to_json()) == (parameters.digest, parameters.to_json())


def test_the_columns_tell_names_and_spellings():
    parameters = model(columns=[number("width", spellings=["w"]), number("length")])
    assert parameters.feature_names == ["width", "length"]
    assert parameters.feature_spellings == {"width": ["w"]}


def test_the_committed_file_is_canonical():
    assert read(COMMITTED).to_json().encode("ascii") == COMMITTED


def test_the_digest_depends_on_every_field():
    """Two models that differ anywhere have different versions."""
    digests = {
        model().digest,
        model(name="other").digest,
        model(model=linear(intercepts=[0.5])).digest,
        model(git_commit="a1").digest,
    }
    assert len(digests) == 4


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", "42", "[" * 100_000, '{"a": NaN}', '{"format_version": 2, "feature_names": 5}'],
    ids=lambda text: text[:30],
)
def test_text_that_is_no_artefact_is_refused(text):
    with pytest.raises(InvalidModel):
        ModelParameters.from_json(text)


@pytest.mark.parametrize("version", [0, 1, 3, 2.0, "2", None])
def test_another_format_is_refused(version):
    text = model().to_json().replace('"format_version": 2', f'"format_version": {json.dumps(version)}')
    with pytest.raises(InvalidModel, match="format_version 2 and no other: train or export anew"):
        ModelParameters.from_json(text)


@pytest.mark.parametrize("rows", [[{}] * 5, [1] * 5, 7, None])
def test_golden_rows_of_another_shape_are_refused(rows):
    with pytest.raises(InvalidModel):
        ModelParameters.from_json(json.dumps({**fields(), "format_version": 2, "golden_rows": rows}))


def test_a_changed_value_does_not_match_the_digest():
    text = model().to_json().replace('"intercepts": [0.0]', '"intercepts": [0.5]')
    with pytest.raises(InvalidModel, match="digest"):
        ModelParameters.from_json(text)


def test_a_reformatted_file_is_refused():
    """The values are right, but nobody can tell why the bytes changed."""
    with pytest.raises(InvalidModel, match="digest"):
        ModelParameters.from_json(json.dumps(json.loads(model().to_json())))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_json_number_has_no_place_in_any_field(value):
    """Other readers than Python's would stumble over it."""
    with pytest.raises(InvalidModel, match="finite"):
        model(metrics={"accuracy": {"value": value}})
    with pytest.raises(ValueError, match="not JSON compliant"):
        model(metrics={"accuracy": {"value": 0.5, "interval": [0.1, value]}}).to_json()


@pytest.mark.slow
def test_every_truncation_of_the_committed_file_is_refused():
    """A download or a copy that stopped early, wherever it stopped."""
    for length in range(len(COMMITTED)):
        with pytest.raises(InvalidModel):
            read(COMMITTED[:length])


@pytest.mark.slow
def test_a_flipped_bit_in_any_byte_of_the_committed_file_is_refused():
    """One bit of each byte, each bit in turn; tests/training/export/test_bit_flips.py flips them all."""
    for position in range(len(COMMITTED)):
        damaged = bytearray(COMMITTED)
        damaged[position] ^= 1 << position % 8
        with pytest.raises((InvalidModel, UnicodeDecodeError)):
            read(bytes(damaged))


@pytest.mark.parametrize("kind", KINDS)
def test_every_truncation_of_any_kind_is_refused(kind):
    text = KINDS[kind].to_json()
    for length in range(len(text)):
        with pytest.raises(InvalidModel):
            ModelParameters.from_json(text[:length])


@pytest.mark.parametrize("kind", KINDS)
def test_any_flipped_bit_of_any_kind_is_refused(kind):
    content = KINDS[kind].to_json().encode("ascii")
    for position in range(len(content)):
        for bit in range(7):  # the eighth makes it no ASCII, which the reader of the file refuses
            damaged = bytearray(content)
            damaged[position] ^= 1 << bit
            with pytest.raises(InvalidModel):
                ModelParameters.from_json(damaged.decode("ascii"))


def test_saving_replaces_the_file_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "model.json"
    path.write_text("old")
    parameters = model()
    parameters.save(path)

    assert path.read_text("ascii") == parameters.to_json()
    assert list(tmp_path.iterdir()) == [path]
    assert read_packaged(path).parameters.digest == parameters.digest


def test_saving_twice_writes_the_same_bytes(tmp_path):
    model().save(tmp_path / "first.json")
    model().save(tmp_path / "second.json")

    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_save_leaves_the_old_file_as_it_was(tmp_path, monkeypatch, step):
    """A full disk, a lost permission, Ctrl-C: the old model is still whole, and no temporary file stays."""
    path = tmp_path / "model.json"
    path.write_text("old")

    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="disk full"):
        model().save(path)

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_does_not_exist_is_an_error_of_its_own(tmp_path):
    with pytest.raises(FileNotFoundError):
        model().save(tmp_path / "missing" / "model.json")
