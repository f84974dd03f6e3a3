"""CSV files as people have them: read and said, or refused with all that is wrong and what mends it."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from training.data.cells import is_missing, number
from training.data.csv_file import read_csv
from training.errors import DataError

ROWS = [(number / 4, "ab"[number % 2], ["no", "yes"][number % 3 == 0]) for number in range(24)]
PLAIN = "size,kind,y\n" + "".join(f"{size},{kind},{y}\n" for size, kind, y in ROWS)
SEMICOLONS = PLAIN.replace(",", ";").replace(".", ",")


@pytest.fixture
def read(tmp_path):
    def from_content(content, name="data.csv", target="y", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_csv(str(path), target, **options)

    return from_content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PLAIN, None),
        (SEMICOLONS, "read with semicolons, decimal commas in 'size'"),
        (PLAIN.replace(",", "\t"), "read with tabs"),
        (PLAIN.replace(",", "|"), "read with vertical bars"),
        ("sep=;\n" + SEMICOLONS, "semicolons"),
        ('"sep=,"\n' + PLAIN, None),
        ("# from the laboratory, 2024\n# second line\n" + PLAIN, "read with 2 lines above the header skipped"),
        ("Export of today,,\n" + PLAIN, "read with 1 line above the header skipped"),
        (PLAIN.replace("\n", "\r\n"), None),
        ("\ufeff" + PLAIN, None),
        (PLAIN.encode("utf-16"), "read with UTF-16"),
        (PLAIN.encode("utf-16-le"), "read with UTF-16-LE"),
        (PLAIN.encode("utf-16-be"), "read with UTF-16-BE"),
        (PLAIN.encode("utf-32"), "read with UTF-32"),
        (gzip.compress(PLAIN.encode()), "read with gzip"),
        (re.sub(r"(?m)^(.+)$", r'\1,', PLAIN), None),
        (re.sub(r"([ab])", r'"\1"', PLAIN), None),
    ],
)  # fmt: skip
def test_the_same_rows_in_every_dialect(content, said, read):
    dataset = read(content)
    assert dataset.features["size"].tolist() == [row[0] for row in ROWS]
    assert dataset.features["kind"].tolist() == [row[1] for row in ROWS]
    assert [dataset.target_names[target] for target in dataset.targets] == [row[2] for row in ROWS]
    notes = [note for note in dataset.notes if note.startswith("read with")]
    assert len(notes) == (said is not None)
    assert said is None or said in notes[0]


def test_row_numbers_of_pandas_are_left_out_and_said(tmp_path):
    frame = pd.DataFrame(ROWS, columns=["size", "kind", "y"])
    frame.to_csv(tmp_path / "data.csv")
    dataset = read_csv(str(tmp_path / "data.csv"), "y")
    assert dataset.feature_names == ("size", "kind")
    assert "row numbers in the first column left out" in dataset.notes[0]


def test_windows_letters_are_read(read):
    dataset = read(PLAIN.replace("a,", "ä,").encode("cp1252"))
    assert dataset.features["kind"].tolist()[0] == "ä"
    assert "Windows-1252" in dataset.notes[0]


@pytest.mark.parametrize(
    "cell",
    ["", " ", "NA", "n/a", "#N/A", "<NA>", "NaN", "null", "None", "?", "-", "."],
)
def test_one_idea_of_a_missing_cell(cell, read):
    assert is_missing(cell)
    assert np.isnan(number(cell))
    dataset = read(PLAIN + f"{cell},{cell},no\n")
    assert np.isnan(dataset.features["size"].iloc[-1])
    assert dataset.features["kind"].iloc[-1] is None


@pytest.mark.parametrize(("cell", "value"), [("1e3", 1000.0), ("−5", -5.0), (".5", 0.5), ("+1", 1.0), ("1_0", None)])
def test_numbers(cell, value):
    assert number(cell) == value


def test_true_and_false_are_booleans_and_yes_and_no_stay_text(read):
    content = "flag,answer,y\n" + "".join(
        f"{'TRUE' if n % 2 else 'False'},{'yes' if n % 3 else ''},{'ab'[n % 2]}\n" for n in range(12)
    )
    dataset = read(content.replace(",yes,", ",no,", 1))
    assert dataset.features["flag"].tolist()[:2] == [False, True]
    assert set(dataset.features["answer"].tolist()) == {"yes", "no", None}
    assert dataset.category_columns == [0, 1]


def test_codes_can_be_named_as_categories(read):
    content = "zip,size,y\n" + "".join(f"{10 + n % 3},{n}.5,{'ab'[n % 2]}\n" for n in range(30))
    assert isinstance(read(content).features, np.ndarray)
    dataset = read(content, categories=["zip"])
    assert dataset.features["zip"].tolist()[:3] == [10.0, 11.0, 12.0]
    assert dataset.features["zip"].dtype == object


def test_spellings_that_differ_in_case_are_pointed_out(read):
    content = "kind,y\n" + "".join(f"{['Yes', 'yes', 'no'][n % 3]},{'ab'[n % 2]}\n" for n in range(12))
    assert "column 'kind': 'Yes', 'yes' count as different categories" in read(content).notes


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([n / 3 for n in range(60)], "regression"),
        ([n * 7 for n in range(60)], "regression"),
        ([n % 3 for n in range(60)], "classification"),
        ([n % 32 for n in range(32 * 30)], "classification"),
        ([["low", "high"][n % 2] for n in range(60)], "classification"),
        (list(range(15)), "regression"),
    ],
)
def test_the_task_is_seen_from_the_target(values, task, read):
    content = "x,y\n" + "".join(f"{n * n},{value}\n" for n, value in enumerate(values))
    dataset = read(content)
    assert dataset.task == task
    assert any("this is a regression (else say --task classification)" in note for note in dataset.notes) == (
        task == "regression"
    )


def test_the_task_can_be_said(read):
    content = "x,y\n" + "".join(f"{n * n},{n % 5}\n" for n in range(60))
    assert "taken as classes (else say --task regression)" in read(content).notes[0]
    assert read(content, task="regression").targets.tolist()[:3] == [0.0, 1.0, 2.0]


def paste(refused, directory):
    """Run the printed line in a shell, as its reader would."""
    command = str(refused.value).split("paste: python ")[1]
    subprocess.run(f"{sys.executable} {command}", shell=True, cwd=directory, check=True)


ILL = (
    "price,share,when,note,age,big,clock,ok,y\n"
    + "".join(
        f'"$ {n + 1},{200 + n}.50",{n}.5 %,2024-01-{n % 28 + 1:02d},text {n},{"n/k" if n == 2 else n},"{n + 1},{100 + n}",{n % 24}:30,{n * n},{"ab"[n % 2]}\n'
        for n in range(30)
    )
)  # fmt: skip


def test_all_problems_are_named_at_once_with_their_cures(read):
    with pytest.raises(DataError) as refused:
        read(ILL)
    message = str(refused.value)
    assert "7 problems" in message
    for sentence in (
        "'price' holds amounts of money (lines 2, 3, 4, 5, 6 and 25 more): leave the number",
        "'share' holds percentages",
        "'when' holds dates",
        "'note' identifies rows: 30 different texts in 30 cells: --drop note",
        "'age': not a number in line 4, and 29 numbers elsewhere",
        "'big' holds numbers with thousands separators",
        "'clock' holds times of day",
        "to leave out what identifies rows, add: --drop note",
    ):
        assert sentence in message


def test_the_line_to_paste_mends_the_file(read, tmp_path):
    with pytest.raises(DataError) as refused:
        read(ILL, name="it's $HOME.csv")
    paste(refused, tmp_path)
    dataset = read_csv(str(tmp_path / "it's $HOME_mended.csv"), "y", drop=["note"])
    frame = dict(zip(dataset.feature_names, dataset.features.T, strict=True))
    assert frame["price"][:2].tolist() == [1200.5, 2201.5]
    assert frame["share"][:2].tolist() == [0.5, 1.5]
    assert frame["big"][:2].tolist() == [1100, 2101]
    assert frame["clock hour"][:2].tolist() == [0.5, 1.5]
    assert np.isnan(frame["age"][2])


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["1.234,50 €", "12,00 €"], 1234.5),
        (["1 234", "12"], 1234),
        (["CHF 1'234.50", "CHF 12.00"], 1234.5),
    ],
)
def test_written_numbers_of_other_countries_are_mended(cells, first, read, tmp_path):
    content = "v;y\n" + "".join(f"{cells[n % 2]};{'ab'[n % 2]}\n" for n in range(20))
    with pytest.raises(DataError) as refused:
        read(content)
    paste(refused, tmp_path)
    assert read_csv(str(tmp_path / "data_mended.csv"), "y").features[0, 0] == first


def test_points_in_a_file_of_decimal_commas_are_thousands(read):
    content = "a;b;y\n" + "".join(f"{n},5;1.{100 + n};{'ab'[n % 2]}\n" for n in range(20))
    with pytest.raises(DataError, match="'b' holds numbers with thousands separators"):
        read(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04rest", r"an Excel workbook .* save it as CSV, or: python -c .*read_excel"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook"),
        (b"PAR1", "a Parquet file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x93NUMPY", "a NumPy array"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b'{"x": 1}', "this is JSON"),
        (b"\x1f\x8b\x08damaged", "the compressed file is damaged"),
        (b"\xff\xfex\x00\x00\xd8y", "not UTF-16 text"),
        ("x;y\n1;2\n3;4;5\n6\n", "lines 3, 4 have 1, 3 cells where the header has 2"),
        ("x,,x,y\n1,2,3,a\n", r"the header names 'x' more than once; column 2 has no name"),
        (PLAIN + "1,a,\n2,b,nan\n", r"column 'y': no label in lines 26, 27"),
        (
            "x,y\n" + "".join(f"{n},name {n}\n" for n in range(40)),
            "40 different texts in 40 rows: these are no classes",
        ),
        ("x,y\n" + "".join(f"{n},{n}.5 %\n" for n in range(40)), "'y', to be predicted, holds percentages"),
    ],
)
def test_what_is_no_such_file_is_named_for_what_it_is(content, sentence, read):
    with pytest.raises(DataError, match=sentence):
        read(content)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"task": "regression"}, "'y', to be predicted: not a number in lines 2, 3"),
        ({"categories": ["zip"]}, "--category: no column 'zip'"),
        ({"task": "regression", "positive": "yes", "target": "size"}, "--positive goes with two classes"),
    ],
)
def test_options_that_do_not_fit_the_file_are_refused(options, sentence, read):
    with pytest.raises(DataError, match=sentence):
        read(PLAIN, **options)
