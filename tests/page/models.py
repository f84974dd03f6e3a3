"""The tests' own models: three classes with categories and missing values, a regression, markup for names, 200 columns."""

from tests.small_models import REGRESSION, category, linear, model, number

MORE = {"kind": "softmax", "decides": "largest"}


def _categories(values, weights):
    return [[value, list(map(float, row))] for value, row in zip(values, weights, strict=True)]


def wines():
    """Three classes; text (one not ASCII), true or false, and numbers for categories; a number that may be missing."""
    columns = [
        number("alcohol", minimum=11.0, maximum=15.0, typical=13.0, missing=[13.0], spellings=["Alcohol"]),
        category(
            "colour",
            categories=_categories(["red", "white", "ros\u00e9"], [(2, -1, -1), (-1, 2, -1), (0, 0, 1)]),
            unseen=[0.0, 0.0, 0.0],
            missing=[0.1, 0.1, -0.2],
            typical="red",
        ),
        category("sweet", categories=_categories([True, False], [(-1, 0, 1), (0, 0, 0)]), typical=False),
        category("stars", categories=_categories([1.0, 2.0, 3.0], [(0, 0, 0), (0, 0.5, 0), (1, 0, 0)]), typical=2.0),
    ]
    own = [[float(k == row) for k in range(3)] * 3 for row in range(3)]  # a category's number r goes to score r
    weights = [[weight, *own[row]] for row, weight in enumerate((1.0, -0.5, -0.5))]
    return model(
        rows=[
            [13.0, "red", False, 2.0],
            [None, "white", True, 1.0],
            [12.0, None, True, 3.0],
            [14.0, "ros\u00e9", False, 1.0],
            [11.5, "green", True, 2.0],
        ],
        name="Wines",
        target_names=["Barolo", "Grignolino", "Barbera"],
        columns=columns,
        model=linear(weights, [2.0, -0.5, -1.0]),
        link=MORE,
        conformal_thresholds={"0.95": [0.2, 0.2, 0.2]},
        examples=[
            {"label": "Barolo", "features": {"alcohol": 14.0, "colour": "red", "sweet": False, "stars": 3.0}},
            {"label": "Grignolino", "features": {"alcohol": 12.0, "colour": "white", "sweet": False, "stars": 2.0}},
        ],
    )


def progression():
    """A regression with an interval."""
    return model(
        rows=[[20.0, 20.0], [40.0, 25.0], [60.0, 30.0], [None, 35.0], [79.0, 18.0]],
        **{
            **REGRESSION,
            "name": "Diabetes",
            "target_name": "disease progression",
            "columns": [
                number("age", minimum=19.0, maximum=79.0, typical=48.0, missing=[48.0]),
                number("body mass", minimum=18.0, maximum=42.0, typical=26.0),
            ],
            "model": linear([[0.5, 9.0]], [150.0]),
            "interval": {"coverage": 0.9, "half_width": 90.0},
            "examples": [
                {"label": label, "features": {"age": 48.0, "body mass": mass}}
                for label, mass in (("low", 22.0), ("middle", 26.0), ("high", 32.0))
            ],
            "metrics": {"r2": {"value": 0.4826, "interval": [0.4, 0.55], "n": 442, "method": "cross-validation"}},
        },
    )


MARKUP = ["<img src=x onerror=alert(1)>", "a & \"b\" 'c'", "__proto__", "x/y~z", "</script><b>bold</b>"]


def unevaluated():
    """A regression that nobody evaluated: no interval, no figures, no examples."""
    return model(
        **{**REGRESSION, "name": "Unevaluated", "columns": [number("width"), number("length")], "model": linear()},
    )


def letters():
    """More classes than are drawn."""
    names = [chr(ord("A") + k) for k in range(12)]
    return model(
        name="Letters",
        target_names=names,
        model=linear([[0.1 * k, 0.0] for k in range(12)], [0.0] * 12),
        link=MORE,
    )


def markup():
    """Names that are markup, and worse; a threshold."""
    return model(
        rows=[[1.0] * 5, [-1.0] * 5, [4.0] * 5, [-2.0] * 5, [3.0] * 5],
        name="<u>Markup</u>",
        description="<script>alert(1)</script>",
        target_names=["<i>no</i>", "<script>alert(2)</script>"],
        columns=[number(name) for name in MARKUP],
        model=linear([[1.0] * 5]),
        decision_threshold=0.2,
    )


def wide(columns=200):
    """Many columns that share one word, the first always 0; nothing known of the model's truth."""
    return model(
        rows=[[0.0, *[float(k)] * (columns - 1)] for k in range(5)],
        name="Wide",
        columns=[
            number("sensor 1", minimum=0.0, maximum=0.0),
            *[number(f"sensor {k + 1}") for k in range(1, columns)],
        ],
        model=linear([[0.01] * columns]),
        metrics={},
    )


def undecided(api):
    """A sample of two classes for which both remain possible: somewhere on the way from one example to the other."""
    model = api.application._store.current().model
    first, second = (
        [example["features"][name] for name in model.columns.names] for example in model.parameters.examples
    )
    ways = ([a + (b - a) * k / 1000 for a, b in zip(first, second, strict=True)] for k in range(1001))
    return next(sample for sample in ways if len(model.predict(sample)[2]) == 2)
