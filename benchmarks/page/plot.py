"""The plot of docs/performance.md: four small bar charts with logarithmic scales, shorter bars are better."""

from __future__ import annotations

from pathlib import Path

NAMES = {
    "ours": "this project",
    "m2cgen_code": "m2cgen's code",
    "numpy_dot": "numpy",
    "onnx_runtime": "ONNX Runtime",
    "powertools_pydantic": "Powertools + pydantic",
    "sklearn_joblib": "scikit-learn + joblib",
    "fastapi_mangum": "FastAPI + Mangum\n+ scikit-learn",
}
OURS, VALIDATING, OTHERS = "#1b6e3c", "#c2601c", "#9aa3ab"
CHECKS_INPUT = ("ours", "powertools_pydantic", "fastapi_mangum")


def write(results: dict, path: Path) -> None:
    """Draw warm time, cold start, memory and size, each handler a bar."""
    import matplotlib  # only here; measuring does not need it

    matplotlib.use("agg")
    from matplotlib import pyplot

    handlers, sizes = results["handlers"], results["sizes"]
    charts = {
        "warm prediction, µs": lambda name: handlers[name]["warm"]["single"]["us"][0],
        "import + first answer, ms": lambda name: handlers[name]["cold_ms"][0],
        "peak memory, MB": lambda name: handlers[name]["memory_mb"][0],
        "package, zipped, MB": lambda name: sizes[name]["zipped"],
    }
    figure, axes = pyplot.subplots(1, len(charts), figsize=(11, 3.1), sharey=True, layout="constrained")
    for axis, (title, value) in zip(axes, charts.items(), strict=True):
        _bars(axis, title, [value(name) for name in NAMES])
    axes[0].set_yticks(range(len(NAMES)), list(NAMES.values()), fontsize=8)
    axes[0].invert_yaxis()
    figure.supxlabel("logarithmic scales, less is better · green and orange check their input, grey do not", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _bars(axis, title: str, values: list[float]) -> None:
    colours = [OURS if name == "ours" else VALIDATING if name in CHECKS_INPUT else OTHERS for name in NAMES]
    bars = axis.barh(range(len(values)), values, color=colours)
    axis.bar_label(
        bars, [f"{value:.3g}" if value < 100 else f"{value:,.0f}" for value in values], padding=2, fontsize=8
    )
    axis.set_xscale("log")
    axis.set_xlim(min(values) / 2, max(values) * 6)
    axis.set_title(title, fontsize=9)
    axis.tick_params(axis="x", labelsize=7)
    axis.spines[["top", "right"]].set_visible(False)
