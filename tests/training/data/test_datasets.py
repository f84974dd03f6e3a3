"""Where rows come from, and what they are called."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets

from training.data.breast_cancer import breast_cancer
from training.data.csv_file import read_csv
from training.data.dataset import default_spellings, snake_case
from training.errors import TrainingError
from training.evaluation.measures.suspects import suspects
from training.recipes.pipelines import recipe_for

# the header of the data set's CSV in circulation; it ends with a comma that the rows don't have
QUANTITIES = "radius,texture,perimeter,area,smoothness,compactness,concavity,concave points,symmetry,fractal_dimension"
COLUMNS = [f"{quantity}_{statistic}" for statistic in ("mean", "se", "worst") for quantity in QUANTITIES.split(",")]
PUBLIC_HEADER = ["id", "diagnosis", *COLUMNS, ""]


@pytest.fixture
def public_csv(write_csv):
    example = breast_cancer()
    letters = np.where(example.labels == 0, "M", "B")
    rows = [
        [84_000 + number, letter, *sample]
        for number, (letter, sample) in enumerate(zip(letters, example.features.tolist(), strict=True))
    ]
    return write_csv([PUBLIC_HEADER, *rows])


def test_the_example_is_569_patients_of_whom_212_are_malignant(example):
    assert example.features.shape == (569, 30)
    assert dict(zip(example.target_names, example.class_counts, strict=True)) == {"malignant": 212, "benign": 357}
    assert example.target_names[example.class_of_interest] == "malignant"


def test_the_example_s_hash_is_that_of_scikit_learn_s_file(example):
    path = Path(sklearn.datasets.__file__).parent / "data" / "breast_cancer.csv"
    assert example.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_column_of_the_public_csv_is_a_spelling_of_one_feature(example):
    spellings = {other: name for name, others in example.feature_spellings.items() for other in others}
    found = [spellings[column] for column in COLUMNS]
    assert found == list(example.feature_names)


def test_snake_case_is_a_spelling_of_every_feature(example):
    for name in example.feature_names:
        assert name.replace(" ", "_") in example.feature_spellings[name]


def test_the_public_csv_gives_the_same_rows_with_malignant_as_class_1(public_csv, example):
    dataset = read_csv(public_csv, "diagnosis", drop=["id"], positive="M")
    assert np.array_equal(dataset.features, example.features)
    assert dataset.target_names == ("B", "M")
    assert np.array_equal(dataset.labels, 1 - example.labels)


def test_an_identifier_that_was_left_in_is_pointed_out(public_csv):
    assert [suspect.column for suspect in suspects(read_csv(public_csv, "diagnosis"))] == ["id"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mean radius", "mean_radius"),
        ("petal length (cm)", "petal_length_cm"),
        ("od280/od315", "od280_od315"),
        ("é", ""),
    ],
)
def test_snake_case(name, expected):
    assert snake_case(name) == expected


def test_a_spelling_that_could_mean_two_features_is_not_offered():
    assert default_spellings(["a b", "a-b", "C d", "e_f"]) == {"C d": ["c_d"]}


def test_positive_becomes_class_1_and_the_class_of_interest(write_csv):
    path = write_csv([["x", "y"], [1, "sick"], [2, "well"]])
    dataset = read_csv(path, "y", positive="sick")
    assert dataset.target_names == ("well", "sick")
    assert dataset.labels.tolist() == [1, 0]


def test_numeric_labels_are_sorted_as_numbers(write_csv):
    path = write_csv([["x", "y"], [1, "10"], [2, "9"], [3, "-1"]])
    assert read_csv(path, "y").target_names == ("-1", "9", "10")


def test_constant_columns_are_left_out_and_named(write_csv):
    dataset = read_csv(write_csv([["x", "same", "y"], [1, 7, "a"], [2, 7, "b"]]), "y")
    assert dataset.feature_names == ("x",)
    assert "column 'same' holds one value only and is left out" in dataset.notes


def test_a_quoted_line_break_a_byte_order_mark_and_blank_lines_are_read(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes('\ufeff"long\nname",y\r\n1,a\r\n\r\n 2 ,b\r\n'.encode())
    dataset = read_csv(str(path), "y")
    assert dataset.feature_names == ("long\nname",)
    assert dataset.features.tolist() == [[1.0], [2.0]]


def test_lines_in_errors_are_those_of_the_file(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x,y\n1,a\n\n2,b\n\nthree,b\n4,a\n5,a\n6,b\n7,b\n")
    with pytest.raises(TrainingError, match=r"column 'x': not a number in line 6, and 6 numbers elsewhere"):
        read_csv(str(path), "y")


def test_missing_cells_are_kept_as_nan(write_csv):
    path = write_csv([["x", "z", "y"], [1, 1, "a"], ["", 2, "b"], ["NA", 3, "b"], [4, 4, "b"]])
    dataset = read_csv(path, "y")
    assert np.isnan(dataset.features).tolist() == [[False, False], [True, False], [True, False], [False, False]]
    assert "x: 2 missing, filled with the median, 2.5" in recipe_for(dataset).columns
