"""One small model of every kind that the artefact can hold, with every field that it can have."""

from tests.small_models import MORE, REGRESSION, category, linear, model, number

TREES = {
    "kind": "trees",
    "nodes": [0, -1, 1, -2, -3],
    "thresholds": [0.5, 1.5],
    "leaves": [[-1.0], [0.25], [2.0]],
    "start": [0.0],
    "divide_by": 1,
}
FOREST = {**TREES, "leaves": [[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]], "start": [0.0, 0.0]}
CURVE = {"kind": "isotonic", "x": [-1.0, 1.0], "y": [0.1, 0.9]}
SIGMOID = {"kind": "sigmoid", "a": -1.0, "b": 0.5}
EXAMPLE = {"label": "benign", "features": {"width": 1.0, "length": 2.0}}
SHARES = {"undecided": 0.1, "out_of_range": 0.02, "input_suspect": 0.005, "by_class": [0.4, 0.6]}
COLOURS = category("width", missing=[0.5], unseen=[0.0])
KINDS = {
    "linear": model(
        examples=[EXAMPLE],
        expected_shares=SHARES,
        ordered_pairs=[[0, 1]],
        conformal_thresholds={"0.99": [0.1, 0.2]},
        decision_threshold=0.25,
    ),
    "three classes": model(
        target_names=["a", "b", "c"], model=linear([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], [0.0] * 3), link=MORE
    ),
    "categories": model(columns=[COLOURS, number("length", missing=[0.0, 1.0])], model=linear([[1.0, 1.0, 0.5]]),
                        rows=[["red", 1.0], [None, None], ["green", 2.0], ["blue", 0.0], ["red", 0.0]]),
    "regression": model(**REGRESSION, interval={"coverage": 0.9, "half_width": 2.0}),
    "trees": model(model=TREES, columns=[number("width", missing="sides"), number("length")],
                   link={"kind": "softmax", "decides": "from_zero"}),
    "calibrated": model(model=linear([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]),
                        link={"kind": "calibrated", "decides": "largest", "curves": [[CURVE], [SIGMOID]]}),
    "forest": model(model=FOREST, link={"kind": "shares", "decides": "largest"}),
    "trees of a regression": model(**REGRESSION, model=TREES, interval={"coverage": 0.9, "half_width": 2.0}),
    "logarithmic": model(**{**REGRESSION, "link": {"kind": "exp"}}, interval={"coverage": 0.9, "half_width": 2.0}),
}  # fmt: skip
