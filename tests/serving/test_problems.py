"""lambda_app.problems: what a caller is told."""

import json

import pytest

from lambda_app import problems
from lambda_app.problems import InvalidContent, Problem

EVERY = [
    problems.UnsupportedEvent(),
    problems.EmptyBody(),
    problems.InvalidEncoding(),
    problems.MalformedJson(2, 3),
    problems.TooDeep(),
    problems.InvalidContent([{"code": "wrong_type", "detail": "It is wrong.", "pointer": "/features"}]),
    problems.NotFound(["/predict"]),
    problems.MethodNotAllowed(["GET", "HEAD"]),
    problems.BodyTooLarge(5),
    problems.TooManyValues(50, "objects"),
    problems.BatchTooLarge(1000, True),
    problems.BatchTooLarge(10_000, False),
    problems.AnswerTooLarge(),
    problems.UnsupportedMediaType(),
    problems.InternalError(),
    problems.ModelUnavailable(30),
]


def test_every_kind_of_problem_is_tried_here():
    assert {type(problem) for problem in EVERY} == set(Problem.__subclasses__())


@pytest.mark.parametrize("problem", EVERY, ids=lambda problem: type(problem).__name__)
def test_a_problem_is_the_document_that_rfc_9457_describes(problem):
    text = problem.to_json("id-1")
    document = json.loads(text)

    assert list(document)[:6] == ["type", "title", "status", "detail", "code", "request_id"]
    assert set(document) <= {"type", "title", "status", "detail", "code", "request_id", "errors"}
    assert (document["type"], document["status"], document["request_id"]) == ("about:blank", problem.status, "id-1")
    assert document["detail"].endswith(".")
    assert text.isascii()
    assert problem.code in problems.ERRORS


@pytest.mark.parametrize(
    ("problem", "headers"),
    [
        (problems.MethodNotAllowed(["GET", "HEAD"]), {"Allow": "GET, HEAD"}),
        (problems.UnsupportedMediaType(), {"Accept": "application/json"}),
        (problems.ModelUnavailable(30), {"Retry-After": "30"}),
        (problems.EmptyBody(), {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_to_do_next_is_in_the_headers(problem, headers):
    assert problem.headers == headers


def test_curl_users_are_told_which_header_to_add():
    assert "-H 'Content-Type: application/json'" in problems.UnsupportedMediaType().detail


def test_a_large_batch_is_told_the_limit_that_it_broke():
    assert "at most 10000 samples." in problems.BatchTooLarge(10_000, False).detail
    assert "at most 1000 samples when explain is true." in problems.BatchTooLarge(1_000, True).detail


def errors(count):
    return [{"code": f"code_{i}", "detail": f"Problem {i}.", "pointer": f"/features/{i}"} for i in range(count)]


def test_one_error_is_the_whole_problem():
    problem = InvalidContent(errors(1))
    assert (problem.code, problem.detail, problem.errors) == ("code_0", "Problem 0.", errors(1))


def test_several_errors_are_counted_and_the_first_one_leads():
    problem = InvalidContent(errors(3))
    assert (problem.code, problem.detail) == ("code_0", "Problem 0. (3 problems in all, see errors.)")


def test_a_hundred_errors_may_not_be_all():
    assert InvalidContent(errors(100)).detail == "Problem 0. (The first 100 problems, see errors.)"
