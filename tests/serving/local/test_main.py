"""`python -m lambda_app`, as a user starts it: lambda_app.local.local_command.main."""

import json
import os
import re
import runpy
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from lambda_app.local import local_command as command
from lambda_app.model.artefact.model_parameters import finish
from lambda_app.model.store import read_packaged
from tests import small_models
from tests.tools.own_model import PACKAGED

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def environment_as_it_was(monkeypatch):
    """The command chooses a level of log, for as long as it runs."""
    monkeypatch.setenv("LOG_LEVEL", "INFO")
    monkeypatch.delenv("LOG_LEVEL")


@contextmanager
def started(*arguments):
    """The command in its own process, and what it said until it was ready: its URL and its curl line."""
    line = [sys.executable, "-m", "lambda_app", *arguments]
    here = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # else a child of a job in the background ignores it
    process = subprocess.Popen(
        line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    signal.signal(signal.SIGINT, here)
    with process:
        try:
            greeting = process.stdout.readline()
            process.stdout.readline()
            yield process, greeting, process.stdout.readline()
        finally:
            process.kill()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped_and_exits_with_0(stop):
    with started("--port", "0") as (process, greeting, _):
        url = greeting.split()[1]
        with urlopen(f"{url}/health", timeout=10) as response:
            assert response.status == 200
        process.send_signal(stop)
        out, err = process.communicate(timeout=10)

    assert process.returncode == 0
    assert out.endswith("\nStopped.\n")
    assert re.fullmatch(r"GET /health 200 \d+\.\d ms\n", err)


def test_the_line_to_paste_works():
    """Its parts, sent as curl would send them."""
    with started("--port", "0") as (_, _, line):
        words = shlex.split(line)
        method, url, header, body = words[2], words[3], words[5], words[7]
        name, value = header.split(": ")
        request = Request(url, body.encode(), {name: value}, method=method)
        with urlopen(request, timeout=10) as response:
            document = json.load(response)

    assert words[::2] == ["curl", "POST", "-H", "-d"]
    assert document["label"] in read_packaged(str(PACKAGED)).parameters.target_names  # in a process of its own


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["lambda_app", *arguments])
    return command.main()


def test_a_taken_port_is_said_in_a_sentence_with_the_way_out(monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(monkeypatch, "--port", str(port)) == 1
    assert capsys.readouterr().err == (
        f"Port {port} is in use by another program. Choose another one: python -m lambda_app --port {port + 1}\n"
    )


def test_another_reason_is_named_too(monkeypatch, capsys):
    def refuse(port, *others):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(command, "LocalServer", refuse)

    assert run(monkeypatch, "--port", "80") == 1
    assert "Port 80 can't be opened: Permission denied." in capsys.readouterr().err


@pytest.mark.parametrize("port", ["65536", "-1", "http", "8000.5", "", "²"])
def test_what_is_no_port_is_refused(monkeypatch, capsys, port):
    with pytest.raises(SystemExit) as caught:
        run(monkeypatch, f"--port={port}")

    assert caught.value.code == 2
    assert "a port is a number from 0 to 65535" in capsys.readouterr().err


@pytest.fixture
def interrupted(monkeypatch):
    """Ctrl-C comes as soon as the server waits; signal handlers stay as pytest has them."""

    def interrupt(server):
        raise KeyboardInterrupt

    monkeypatch.setattr("lambda_app.local.local_server.LocalServer.serve_forever", interrupt)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_is_a_clean_end(monkeypatch, capsys):
    assert run(monkeypatch, "--port", "0") == 0
    assert "Stopped." in capsys.readouterr().out


@pytest.mark.usefixtures("interrupted")
@pytest.mark.parametrize(("arguments", "level"), [([], "ERROR"), (["--log"], None)])
def test_the_function_s_own_lines_are_written_only_if_asked(monkeypatch, arguments, level):
    assert run(monkeypatch, "--port", "0", *arguments) == 0
    assert os.environ.get("LOG_LEVEL") == level


@pytest.mark.usefixtures("interrupted")
def test_a_line_a_request_goes_to_the_terminal(monkeypatch, capsys):
    def serve_one(port, handle, names, say):
        say("POST /predict 200 0.3 ms")
        return honest(port, handle, names, say)

    honest = command.LocalServer
    monkeypatch.setattr(command, "LocalServer", serve_one)
    run(monkeypatch, "--port", "0")
    assert capsys.readouterr().err == "POST /predict 200 0.3 ms\n"


@pytest.mark.usefixtures("interrupted")
def test_the_module_is_the_command(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["lambda_app", "--port", "0"])
    monkeypatch.delitem(sys.modules, "lambda_app.__main__", raising=False)
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("lambda_app", run_name="__main__")

    assert caught.value.code == 0


def test_importing_the_module_starts_nothing(monkeypatch):
    monkeypatch.setattr(command, "LocalServer", pytest.fail)
    runpy.run_module("lambda_app.__main__", run_name="imported")


def test_another_model_is_served(tmp_path):
    path = tmp_path / "made up.json"
    small_models.model().save(path)
    with started("--port", "0", "--model", str(path)) as (_, greeting, line):
        with urlopen(f"{greeting.split()[1]}/model", timeout=10) as response:
            document = json.load(response)
        body = shlex.split(line)[7]

    assert document["name"] == "made up"
    assert len(json.loads(body)["features"]) == 2


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), ("{}", "reads format_version"), ("ü", "can't decode")]
)
def test_a_model_that_cannot_be_served_is_refused_at_the_start(monkeypatch, capsys, tmp_path, content, why):
    path = tmp_path / "model.json"
    if content is not None:
        path.write_text(content, "utf-8")

    assert run(monkeypatch, "--model", str(path)) == 1
    assert why in capsys.readouterr().err


@pytest.mark.parametrize("uri", ["model.json", "/tmp/model.json", "file:///model.json", "https://example.org/m.json"])
def test_a_model_uri_that_is_none_is_refused_not_served_as_a_fallback(monkeypatch, capsys, uri):
    monkeypatch.setenv("MODEL_URI", uri)
    with pytest.raises(SystemExit) as caught:
        run(monkeypatch, "--port", "0")

    assert caught.value.code == 2
    assert "a file on this machine is served with --model PATH" in capsys.readouterr().err


def test_two_models_are_one_too_many(monkeypatch, capsys):
    monkeypatch.setenv("MODEL_URI", "s3://bucket/model.json")
    with pytest.raises(SystemExit):
        run(monkeypatch, "--model", "model.json")
    assert "give one of them" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--log"]])
def test_the_terminal_has_a_short_line_a_request_and_the_log_only_if_asked(arguments):
    with started("--port", "0", *arguments) as (process, greeting, _):
        url = greeting.split()[1]
        for path in ("/health", "/canary-7f3a?canary-7f3a"):
            with suppress(HTTPError), urlopen(f"{url}{path}", timeout=10):
                pass
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)

    assert re.fullmatch(r"GET /health 200 \d+\.\d ms\nGET … 404 \d+\.\d ms\n", err)
    assert out.count('"_aws"') == 2 * len(arguments)
    assert "canary" not in out + err


def test_another_name_is_answered_to_if_told():
    with started("--port", "0", "--name", "Model.example") as (_, greeting, _):
        url = greeting.split()[1]
        with urlopen(Request(f"{url}/health", headers={"Host": "model.example:80"}), timeout=10) as response:
            assert response.status == 200
        with pytest.raises(HTTPError, match="421"):
            urlopen(Request(f"{url}/health", headers={"Host": "other.example"}), timeout=10)


def test_what_a_killed_training_run_had_decided_is_completed(tmp_path):
    """One file is in its place already."""
    model = tmp_path / "m.json"
    model.write_text("old")
    (tmp_path / "m.json.7.tmp").write_text("new")
    (tmp_path / "m_card.md").write_text("new, renamed before the kill")
    (tmp_path / "m.json.pending.tmp").write_text('[7, "m_card.md", "m.json"]')

    finish(str(model))
    finish(str(model))

    assert model.read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.json", "m_card.md"]
