"""A model ready to predict: columns → model → link → prediction set or interval. It proves itself by golden rows.

Words: values are what a caller sends (n, in column order), numbers what the model sees of them (m), scores what it
makes of those (R). An undecided sample is one whose prediction set does not hold exactly one label.
"""

from __future__ import annotations

from lambda_app.model.artefact.format_checks import CLASSIFICATION, MISFITS, InvalidModel, require
from lambda_app.model.columns import SIDES, Columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.model.artefact.model_parameters import ModelParameters
    from lambda_app.model.classifier import Classifier
    from lambda_app.model.linear import Linear
    from lambda_app.model.regressor import Regressor
    from lambda_app.model.trees import Trees

    Model = Classifier | Regressor
    Scorer = Linear | Trees

GOLDEN_TOLERANCE = 1e-12  # of a probability; of a number, times its size where that is more than 1


def load(parameters: ModelParameters) -> Model:
    """The model, proved. Raises InvalidModel whatever is wrong with it: nothing else can come out of an artefact."""
    try:
        return _proved(unproved(parameters))
    except InvalidModel:
        raise
    except MISFITS as error:
        raise InvalidModel("the model's numbers do not fit together") from error


def unproved(parameters: ModelParameters) -> Model:
    """The model as the artefact describes it; only what it needs is imported. For `load` and for tests."""
    columns = Columns(parameters.columns)
    scorer = _scorer(parameters, columns)
    model: Model
    if parameters.task == CLASSIFICATION:
        from lambda_app.model.classifier import Classifier

        model = Classifier(parameters, columns, scorer)
    else:
        from lambda_app.model.regressor import Regressor

        model = Regressor(parameters, columns, scorer)
    count = model.score_count
    require(len(scorer.scores(columns.reference)) == count, f"the model must have {count} score(s)")
    return model


def _scorer(parameters: ModelParameters, columns: Columns) -> Scorer:
    kind = parameters.model.get("kind")
    if kind == "linear":
        from lambda_app.model.linear import Linear

        require(all(column["missing"] != SIDES for column in parameters.columns), '"sides" are for trees only')
        return Linear(parameters.model, columns)
    require(kind == "trees", "the model must be of a kind that this code knows")
    from lambda_app.model.trees import Trees

    return Trees(parameters.model, columns)


def _proved(model: Model) -> Model:
    """The model again, if it answers its golden rows as scikit-learn did, and takes its examples."""
    parameters = model.parameters
    for row in parameters.golden_rows:
        prediction: Any = model.predict(_acceptable(model.columns, row["features"]))
        if parameters.task == CLASSIFICATION:
            pairs, expected = zip(prediction[1], row["probabilities"], strict=True), "probabilities"
        else:
            pairs, expected = zip(prediction[:1], [row["prediction"]], strict=True), "predictions"
        if any(not abs(ours - theirs) <= GOLDEN_TOLERANCE * max(1, abs(theirs)) for ours, theirs in pairs):
            raise InvalidModel(f"the model does not reproduce scikit-learn's {expected} for its golden rows")
    for example in parameters.examples:
        _acceptable(model.columns, [example["features"][name] for name in model.columns.names])
    return model


def _acceptable(columns: Columns, values: list[Any]) -> list[float]:
    numbers = columns.numbers(values)
    if numbers is None:
        raise InvalidModel("the model does not accept its own golden rows or examples")
    return numbers
