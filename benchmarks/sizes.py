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
    "sklearn_table": ["scikit-learn", "joblib", "pandas"],
    "onnx_runtime": ["onnxruntime"],
    "onnx_table": ["onnxruntime"],
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
    paths += installed(DISTRIBUTIONS.get(handler, [])).values()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for number, path in enumerate(paths):
            package.write(path, f"{number}/{path.name}" if handler != "ours" else path.relative_to(SOURCE.parent))
    return {"unpacked": sum(path.stat().st_size for path in paths) / 1e6, "zipped": len(archive.getvalue()) / 1e6}


def installed(names: list[str]) -> dict[str, Path]:
    """The files of these distributions and of all that they need, by their places in a package; no bytecode."""
    found = {}
    for name in _closure(names):
        for file in distribution(name).files or []:
            path = Path(file.locate())
            if ".." not in file.parts and path.suffix != ".pyc" and path.is_file():
                found[str(file)] = path
    return found


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
