"""Each kind of model, for two classes, for more, for numbers: what the table in docs/your_own_model.md is made of.

Data: breast cancer, wine and diabetes as scikit-learn brings them; kinds for columns with texts have 1,000 made-up rows.
Every row goes through the handler, event in and answer out, and is compared with scikit-learn's answer.
"""

from __future__ import annotations

import io
import json
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.kinds import models
from benchmarks.kinds.process import request

if TYPE_CHECKING:
    from lambda_app.model.model_parameters import ModelParameters

ROWS_A_REQUEST, MIXED_ROWS, MISSING = 100, 1_000, 0.05
TASKS = ("two classes", "more classes", "regression")
# X stands for Classifier or Regressor; `numbers` and `texts` name the made-up table's columns.
SCALED = "make_pipeline(StandardScaler(), {})"
MIXED = (
    "make_pipeline(make_column_transformer((make_pipeline(SimpleImputer(), StandardScaler()), numbers), "
    "(OneHotEncoder(handle_unknown='ignore'), texts)), {})"
)
LOGISTIC, RIDGE = "LogisticRegression(max_iter=1000)", "Ridge()"
FOREST = "RandomForestX(max_depth=8, random_state=0)"
CALIBRATED = "CalibratedClassifierCV({}, ensemble=False)"


def _either(expression: str) -> list[str | None]:
    classifier = expression.replace("X(", "Classifier(")
    return [classifier, classifier, expression.replace("X(", "Regressor(")]


# Of each kind: whether its columns hold texts, and what is fitted for each task; None: there is no such thing.
LINES: dict[str, tuple[bool, list[str | None]]] = {
    "linear": (False, [SCALED.format(each) for each in (LOGISTIC, LOGISTIC, RIDGE)]),
    "linear, numbers and texts": (True, [MIXED.format(each) for each in (LOGISTIC, LOGISTIC, RIDGE)]),
    "linear, logarithmic": (False, [None, None, SCALED.format("PoissonRegressor()")]),
    "linear, calibrated": (False, [CALIBRATED.format(SCALED.format("LinearSVC()"))] * 2 + [None]),
    "decision tree": (False, _either("DecisionTreeX(random_state=0)")),
    "random forest, 100 trees": (False, _either(FOREST)),
    "random forest, numbers and texts": (True, _either(MIXED.format(FOREST))),
    "random forest, calibrated by steps": (
        False,
        [CALIBRATED.format(f"{FOREST.replace('X(', 'Classifier(')}, method='isotonic'")] * 2 + [None],
    ),
    "extra trees, 100": (False, _either("ExtraTreesX(max_depth=8, random_state=0)")),
    "gradient boosting, 100 trees a class": (False, _either("GradientBoostingX(random_state=0)")),
    "histogram boosting, 100 trees a class": (False, _either("HistGradientBoostingX(random_state=0)")),
    "histogram boosting, its own categories": (
        True,
        _either("HistGradientBoostingX(categorical_features=texts, random_state=0)"),
    ),
}


def cells() -> list[tuple[str, str]]:
    """Kind and task of each cell that there is, in the order of the table."""
    return [(kind, task) for kind, (_, row) in LINES.items() for task, e in zip(TASKS, row, strict=True) if e]


def exported(kind: str, task: str) -> tuple[Any, Any, ModelParameters]:
    """Fitted on the task's data: the estimator, the features, and what the export makes of them."""
    from training.export import export_model

    is_mixed, expressions = LINES[kind]
    features, targets = _mixed(task) if is_mixed else _numbers(task)
    fitted = _build(expressions[TASKS.index(task)]).fit(features, targets)
    return fitted, features, export_model(fitted, features, targets, real_golden_rows=True)


def rows_of(features: Any) -> list[list]:
    """Rows as JSON has them."""
    table = features.to_numpy(dtype=object) if hasattr(features, "iloc") else features
    return [[None if value != value else value for value in row] for row in table.tolist()]  # noqa: PLR0124 – NaN


def difference(fitted: Any, features: Any, parameters: ModelParameters) -> float:
    """The largest between the handler's answer and scikit-learn's over all rows.

    Of probabilities; of a regression, of the prediction, relative to its size where that is over 1.
    """
    from lambda_app.lambda_function import Application

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        parameters.save(path)
        application = Application(str(path))
    rows = rows_of(features)
    answers = []
    for start in range(0, len(rows), ROWS_A_REQUEST):
        with redirect_stdout(io.StringIO()):  # its lines of log
            response = application.handle(request(instances=rows[start : start + ROWS_A_REQUEST]), None)
        answers += json.loads(response["body"])["predictions"]
    if parameters.task == "regression":
        found = np.array([answer["prediction"] for answer in answers])
        expected = fitted.predict(features)
        return float((np.abs(found - expected) / np.maximum(1, np.abs(expected))).max())
    names = parameters.target_names
    found = np.array([[answer["probabilities"][name] for name in names] for answer in answers])
    labels = np.array([answer["prediction"] for answer in answers])
    if not np.array_equal(fitted.classes_[labels], fitted.predict(features)):
        raise SystemExit(f"a label of {type(fitted).__name__} is not scikit-learn's")
    return float(np.abs(found - fitted.predict_proba(features)).max())


def kilobytes(parameters: ModelParameters) -> int:
    """Size of the artefact."""
    return round(len(parameters.to_json()) / 1000)


def _numbers(task: str) -> tuple[Any, Any]:
    from sklearn import datasets

    loaders = (datasets.load_breast_cancer, datasets.load_wine, datasets.load_diabetes)
    return loaders[TASKS.index(task)](return_X_y=True)


def _mixed(task: str) -> tuple[Any, Any]:
    """Six columns of numbers with one decimal, some missing, and four of texts."""
    frame, score = models.mixed(MIXED_ROWS)
    chance = np.random.default_rng(models.SEED)
    numbers = frame.columns[:6]
    frame[numbers] = frame[numbers].mask(chance.random((len(frame), 6)) < MISSING)
    classes = np.digitize(score, np.quantile(score, [0.5] if task == "two classes" else [1 / 3, 2 / 3]))
    return frame, score if task == "regression" else classes


def _build(expression: str) -> Any:
    from sklearn import calibration, compose, ensemble, impute, linear_model, pipeline, preprocessing, svm, tree

    modules = (calibration, compose, ensemble, impute, linear_model, pipeline, preprocessing, svm, tree)
    names = {name: value for module in modules for name, value in vars(module).items()}
    columns = {"numbers": models.NUMBERS, "texts": models.TEXTS}
    return eval(expression, names | columns)  # the expressions are those above
