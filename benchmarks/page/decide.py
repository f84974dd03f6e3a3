"""The first screen of docs/performance.md: the three sentences that a user decides by, from the figures below them."""

from __future__ import annotations

from benchmarks.scale import per_million

BATCH = 100
# Two of Fargate's smallest tasks (0.25 vCPU, 0.5 GB) behind a load balancer, dollars a month; noted from memory, as
# the prices in scale.py are.
CONTAINERS_A_MONTH = 2 * 9.01 + 16.43
SECONDS_A_MONTH = 730 * 3_600


def sentences(results: dict) -> str:
    """Against a container with scikit-learn, against ONNX Runtime, and from where on something else is better."""
    return "\n\n".join([_against_scikit_learn(results), _against_onnx_runtime(results), _something_else(results)])


def rate() -> float:
    """Requests a second, day and night, from which two small containers cost less than the function's HTTP API.

    Logs and what goes out cost the same on both ways.
    """
    parts = per_million("arm64", "HTTP API")
    dollars = parts["requests"] + parts["compute"] + parts["front door"]
    return CONTAINERS_A_MONTH / (dollars / 1e6) / SECONDS_A_MONTH


def crossing(sizes: list[dict], key: str) -> int | None:
    """Nodes from which ONNX Runtime takes less time than we do, between the two sizes measured; None: never."""
    previous = None
    for size in sizes:
        lead = size["us"]["onnx_runtime"][key] - size["us"]["ours"][key]
        if lead < 0:
            if previous is None:
                return size["nodes"]
            nodes, led = previous
            return round(nodes + (size["nodes"] - nodes) * led / (led - lead))
        previous = size["nodes"], lead
    return None


def _both(results: dict, name: str) -> list[tuple[float, float, float]]:
    """Ours and another's: µs of one sample, ms of import and first answer, MB."""
    both = [results["handlers"][each] for each in ("ours", name)]
    return [(each["warm"]["single"]["us"][0], each["cold_ms"][0], each["memory_mb"][0]) for each in both]


def _against_scikit_learn(results: dict) -> str:
    (warm, cold, memory), (their_warm, their_cold, their_memory) = _both(results, "sklearn_joblib")
    return (
        f"**Against a container with scikit-learn:** the same probabilities, {their_cold / cold:,.0f} times as soon after a "
        f"cold start ({cold:,.0f} ms instead of {their_cold:,.0f}), {their_warm / warm:,.0f} times as fast for one sample "
        f"({warm:,.0f} µs instead of {their_warm:,.0f}) and in {memory:,.0f} MB instead of {their_memory:,.0f}; every "
        "other estimator, and training itself, need scikit-learn."
    )


def _against_onnx_runtime(results: dict) -> str:
    (warm, cold, memory), (their_warm, their_cold, their_memory) = _both(results, "onnx_runtime")
    forest = results["kinds"]["kinds"]["forest"]
    trees, their_trees = (forest["handlers"][name]["us"] for name in ("ours", "onnx_runtime"))
    return (
        f"**Against ONNX Runtime:** {their_cold / cold:,.0f} times as soon after a cold start, in {memory:,.0f} MB instead of "
        f"{their_memory:,.0f}, and in 64-bit numbers; a warm sample of a linear model takes {warm:,.0f} µs with its checks "
        f"and its log line, there {their_warm:,.0f} without; of a forest with {forest['nodes']:,} nodes {trees:,.0f}, "
        f"there {their_trees:,.0f}."
    )


def _something_else(results: dict) -> str:
    sizes = results["kinds"]["nodes"]
    one, many = (_from(sizes, key) for key in ("single", str(BATCH)))
    return (
        f"**Something else is better:** for warm time alone ONNX Runtime on forests, for one sample {one}, in batches of "
        f"{BATCH} {many}; for money two small containers behind a load balancer, from about "
        f"{rate():,.0f} requests a second on, day and night (behind an HTTP API; a REST API sooner, a Function URL later); "
        "for many rows at once [bulk scoring](bulk.md)."
    )


def _from(sizes: list[dict], key: str) -> str:
    nodes = crossing(sizes, key)
    if nodes is None:
        return f"at no size up to {sizes[-1]['nodes']:,} nodes"
    return "at every size" if nodes == sizes[0]["nodes"] else f"from about {nodes:,} nodes on"
