"""`python -m lambda_app.score`: every row is the handler's answer or a reject, whole files or none."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lambda_app import score
from lambda_app.bulk.rows import lines
from tests.bulk.files import FAULTS, SCORER, answers, as_cells, csv_text, samples
from tests.tools.own_model import OWN

ROOT = Path(__file__).parents[2]


def run(tmp_path, content, *options, name="in.csv", out="out.csv", status=0):
    """The command in this process: cells of OUT (or its objects), and the rejects."""
    source = tmp_path / name
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    target = tmp_path / out
    assert score.main([str(source), str(target), *options]) == status
    rejects = Path(f"{target}.rejects.jsonl")
    refused = [json.loads(line) for line in rejects.read_text().splitlines()] if rejects.exists() else []
    assert not [*tmp_path.glob("*.partial")]
    if not target.exists():
        return None, refused
    text = target.read_text()
    return (
        list(csv.reader(io.StringIO(text))) if out.endswith("csv") else list(map(json.loads, text.splitlines()))
    ), refused


def test_every_row_is_the_handlers_answer_bit_for_bit(tmp_path):
    rows = samples(3_000)
    found, refused = run(tmp_path, csv_text(rows), "--keep", "id")
    header = ["id", "prediction", "label", "probability_malignant", "probability_benign", "prediction_set", "warnings"]
    assert found[0] == header
    assert found[1:] == [[f"p{n}", *as_cells(answer)] for n, answer in enumerate(answers(rows))]
    assert refused == []


def test_json_lines_are_the_handlers_objects_whether_lists_or_by_name(tmp_path):
    rows = samples(400)
    listed = "\n".join(map(json.dumps, rows))
    named = "\n".join(json.dumps({"n": 7, **dict(zip(SCORER.names, row, strict=True))}) for row in rows)
    from_names, _ = run(tmp_path, named, "--keep", "n", name="named.jsonl", out="named_out.jsonl")
    assert from_names == [{"n": 7, **answer} for answer in answers(rows)]
    from_lists, refused = run(tmp_path, listed, name="in.jsonl", out="out.jsonl")
    assert from_lists == answers(rows)
    assert refused == []


def test_a_faulty_cell_rejects_its_row_and_no_other_and_shows_no_value(tmp_path):
    rows = samples(4 * len(FAULTS))
    text = csv_text(rows).splitlines()
    for number, cell in enumerate(FAULTS):
        cells = text[4 * number + 1].split(",")
        cells[1 + number] = cell
        text[4 * number + 1] = ",".join(cells)
    found, refused = run(tmp_path, "\n".join(text) + "\n", "--keep", "id")
    good = [number for number in range(len(rows)) if number % 4]
    expected = answers(rows)
    assert found[1:] == [[f"p{number}", *as_cells(expected[number])] for number in good]
    assert [reject["row_in_part"] for reject in refused] == [4 * number for number in range(len(FAULTS))]
    body = "\n".join(text).encode()
    for number, (reject, code) in enumerate(zip(refused, FAULTS.values(), strict=True)):
        assert body[reject["byte_offset"] :].startswith(f"p{4 * number},".encode())
        [error] = reject["errors"]
        assert (error["code"], error["pointer"]) == (code, f"/features/{SCORER.names[number]}")
    written = json.dumps(refused)
    assert not [cell for cell in FAULTS if (cell and json.dumps(cell) in written) or "twelve" in written]


LINE = csv_text(samples(1)).splitlines()[1].encode()
FAULTY_LINES = {
    "one cell short": (LINE.rpartition(b",")[0], "wrong_length"),
    "a stray quote": (b'"' + LINE, "malformed_line"),
    "a line break in quotes": (b'"p\n1",' + LINE.partition(b",")[2], "malformed_line malformed_line"),
    "another encoding": ("ü".encode("latin-1") + LINE, "invalid_encoding"),
    "longer than a mebibyte": (b"x" * (lines.MAXIMUM_LINE_BYTES + 1), "line_too_long"),
    "a carriage return inside": (LINE.replace(b",", b",\r", 1), "malformed_line"),
}


@pytest.mark.parametrize("name", FAULTY_LINES)
def test_a_faulty_line_is_rejected_and_its_neighbours_are_not(tmp_path, name):
    faulty, codes = FAULTY_LINES[name]
    header = csv_text([]).encode()
    found, refused = run(tmp_path, header + LINE + b"\n" + faulty + b"\n" + LINE + b"\n", "--keep", "id")
    assert len(found) == 3
    assert found[1] == found[2]
    assert [reject["errors"][0]["code"] for reject in refused] == codes.split()
    assert refused[0]["row_in_part"] == 1


def test_quotes_carriage_returns_blanks_and_a_byte_order_mark_are_no_faults(tmp_path):
    rows = samples(20)
    plain, _ = run(tmp_path, csv_text(rows), "--keep", "id")
    quoted = "\ufeff" + "".join(f'"{line}"\r\n'.replace(",", '","') for line in csv_text(rows).splitlines())
    spaced, refused = run(tmp_path, quoted.replace('"\r\n', '"\r\n\r\n'), "--keep", "id")
    assert spaced == plain
    assert refused == []


def test_columns_in_another_order_and_spelling_are_the_same(tmp_path):
    rows = samples(30)
    spellings = {position: spelling for spelling, position in SCORER.positions.items()}
    names = [spellings[position] for position in range(len(SCORER.names))][::-1]
    assert not set(names) & set(SCORER.names)
    found, _ = run(tmp_path, csv_text([row[::-1] for row in rows], names), "--keep", "id")
    assert found[1:] == [[f"p{n}", *as_cells(answer)] for n, answer in enumerate(answers(rows))]


def test_kept_columns_come_out_as_they_went_in(tmp_path):
    values = ["12345678901234567890", "1.50", '"a, \\"b\\""', "true", "null", '"é"']
    features = json.dumps(dict(zip(SCORER.names, samples(1)[0], strict=True)))[1:]
    body = "\n".join(f'{{"key": {value}, {features}' for value in values)
    run(tmp_path, body, "--keep", "key", name="in.jsonl", out="out.jsonl")
    written = [line.partition(', "prediction"')[0] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert written == [f'{{"key": {value}'.replace("é", "\\u00e9") for value in values]
    found, _ = run(tmp_path, body, "--keep", "key", name="in.jsonl", out="out.csv")
    assert [row[0] for row in found[1:]] == ["12345678901234567890", "1.50", 'a, "b"', "true", "", "é"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[1, 2", "malformed_json"),
        ('{"key": 1, "key": 2}', "duplicate_key"),
        ('{"key": [1]}', "wrong_type"),
        ('{"key": NaN}', "wrong_type"),
        ('{"key": "\\ud800"}', "wrong_type"),
        ('{"other": 1}', "missing_field"),
        ("[1, 2]", "wrong_type"),
        ('"text"', "wrong_type"),
        ("[" * 100_000, "too_deep"),
        ("\u00a0", "malformed_json"),
        ("x" * (lines.MAXIMUM_LINE_BYTES + 1), "line_too_long"),
    ],
)
def test_a_faulty_line_of_json_is_a_reject(tmp_path, line, code):
    good = json.dumps({"key": "a", **dict(zip(SCORER.names, samples(1)[0], strict=True))})
    found, refused = run(tmp_path, f"{good}\n{line}\n\n{good}", "--keep", "key", name="in.jsonl", out="out.jsonl")
    assert [row["key"] for row in found] == ["a", "a"]
    [reject] = refused
    assert (reject["errors"][0]["code"], reject["row_in_part"], reject["byte_offset"]) == (code, 1, len(good) + 1)


HEADERS = {
    "id,mean_radius": "lacks",
    csv_text([]).replace("mean radius", "radius mean x"): 'Did you mean "radius_mean"',
    csv_text([]).replace("mean radius,", "mean texture,mean radius,"): 'column "mean texture" is in the header twice',
    csv_text([]).replace("id,", "id,id,"): "it is there 2 times",
    csv_text([]).replace("id,", ""): "it is there 0 times",
    csv_text([]).replace(",", ";"): "separated by commas",
    csv_text([]).replace("id", '"id'): "not closed",
    csv_text([]).replace("id", "id\r"): "carriage returns alone",
    csv_text([]).encode("utf-16"): "not UTF-8",
    csv_text([]).replace("id", "ü").encode("latin-1"): "not valid UTF-8",
    "": "no header",
    csv_text([]): "no row to score",
    "x" * (lines.MAXIMUM_LINE_BYTES + 1): "first line is longer",
}


@pytest.mark.parametrize("header", HEADERS, ids=HEADERS.values())
def test_a_wrong_header_is_refused_before_anything_is_written(tmp_path, capsys, header):
    found, refused = run(tmp_path, header, "--keep", "id", status=1)
    assert (found, refused) == (None, [])
    said = capsys.readouterr().err
    assert HEADERS[header] in said
    assert "radius mean x" not in said


def test_names_that_no_row_may_have_are_seen_in_the_first_row_of_json_lines(tmp_path, capsys):
    row = json.dumps({"patient": 1, **dict(zip(SCORER.names, samples(1)[0], strict=True))})
    assert run(tmp_path, row, name="in.jsonl", out="out.jsonl", status=1) == (None, [])
    assert "1 of the first row's names are not known" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("keep", "sentence"),
    [
        (["mean_radius"], '"mean radius" is a column of the model'),
        (["label"], "a column of the output"),
        (["id", "id"], "twice"),
    ],
)
def test_columns_that_cannot_be_kept_are_refused(tmp_path, capsys, keep, sentence):
    run(tmp_path, csv_text(samples(1)), "--keep", *keep, status=1)
    assert sentence in capsys.readouterr().err


def test_gzip_is_read_and_a_torn_one_is_refused(tmp_path, capsys):
    rows = samples(500)
    plain, _ = run(tmp_path, csv_text(rows), "--keep", "id")
    packed = gzip.compress(csv_text(rows).encode())
    assert run(tmp_path, packed, "--keep", "id", name="in.csv.gz", out="zipped.csv")[0] == plain
    assert run(tmp_path, packed[:-20], "--keep", "id", name="torn.csv.gz", out="torn.csv", status=1)[0] is None
    assert "damaged" in capsys.readouterr().err
    assert run(tmp_path, b"no gzip", "--keep", "id", name="none.csv.gz", out="none.csv", status=1)[0] is None


def test_standard_input_and_output(tmp_path):
    rows = samples(50)
    expected, _ = run(tmp_path, csv_text(rows), "--keep", "id")
    rejects = tmp_path / "r.jsonl"
    command = [
        sys.executable,
        "-m",
        "lambda_app.score",
        "-",
        "-",
        "--in-format",
        "csv",
        "--keep",
        "id",
        "--rejects",
        rejects,
        "--model",
        OWN,
    ]
    done = subprocess.run(command, input=csv_text(rows), cwd=ROOT, capture_output=True, text=True, check=True)
    assert list(csv.reader(io.StringIO(done.stdout))) == expected
    assert "50 rows" in done.stderr
    assert not rejects.exists(), "no rejects, no file"


def test_streams_in_this_process(tmp_path, monkeypatch):
    text = csv_text(samples(5)) + "x\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written))
    rejects = tmp_path / "r.jsonl"
    assert score.main(["-", "-", "--in-format", "csv", "--keep", "id", "--rejects", str(rejects)]) == 0
    assert len(written.getvalue().splitlines()) == 6
    assert len(rejects.read_text().splitlines()) == 1

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(csv_text([]).encode())))
    assert score.main(["-", "-", "--in-format", "csv", "--keep", "id", "--rejects", str(rejects)]) == 1


def test_the_module_is_a_command(tmp_path, monkeypatch):
    (tmp_path / "in.csv").write_text(csv_text(samples(2)))
    monkeypatch.setattr(sys, "argv", ["score", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"), "--keep", "id"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(score.__file__, run_name="__main__")
    assert stopped.value.code == 0


def test_json_lines_may_begin_with_an_empty_line(tmp_path):
    found, refused = run(tmp_path, "\n" + json.dumps(samples(1)[0]), name="in.jsonl", out="out.jsonl")
    assert (len(found), refused) == (1, [])


def test_strict_says_that_there_are_rejects(tmp_path):
    text = csv_text(samples(3)) + "x\n"
    assert len(run(tmp_path, text, "--keep", "id")[1]) == 1
    assert len(run(tmp_path, text, "--keep", "id", "--strict", status=3)[0]) == 4
    assert run(tmp_path, csv_text(samples(3)), "--keep", "id", "--strict")[1] == [], "an older run's rejects are gone"


@pytest.mark.parametrize(
    "arguments",
    [
        ["in.txt", "out.csv"],
        ["in.csv", "out"],
        ["-", "out.csv"],
        ["in.csv", "-"],
        ["in.csv", "out.csv.gz"],
        ["in.csv", "./in.csv"],
        ["in.csv", "out.csv", "--rejects", "out.csv"],
        ["in.csv"],
    ],
)
def test_a_wrong_command_line_is_refused(arguments):
    with pytest.raises(SystemExit) as stopped:
        score.main(arguments)
    assert stopped.value.code == 2


def test_what_cannot_be_read_or_written_is_said(tmp_path, capsys):
    assert score.main([str(tmp_path / "none.csv"), str(tmp_path / "out.csv")]) == 1
    source = tmp_path / "in.csv"
    source.write_text(csv_text(samples(2)))
    assert score.main([str(source), str(tmp_path / "no_such_folder" / "out.csv"), "--keep", "id"]) == 1
    rejects = str(tmp_path / "no_such_folder" / "r.jsonl")
    assert score.main([str(source), str(tmp_path / "out.csv"), "--keep", "id", "--rejects", rejects]) == 1
    assert score.main([str(source), str(tmp_path / "out.csv"), "--model", str(source)]) == 1
    assert capsys.readouterr().err.count("score: ") == 4
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_progress_says_rows_percent_and_rate(tmp_path, capsys, monkeypatch):
    clock = iter(range(0, 10_000, 2))
    monkeypatch.setattr(score, "monotonic", lambda: float(next(clock)))
    run(tmp_path, csv_text(samples(2_000)), "--keep", "id")
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("0 rows, 0 %")
    assert " rows/s, 0 rejected (0.00 %)" in said[-1]
    assert len(said) > 5


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(count):
        source = tmp_path / f"{count}.csv"
        source.write_text(
            csv_text(samples(500)) + "".join(csv_text(samples(500)).splitlines(True)[1:]) * (count // 500 - 1)
        )
        command = [
            sys.executable,
            "-m",
            "lambda_app.score",
            source,
            tmp_path / "out.csv",
            "--keep",
            "id",
            "--model",
            OWN,
        ]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return used.ru_maxrss  # KiB

    assert peak(30_000) < peak(3_000) + 2_048


def test_a_hundred_kills_in_mid_write_leave_no_torn_output(tmp_path):
    """After each, OUT is not there, or is whole."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(csv_text(samples(4_000)) + "x\n")
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from lambda_app import score; sys.exit(score.main())"
    command = [sys.executable, "-I", "-S", "-c", program, source, target, "--keep", "id", "--model", OWN]
    started = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    whole, seconds = target.read_bytes(), time.monotonic() - started
    rejects = Path(f"{target}.rejects.jsonl").read_bytes()
    cut_off = 0
    for kill in range(100):
        target.unlink(missing_ok=True)
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
            time.sleep(seconds * (0.3 + 0.8 * kill / 100))
            process.send_signal(signal.SIGKILL)
        cut_off += process.returncode == -signal.SIGKILL
        if target.exists():
            assert target.read_bytes() == whole
            assert Path(f"{target}.rejects.jsonl").read_bytes() == rejects
    assert cut_off > 20, "too late to be in mid-write"
    subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    assert target.read_bytes() == whole
