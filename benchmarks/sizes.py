"""What must be deployed for a handler: its own files and the distributions it needs, unpacked and zipped."""

from __future__ import annotations

import io
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deployment.package import SOURCE, files

DISTRIBUTIONS = {
    "sklearn_joblib": ["scikit-learn", "joblib"],
    "numpy_dot": ["numpy"],
    "onnx_runtime": ["onnxruntime"],
    "powertools_pydantic": ["aws-lambda-powertools", "pydantic"],
    "fastapi_mangum": ["fastapi", "mangum", "scikit-learn", "joblib"],
}
MODEL_FILES = {
    "sklearn_joblib": "pipeline.joblib",
    "numpy_dot": "weights.json",
    "onnx_runtime": "pipeline.onnx",
    "m2cgen_code": "generated.py",
    "powertools_pydantic": "weights.json",
    "fastapi_mangum": "pipeline.joblib",
}


def size(handler: str, models: Path) -> dict[str, float]:
    """Megabytes (10^6 bytes) unpacked and zipped; byte code caches are left out, as good packages leave them out."""
    paths = list(files(SOURCE)) if handler == "ours" else [Path(__file__).parent / "handlers" / f"{handler}.py"]
    if handler in MODEL_FILES:
        paths.append(models / MODEL_FILES[handler])
    for name in _closure(DISTRIBUTIONS.get(handler, [])):
        located = [file.locate() for file in distribution(name).files or []]
        paths += [Path(path) for path in located if path.suffix != ".pyc" and path.is_file()]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for number, path in enumerate(paths):
            package.write(path, f"{number}/{path.name}" if handler != "ours" else path.relative_to(SOURCE.parent))
    return {"unpacked": sum(path.stat().st_size for path in paths) / 1e6, "zipped": len(archive.getvalue()) / 1e6}


def _closure(names: list[str]) -> set[str]:
    """The distributions and all that they need here, extras aside."""
    found: set[str] = set()
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        requirements = map(Requirement, distribution(name).requires or [])
        needed = (r for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""}))
        waiting += [canonicalize_name(requirement.name) for requirement in needed]
    return found
