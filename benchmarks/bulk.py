"""How fast a file is scored: `python -m benchmarks.bulk` prints the table of docs/bulk.md. Needs requirements-dev.txt.

Each way reads the same CSV file (an id and 30 columns a row) and writes a file, in a process of its own. Rows a second are
of processor time, start included, the best of three; memory is the process's largest.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import ONE_THREAD
from lambda_app.model.store import read_packaged

ROOT = Path(__file__).resolve().parent.parent
TRIES = 3
FLOOR = """
import csv, sys
with open(sys.argv[1], newline="") as source, open(sys.argv[2], "w", newline="") as target:
    csv.writer(target).writerows(csv.reader(source))
"""
PANDAS = """
import sys
import pandas
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
data = load_breast_cancer()
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(data.data, data.target)
rows = pandas.read_csv(sys.argv[1])
scored = rows[["id"]].assign(label=model.predict(rows.iloc[:, 1:].to_numpy()))
scored[["p0", "p1"]] = model.predict_proba(rows.iloc[:, 1:].to_numpy())
scored.to_csv(sys.argv[2], index=False)
"""
COMMAND = """
import sys
from lambda_app.score import main
sys.exit(main([*sys.argv[1:], "--keep", "id"]))
"""
WAYS = {
    "reading and writing the file: `csv` alone": FLOOR,
    "`python -m lambda_app.score`": COMMAND,
    "pandas and scikit-learn, the whole file in memory": PANDAS,
}


def write_rows(path: Path, count: int) -> None:
    """Rows around the model's golden ones, so that they are as long and as good as real ones."""
    golden = [row["features"] for row in read_packaged().parameters.golden_rows]
    chance = random.Random(1)
    with path.open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *read_packaged().columns.names])
        for number in range(count):
            base = golden[number % len(golden)]
            writer.writerow([number, *(f"{value * chance.uniform(0.95, 1.05):.6g}" for value in base)])


def measure(program: str, source: Path, target: Path) -> tuple[float, float]:
    """Processor seconds and largest megabytes of one run."""
    command = [sys.executable, "-c", program, str(source), str(target)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ONE_THREAD}, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command[:2])
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def table(count: int) -> str:
    """The ways as a table."""
    lines = ["| way | rows a second | × the floor's time | memory, MB |", "|---|--:|--:|--:|"]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "rows.csv", Path(folder) / "scored.csv"
        write_rows(source, count)
        floor = 0.0
        for name, program in WAYS.items():
            runs = [measure(program, source, target) for _ in range(TRIES)]
            seconds, memory = min(run[0] for run in runs), max(run[1] for run in runs)
            floor = floor or seconds
            lines.append(f"| {name} | {count / seconds:,.0f} | {seconds / floor:.2f} | {memory:,.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk", description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    print(table(parser.parse_args().rows))
