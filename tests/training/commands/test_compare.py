"""`python -m lambda_app.model.compare`: what it prints, and when it stands in the way of a deployment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.compare import main
from tests.small_models import MORE, REGRESSION, ROWS, category, fields, linear, model, number, save
from tests.tools import golden

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path, capsys):
    """Save OLD and NEW, compare them, and return (status, standard output, standard error)."""

    def compare(old, new, data=None):
        arguments = [save(tmp_path / "old.json", old), save(tmp_path / "new.json", new)]
        if data is not None:
            (tmp_path / "data.csv").write_text(data, encoding="utf-8")
            arguments += ["--data", str(tmp_path / "data.csv")]
        status = main(arguments)
        return status, *capsys.readouterr()

    return compare


def metric(value, low, high):
    return {"value": value, "interval": [low, high], "n": 569, "method": "made up"}


def test_a_model_may_replace_itself(run):
    status, out, _ = run(model(), model())
    assert status == 0
    assert "NEW may replace OLD" in out
    assert "Coefficients, of the score per OLD's scale of the feature\n  none changes\n" in out
    assert "0 of 5 labels flip, 0 prediction sets change; largest change 0.00e+00" in out


@pytest.mark.parametrize(
    ("name", "old", "new", "status"),
    [
        ("accuracy", (0.98, 0.97, 0.99), (0.975, 0.96, 0.98), 0),
        ("accuracy", (0.98, 0.97, 0.99), (0.969, 0.95, 0.985), 1),
        ("accuracy", (0.98, 0.90, 0.99), (0.95, 0.94, 0.96), 1),  # OLD's interval is wide, NEW's says it is worse
        ("accuracy", (0.90, 0.88, 0.92), (0.98, 0.97, 0.99), 0),
        ("log_loss", (0.076, 0.06, 0.09), (0.089, 0.07, 0.1), 0),
        ("log_loss", (0.076, 0.06, 0.09), (0.12, 0.1, 0.14), 1),
        ("log_loss", (0.12, 0.1, 0.14), (0.076, 0.06, 0.09), 0),
        ("recall_2", (0.96, 0.93, 0.98), (0.9, 0.86, 0.93), 1),
        ("brier", (0.02, 0.01, 0.03), (0.04, 0.03, 0.05), 1),
    ],
)
def test_worse_means_beyond_an_interval_on_the_worse_side(run, name, old, new, status):
    answer, out, _ = run(model(metrics={name: metric(*old)}), model(metrics={name: metric(*new)}))
    assert answer == status
    assert (f"{name} is worse beyond its interval" in out) == (status == 1)


def test_one_interval_is_enough_to_judge_by(run):
    old = {"accuracy": metric(0.98, 0.97, 0.99)}
    assert run(model(metrics=old), model(metrics={"accuracy": {"value": 0.975}}))[0] == 0
    assert run(model(metrics=old), model(metrics={"accuracy": {"value": 0.96}}))[0] == 1


def test_a_dropped_metric_counts_against_the_new_model(run):
    both = {"accuracy": metric(0.98, 0.97, 0.99), "roc_auc": metric(0.99, 0.98, 1.0)}
    status, out, _ = run(model(metrics=both), model(metrics={"accuracy": both["accuracy"]}))
    assert status == 1
    assert "roc_auc is no longer reported" in out


def test_sensitivity_to_another_class_is_another_metric(run):
    both = [{"sensitivity": {**metric(0.96, 0.93, 0.98), "class": label}} for label in ("malignant", "benign")]
    status, out, _ = run(model(metrics=both[0]), model(metrics=both[1]))
    assert status == 1
    assert "sensitivity is no longer reported" in out


def test_what_only_the_new_model_reports_is_shown_and_not_judged(run):
    both = {"accuracy": metric(0.98, 0.97, 0.99), "roc_auc": metric(0.99, 0.98, 1.0)}
    status, out, _ = run(model(), model(metrics=both))
    assert status == 0
    assert ["roc_auc", "–", "0.9900", "[0.9800,", "1.0000]", "new"] in [line.split() for line in out.splitlines()]


@pytest.mark.parametrize("metrics", [{}, {"accuracy": {"value": 0.98}}, {"weather": metric(1.0, 0.0, 2.0)}])
def test_nothing_to_judge_by_is_no_permission(run, metrics):
    status, out, _ = run(model(metrics=metrics), model(metrics=metrics))
    assert status == 1
    assert "nothing shows that NEW is not worse" in out


def test_other_labels_are_another_question(run):
    status, out, _ = run(model(), model(target_names=["benign", "malignant"]))
    assert status == 1
    assert "they answer different questions" in out


def test_coefficients_stand_by_size_of_change_in_one_unit(run):
    """A new scaler alone changes no coefficient: both are shown in OLD's unit."""
    rescaled = model(model=linear([[2.0, 1.5]], [1.5]))
    _, out, _ = run(model(model=linear([[1.0, 1.0]], scales=[0.5, 2.0])), rescaled)
    lines = out.split("Coefficients")[1].splitlines()[2:4]
    assert lines[0].split() == ["length", "+1.0000", "+3.0000", "+2.00e+00"]
    assert lines[1].split() == ["width", "+1.0000", "+1.0000", "+0.00e+00"]


def test_many_coefficients_are_summed_up(run):
    wide = {"columns": [number(f"f{i}") for i in range(20)], "rows": [[float(i)] * 20 for i in range(5)]}
    old = model(**wide, model=linear([[0.0] * 20]))
    new = model(**wide, model=linear([[i / 1000 for i in range(20)]]))
    _, out, _ = run(old, new)
    assert "… and 8 more, none changes by more than 7.00e-03" in out


def test_golden_rows_show_the_label_that_flips(run):
    status, out, _ = run(model(), model(model=linear(intercepts=[-3.0])))
    assert status == 0  # its metrics are as good: the flip is said, the intervals judge
    assert "benign → malignant" in out
    assert "1 of 5 labels flip" in out


def test_data_rows_flip_by_any_spelling_and_column_order(run):
    data = "id,Width,length\n7,1,1\n8,-1,2\n9,0.5,-3\n"
    _, out, _ = run(model(), model(model=linear(intercepts=[-3.0])), data)
    assert "Data, 3 rows\n  2 of 3 labels flip" in out


def filled(value):
    return model(columns=[number("width", missing=[value]), number("length")])


def test_empty_cells_take_each_models_own_imputations(run):
    data = "width,length\n,1\n"
    _, out, _ = run(filled(1.0), filled(-3.0), data)
    assert "1 of 1 labels flip" in out


def test_a_changed_feature_set_is_said_and_compared_where_both_can_answer(run):
    wider = model(columns=[number("length"), number("height")])
    status, out, _ = run(model(), wider, "width,length,height\n1,1,1\n-5,1,1\n")
    assert status == 0
    assert "added: height\n  removed: width" in out
    assert out.count("only in one model") == 2
    assert "none can be given to both models" in out
    assert "1 of 2 labels flip" in out


def test_another_feature_order_is_said(run):
    turned = model(columns=[number("length"), number("width", spellings=["Width"])], model=linear([[2.0, 1.0]]))
    status, out, _ = run(model(model=linear([[1.0, 2.0]])), turned)
    assert status == 0
    assert "callers that send lists would get wrong answers" in out
    assert "0 of 7 labels flip, 0 prediction sets change; largest change 0.00e+00" in out


def test_more_than_two_classes(run):
    three = {"target_names": ["red", "green", "blue"], "link": MORE}
    old = linear([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [0.0, 0.0, 0.0])
    new = linear([[1.0, 0.0], [0.0, 1.25], [-1.0, -1.0]], [0.0, 0.0, 9.0])
    status, out, _ = run(model(**three, model=old), model(**three, model=new))
    assert status == 0
    assert ["green:", "length", "+1.0000", "+1.2500", "+2.50e-01"] in [line.split() for line in out.splitlines()]
    assert "red → blue" in out


COLOURED = {
    "columns": [category("colour", missing=[0.25]), number("length")],
    "rows": [["red", 1.0], ["blue", -1.0]] * 3,
}


def test_categories_are_compared_by_what_they_add(run):
    other = category("colour", categories=[["red", [2.0]], ["blue", [-1.0]]], missing=[0.25])
    new = model(**{**COLOURED, "columns": [other, number("length")]})
    status, out, _ = run(model(**COLOURED), new, "colour,length\nred,1\n,2\n")
    assert status == 0
    assert ["colour", "=", "red", "+1.0000", "+2.0000", "+1.00e+00"] in [line.split() for line in out.splitlines()]
    assert "Data, 2 rows\n  0 of 2 labels flip" in out


def test_a_category_that_no_model_knows_is_no_comparison(run):
    status, _, err = run(model(**COLOURED), model(**COLOURED), "colour,length\ngreen,1\n")
    assert status == 2
    assert "line 2, column 'colour': none of the model's categories" in err


def test_what_one_model_refuses_is_counted(run):
    """A missing value that OLD's rows hold and NEW does not take."""
    old = model(rows=[*ROWS[:4], [None, 1.0]], columns=[number("width", missing=[1.0]), number("length")])
    _, out, _ = run(old, model(columns=[number("width"), number("length")]))
    assert "refused by NEW" in out
    assert "; 1 refused by one model" in out


def test_regressions_are_compared_by_their_predictions(run):
    judged = {**REGRESSION, "metrics": {"r2": metric(0.5, 0.4, 0.6)}}
    status, out, _ = run(model(**judged), model(**judged, model=linear(intercepts=[0.5])))
    assert status == 0
    assert "  1  2 → 2.5  +5.00e-01" in out
    assert "  largest change 5.00e-01" in out


@pytest.mark.parametrize("path", sorted(golden.MODELS.glob("*.json")), ids=lambda path: path.stem)
def test_every_kind_of_model_is_compared_with_another_of_its_kind(run, path):
    """With itself, which may replace it, and with one that was judged worse."""
    old = ModelParameters.from_json(path.read_text("ascii"))
    judged = {"r2" if old.task == "regression" else "accuracy": metric(0.9, 0.8, 0.95)}
    same = ModelParameters(**{**old.fields(), "metrics": judged})
    status, out, _ = run(same, same)
    assert status == 0
    assert "NEW may replace OLD" in out
    assert "largest change 0.00e+00" in out
    worse = ModelParameters(**{**old.fields(), "metrics": {name: metric(0.5, 0.4, 0.6) for name in judged}})
    assert run(same, worse)[0] == 1


def test_a_regression_answers_another_question(run):
    _, out, _ = run(model(), model(**REGRESSION))
    assert "NEW's are none, it predicts a number" in out


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("benign", "benigm"),
        lambda text: text[:-40],
        lambda text: "[]",
        lambda text: text.replace("made", "mäde"),
        lambda text: json.dumps(json.loads(text)),
        lambda text: text.replace('"format_version": 2', '"format_version": 1'),
    ],
    ids=["flipped", "torn", "not a model", "not ascii", "reformatted", "other format"],
)
def test_a_damaged_new_file_fails_its_proof_and_a_damaged_old_one_is_no_comparison(tmp_path, capsys, damage):
    good, bad = save(tmp_path / "good.json", model()), tmp_path / "bad.json"
    bad.write_text(damage(Path(good).read_text(encoding="ascii")), encoding="utf-8")
    assert main([good, str(bad)]) == 1
    assert "NEW fails its proof" in capsys.readouterr().err
    assert main([str(bad), good]) == 2
    assert "OLD cannot be used" in capsys.readouterr().err


def test_golden_rows_that_do_not_hold_fail_the_proof(tmp_path, capsys):
    lying = fields()
    lying["golden_rows"][0]["probabilities"] = [0.5, 0.5]
    arguments = [save(tmp_path / "old.json", model()), save(tmp_path / "new.json", ModelParameters(**lying))]
    assert main(arguments) == 1
    assert "does not reproduce scikit-learn's probabilities" in capsys.readouterr().err


def test_missing_files_are_named(tmp_path, capsys):
    good, missing = save(tmp_path / "good.json", model()), str(tmp_path / "missing.json")
    for arguments in ([good, missing], [missing, good], [good, good, "--data", missing]):
        assert main(arguments) == 2
        assert "missing.json: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("", "a header row and at least one row of data are needed"),
        ("width,length\n", "a header row and at least one row of data are needed"),
        ("width\n1\n", "column 'length' is missing"),
        ("width,Width,length\n1,1,1\n", "column 'width' is there more than once"),
        ("width,length\n1,2\n1\n", "line 3 has 1 cells where the header has 2"),
        ("width,length\n1,2\n1,tall\n", "line 3, column 'length': not a finite number"),
        ("width,length\n1,inf\n", "line 2, column 'length': not a finite number"),
        ("width,length\n1,\n", "line 2, column 'length': not a finite number"),
    ],
)
def test_unusable_data_is_no_comparison(run, data, sentence):
    status, _, err = run(model(), model(), data)
    assert status == 2
    assert sentence in err


def test_data_that_is_no_text_is_said(tmp_path, capsys):
    good = save(tmp_path / "good.json", model())
    (tmp_path / "data.csv").write_bytes(b"width,length\n\xff\xfe,1\n")
    assert main([good, good, "--data", str(tmp_path / "data.csv")]) == 2
    assert "not a finite number" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["one.json"], ["a", "b", "c"], ["a", "b", "--no-such-option"]])
def test_wrong_usage_exits_with_2(arguments):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2


def test_help_explains_the_exit_status(printed_help):
    assert "1  NEW is worse beyond its interval, or fails its proof" in printed_help("compare")


def test_it_runs_with_no_third_party_module(tmp_path):
    good = save(tmp_path / "good.json", model())
    bare = [sys.executable, "-S", "-W", "error", "-m", "lambda_app.model.compare", good, good]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    result = subprocess.run(bare, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert f"0 of {len(ROWS)} labels flip" in result.stdout
