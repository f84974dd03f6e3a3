"""The whole function around odd artefacts: 503 or an answer at every route, never a crash and never a 500.

tests/serving/model/test_format_checks.py has every odd value at every place before the gate; here a share of them goes all the way.
"""

import json
from itertools import cycle

import pytest

from lambda_app.lambda_function import Application
from tests.serving.model.test_format_checks import (
    KINDS,
    ODD,
    changed,
    double,
    drop,
    fields_of,
    judged,
    places,
    put,
    sealed,
)
from tests.tools.small_requests import request

EACH_PLACE = 4  # changes, in turn
CHANGES = [*map(put, ODD), drop, double]


def requests(fields):
    """Every route, and predictions of the model's own row and of values at the end of what floats can be."""
    row = fields["golden_rows"][0]["features"]
    extreme = [value if isinstance(value, str) else 1.7e308 for value in row]
    names = [column["name"] for column in fields["columns"]]
    bodies = [
        {"features": row},
        {"instances": [row, extreme], "explain": True},
        {"features": dict(zip(names, extreme, strict=True)), "explain": True},
    ]
    paths = ["/", "/health", "/model", "/openapi.json"]
    return [*map(request, paths), *(request(body=body) for body in bodies)]


def check(application, fields):
    for event in requests(fields):
        response = application.handle(event, None)
        assert response["statusCode"] < 500, (event["path"], event["body"])
        if response["headers"]["Content-Type"].endswith("json"):
            json.loads(response["body"], parse_constant=pytest.fail)


@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_artefact_is_refused_or_serves_every_route(kind, tmp_path):
    path = tmp_path / "model.json"
    changes = cycle(CHANGES)
    served = refused = 0
    for place in places(fields_of(kind)):
        for change in [next(changes) for _ in range(EACH_PLACE if place else 0)]:
            fields = changed(fields_of(kind), place, change)
            path.write_text(sealed(fields), "ascii")
            application = Application(str(path))
            if judged(fields):
                served += 1
                check(application, fields)
            else:
                refused += 1
                assert application.handle(request("/health"), None)["statusCode"] == 503
    assert served
    assert refused > served
