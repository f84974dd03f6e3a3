"""Short runs of the load test; `make load` is the long one."""

from tests.runtime import load


def test_concurrent_clients_of_several_processes_get_the_right_answers():
    assert load.hammer(processes=3, clients=6, requests=300) == 0


def test_a_killed_runtime_costs_one_request_at_most_and_is_back_at_once():
    results = load.kill(4)
    assert max(failed for failed, _ in results) <= load.FAILURES_A_KILL
    assert sorted(seconds for _, seconds in results)[1] <= load.BACK_SECONDS  # the machine may be busy once or twice
