"""Rows to score, and what the API's handler says of each: the oracle of every test here."""

from __future__ import annotations

import csv
import io
import json
import random

from lambda_app.bulk.scoring import Scorer
from lambda_app.lambda_function import lambda_handler

SCORER = Scorer.packaged()
MODEL = SCORER.loaded
BATCH = 2_000

# Cells that make a row a reject, and the code of its first problem.
FAULTS = {
    "": "not_a_number",
    "n/a": "not_a_number",
    "twelve": "not_a_number",
    "1_000": "not_a_number",
    "١٢": "not_a_number",
    "0x1F": "not_a_number",
    "1e999": "number_out_of_range",
    "inf": "number_out_of_range",
}


def samples(count, seed=1):
    """Rows of every kind: inside the training ranges, outside them, in the wrong order."""
    chance = random.Random(seed)
    rows = []
    golden = [row["features"] for row in MODEL.model.parameters.golden_rows]
    for number in range(count):
        base = golden[number % len(golden)]
        row = [float(f"{value * chance.uniform(0.8, 1.25):.6g}") for value in base]
        if number % 50 == 7:
            row.reverse()
        if number % 40 == 3:
            row[chance.randrange(len(row))] *= 30
        rows.append(row)
    return rows


def csv_text(rows, names=None, first_id=0):
    """CSV with an id before the model's columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", *(names or SCORER.names)])
    writer.writerows([f"p{first_id + number}", *row] for number, row in enumerate(rows))
    return out.getvalue()


def answers(rows):
    """What the handler answers, sample by sample."""
    found = []
    for first in range(0, len(rows), BATCH):
        batch = rows[first : first + BATCH]
        event = {"instances": batch}
        found += json.loads(lambda_handler(event, None)["body"])["predictions"]
    return found


def as_cells(answer):
    """An answer as the cells of its line, without what is kept."""
    warnings = [w["code"] + (f":{w['feature']}" if w["feature"] else "") for w in answer["warnings"]]
    return [
        str(answer["prediction"]),
        answer["label"],
        *map(repr, answer["probabilities"].values()),
        "|".join(answer["prediction_set"]),
        "|".join(warnings),
    ]
