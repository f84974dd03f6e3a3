"""The shipped example's data set."""

from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np
from sklearn.datasets import load_breast_cancer

from training.data.dataset import Dataset, default_spellings, snake_case

EXAMPLE = "Breast Cancer Wisconsin (Diagnostic)"
# scikit-learn says "mean radius", "radius error", "worst radius"; the public CSV radius_mean, radius_se, radius_worst
CSV_SUFFIXES = {"mean": "mean", "error": "se", "worst": "worst"}

INTENDED_USE = (
    "Research and teaching: an example of a small, honestly evaluated classifier behind an API. It is not a medical "
    "device and must not be used to diagnose anybody."
)
LIMITATIONS = (
    "569 patients of one hospital (University of Wisconsin, no later than 1993): other hospitals, needles, microscopes "
    "and populations were never tested.",
    "The measurements come from outlines that a person began and software fitted; another way of drawing them gives other "
    "numbers.",
    "The sample holds 37 % malignant cases, far more than a screening population: probabilities must be recalibrated "
    "where the disease is rarer.",
    "Age, sex, ethnicity and history are not in the data: fairness between groups could not be measured.",
    "With 212 malignant cases a sensitivity of 99 % cannot be certified: 299 cases without a miss would be needed.",
)

REFERENCES = (
    "Wolberg, W., Street, W., Heisey, D., & Mangasarian, O. (1995). Computer-derived nuclear features distinguish "
    "malignant from benign breast cytology. Human Pathology, 26(7), 792-796: cross-validated accuracy 96.2 % with "
    "logistic regression, 97.5 % with MSM-T.",
)
ABOUT = (
    "a consecutive series of 569 patients, complete when its first clinical paper was handed in, on 9 September 1993 "
    "(Wolberg, W., Street, W., & Mangasarian, O. (1994). Machine learning techniques to diagnose breast cancer from "
    "image-processed nuclear features of fine needle aspirates. Cancer Letters, 77, 163-171); when it began is not "
    "documented. UCI got it in November 1995, from Nick Street",
    "how the cells were outlined and measured: Street, W., Wolberg, W., & Mangasarian, O. (1993). Nuclear feature "
    "extraction for breast tumor diagnosis. Proc. SPIE 1905, 861-870",
)
OUT_OF_SCOPE = (
    "Diagnosis, triage or screening of anybody.",
    "Cells that were sampled, stained, photographed or outlined otherwise, and measurements by other software.",
    "Masses that nobody would have sampled: every patient of the series had one that was.",
)


def breast_cancer() -> Dataset:
    """Breast Cancer Wisconsin (Diagnostic), 569 × 30, from scikit-learn's own copy: nothing is downloaded.

    Class 0 is malignant and class 1 benign (scikit-learn's coding); the class of interest is malignant.
    """
    bunch = load_breast_cancer()
    names = tuple(str(name) for name in bunch.feature_names)
    content = resources.files("sklearn.datasets.data").joinpath("breast_cancer.csv").read_bytes()
    return Dataset(
        name=EXAMPLE,
        description="Tells malignant from benign breast masses by 30 measurements of their cell nuclei.",
        features=np.ascontiguousarray(bunch.data, dtype=np.float64),
        targets=np.asarray(bunch.target, dtype=np.int64),
        feature_names=names,
        target_names=tuple(str(name) for name in bunch.target_names),
        class_of_interest=0,
        feature_spellings=_breast_cancer_spellings(names),
        sha256=hashlib.sha256(content).hexdigest(),
        source="scikit-learn's copy of the UCI Machine Learning Repository's data set, doi:10.24432/C5DW2B, CC BY 4.0",
        citation=(
            "Wolberg, W., Mangasarian, O., Street, N., & Street, W. (1993). Breast Cancer Wisconsin (Diagnostic) "
            "[Dataset]. UCI Machine Learning Repository. https://doi.org/10.24432/C5DW2B"
        ),
        intended_use=INTENDED_USE,
        limitations=LIMITATIONS,
        target_name="diagnosis",
        references=REFERENCES,
        is_public=True,
        subgroups_by=("mean radius", "malignant nuclei are larger on the whole, so that small ones may be missed"),
        about=ABOUT,
        out_of_scope=OUT_OF_SCOPE,
        contact="Questions, and mistakes that you find: an issue in the repository that this card comes from.",
    )


def _breast_cancer_spellings(names: tuple[str, ...]) -> dict[str, list[str]]:
    """Snake case and the public CSV's spelling: `worst concave points` is `concave points_worst` there."""
    spellings = default_spellings(names)
    for name in names:
        first, rest = name.split(" ", 1)
        if first in ("mean", "worst"):
            statistic, quantity = first, rest
        else:
            quantity, statistic = name.rsplit(" ", 1)
        if quantity == "fractal dimension":  # the one quantity the CSV joins with an underscore
            quantity = snake_case(quantity)
        spelling = f"{quantity}_{CSV_SUFFIXES[statistic]}"
        spellings[name] = list(dict.fromkeys([*spellings[name], spelling, spelling.replace(" ", "_")]))
    return spellings
