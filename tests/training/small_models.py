"""Hand-made models of two features, whose golden rows hold: the smallest thing the commands can be tried on."""

from lambda_app.model.model_parameters import ModelParameters
from lambda_app.model.predict import Classifier

ROWS = [[1.0, 1.0], [-1.0, -1.0], [4.0, 0.5], [-2.0, 0.5], [3.0, 3.0]]


def fields(rows=ROWS, **changes):
    """The artefact's fields, changed as asked; the golden rows are what the model itself says of the rows."""
    made = {
        "name": "made up",
        "description": "a model for tests",
        "intended_use": "tests",
        "limitations": [],
        "data_set": {"name": "none", "sha256": "0" * 64, "rows": 5},
        "trained_at": "2026-01-01T00:00:00+00:00",
        "library_versions": {"scikit-learn": "1.9.1"},
        "git_commit": None,
        "target_names": ["malignant", "benign"],
        "probability_method": "softmax",
        "feature_names": ["width", "length"],
        "feature_spellings": {"width": ["Width"]},
        "coefficients": [[1.0, 1.0]],
        "intercepts": [0.0],
        "means": [0.0, 0.0],
        "scales": [1.0, 1.0],
        "imputations": None,
        "minima": [-5.0, -5.0],
        "maxima": [5.0, 5.0],
        "conformal_thresholds": {},
        "metrics": {"accuracy": {"value": 0.98, "interval": [0.97, 0.99], "n": 5, "method": "made up"}},
        **changes,
    }
    uniform = [1 / len(made["target_names"])] * len(made["target_names"])
    made["golden_rows"] = [{"features": row, "probabilities": uniform} for row in rows]
    predict = _Unproved(ModelParameters(**made)).predict
    made["golden_rows"] = [{"features": row, "probabilities": list(predict(row)[1])} for row in rows]
    return made


def model(**changes):
    return ModelParameters(**fields(**changes))


def save(path, parameters):
    """Save the model and return the path as text, as a command line has it."""
    parameters.save(path)
    return str(path)


class _Unproved(Classifier):
    def _prove(self):
        """Nothing: its golden rows are about to be made."""
