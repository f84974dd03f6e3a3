"""Hand-made models of two features, whose golden rows hold: the smallest thing the commands can be tried on."""

from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.predict import unproved

ROWS = [[1.0, 1.0], [-1.0, -1.0], [4.0, 0.5], [-2.0, 0.5], [3.0, 3.0]]


def number(name, **changes):
    """A column of numbers from -5 to 5."""
    column = {"name": name, "kind": "number", "spellings": [], "minimum": -5.0, "maximum": 5.0, "typical": 0.0}
    return {**column, "missing": None, **changes}


def category(name, **changes):
    """A column of two texts: "red" adds 1 to the score, "blue" takes it off, anything else is refused."""
    column = {"name": name, "kind": "category", "spellings": [], "categories": [["red", [1.0]], ["blue", [-1.0]]]}
    return {**column, "unseen": None, "missing": None, "typical": "red", **changes}


def linear(coefficients=((1.0, 1.0),), intercepts=(0.0,), scales=None):
    """A linear model's record."""
    rows = [list(row) for row in coefficients]
    scales = [1.0] * len(rows[0]) if scales is None else list(scales)
    return {"kind": "linear", "coefficients": rows, "intercepts": list(intercepts), "scales": scales}


TWO = {"kind": "softmax", "decides": "above_zero"}
MORE = {"kind": "softmax", "decides": "largest"}
REGRESSION = {"task": "regression", "target_names": [], "link": {"kind": "identity"}, "metrics": {}}


def fields(rows=ROWS, **changes):
    """The artefact's fields, changed as asked; the golden rows are what the model itself says of the rows."""
    made = {
        "task": "classification",
        "name": "made up",
        "description": "a model for tests",
        "intended_use": "tests",
        "limitations": [],
        "data_set": {"name": "none", "sha256": "0" * 64, "rows": 5},
        "trained_at": "2026-01-01T00:00:00+00:00",
        "library_versions": {"scikit-learn": "1.9.1"},
        "git_commit": None,
        "target_name": "",
        "target_names": ["malignant", "benign"],
        "decision_threshold": None,
        "columns": [number("width", spellings=["Width"]), number("length")],
        "model": linear(),
        "link": TWO,
        "conformal_thresholds": {},
        "interval": None,
        "ordered_pairs": [],
        "suspicion": {"far": 0.5, "out_of_range": 4, "broken_pairs": 2},
        "expected_shares": None,
        "examples": [],
        "metrics": {"accuracy": {"value": 0.98, "interval": [0.97, 0.99], "n": 5, "method": "made up"}},
        **changes,
    }
    is_classification = made["task"] == "classification"
    uniform = [1 / len(made["target_names"])] * len(made["target_names"]) if is_classification else 0.0
    answer = "probabilities" if is_classification else "prediction"
    made["golden_rows"] = [{"features": row, answer: uniform} for row in rows]
    model = unproved(ModelParameters(**made))
    for golden in made["golden_rows"]:
        prediction = model.predict(model.columns.numbers(golden["features"]))
        golden[answer] = list(prediction[1]) if is_classification else prediction[0]
    return made


def model(**changes):
    return ModelParameters(**fields(**changes))


def save(path, parameters):
    """Save the model and return the path as text, as a command line has it."""
    parameters.save(path)
    return str(path)
