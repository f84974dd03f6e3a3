"""The last step of a run: count for itself, name what is missing, and only then say that the run is done."""

from typing import Any

from lambda_app.bulk.errors import RunFailed
from lambda_app.bulk.machine.objects import in_threads
from lambda_app.bulk.machine.run import DONE, FAILED, PLAN, PREDICTIONS, REJECTS, SUMMARY, Run, Stores, part_name

SHOWN_PARTS = 5


def finish(run: Run, stores: Stores) -> dict[str, Any]:
    """The run's summary, written as `summary.json`: its presence is success. Raises RunFailed."""
    done = _sizes(run, stores, DONE)
    missing = [number for number in range(run.parts) if part_name(number) not in done]
    if missing:
        raise RunFailed(_missing(run, stores, missing))
    markers = in_threads(
        stores.output.document, [stores.key(run, DONE, f"{part_name(n)}.json") for n in range(run.parts)]
    )
    written = {folder: _sizes(run, stores, folder) for folder in (PREDICTIONS, REJECTS)}
    total: dict[str, Any] = {}
    for number, marker in enumerate(markers):
        name = part_name(number)
        if marker["rows"] != marker["predictions"] + marker["rejects"]:
            raise RunFailed(
                f"Part {number}: its rows are not its predictions and rejects. Delete its marker and start again."
            )
        for folder, size in marker["bytes"].items():
            if written[folder].get(name, 0) != size:
                raise RunFailed(
                    f"Part {number}: {folder}/{name} is not what the part wrote. Delete its marker and start again."
                )
        _add(total, marker)
    rejected = 100 * total["rejects"] / max(total["rows"], 1)
    if rejected > run.maximum_rejected_percent:
        raise RunFailed(
            f"{total['rejects']:,} of {total['rows']:,} rows were rejected, {rejected:.2f} %; "
            f"maximum_rejected_percent is {run.maximum_rejected_percent:g}. Everything was written; rejects/ says why."
        )
    plan = stores.output.document(stores.key(run, PLAN))
    total["by_label"] = dict(zip(plan["labels"], total["by_label"], strict=True))
    summary = stores.key(run, SUMMARY)
    stores.output.put_document(summary, {**plan, **total, "rejected_percent": rejected})
    shown = {name: total[name] for name in ("rows", "predictions", "rejects")}
    return {**shown, "summary": stores.output.name(summary)}


def _sizes(run: Run, stores: Stores, folder: str) -> dict[str, int]:
    found = stores.output.listing(stores.key(run, folder, ""))
    return {item["Key"].rpartition("/")[2].partition(".")[0]: item["Size"] for item in found}


def _missing(run: Run, stores: Stores, missing: list[int]) -> str:
    named = ", ".join(map(str, missing[:SHOWN_PARTS])) + (" …" if len(missing) > SHOWN_PARTS else "")
    known = _sizes(run, stores, FAILED)
    reasons = [
        stores.output.document(stores.key(run, FAILED, f"{part_name(number)}.json"))["reason"]
        for number in missing[:SHOWN_PARTS]
        if part_name(number) in known
    ]
    again = "Start again with the same input: what is done is not done twice."
    return " ".join([f"{len(missing)} of {run.parts} parts are missing: {named}.", *reasons, again])


def _add(total: dict[str, Any], marker: dict[str, Any]) -> None:
    for name, value in marker.items():
        if isinstance(value, list):
            total[name] = [a + b for a, b in zip(total.get(name, [0] * len(value)), value, strict=True)]
        elif isinstance(value, int) and name != "part":
            total[name] = total.get(name, 0) + value
