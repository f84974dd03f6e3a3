"""The command `python -m lambda_app`: the API on this machine, with the packaged model or another one."""

import argparse
import errno
import json
import os
import signal
import sys

from lambda_app.local.local_server import HOST, LocalServer
from lambda_app.model.artefact.model_parameters import finish
from lambda_app.model.store import PACKAGED_PATH, read_packaged


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C; 0 then, 1 where the port or the model can't be had."""
    options = _options(arguments)
    try:
        finish(options.model or PACKAGED_PATH)
        model = read_packaged(options.model)
    except (OSError, ValueError) as error:  # no file, no ASCII, or no model
        why = error.strerror if isinstance(error, OSError) else str(error)
        print(f"{options.model or 'The packaged model'} can't be served: {why}", file=sys.stderr)
        return 1
    if not options.log:
        os.environ.setdefault("LOG_LEVEL", "ERROR")
    # Imported now, as it reads the environment and loads the model at once.
    from lambda_app.lambda_function import Application

    try:
        server = LocalServer(options.port, Application(options.model).handle, options.name, _say)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is in use by another program" if taken else f"can't be opened: {error.strerror}"
        print(
            f"Port {options.port} {why}. Choose another one: python -m lambda_app --port {options.port + 1}",
            file=sys.stderr,
        )
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped by a supervisor: as by Ctrl-C
    url = f"http://{HOST}:{server.server_port}"
    example = json.dumps({"features": model.parameters.golden_rows[0]["features"]})
    curl = f"curl -X POST {url}/predict -H 'Content-Type: application/json' -d '{example}'"
    print(f"Serving {url} – open it in a browser; Ctrl-C stops. Or try:\n\n{curl}\n", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nStopped.")
    finally:
        server.server_close()
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lambda_app", description="Serve the API on this machine, exactly as the Lambda function would."
    )
    parser.add_argument("--port", type=_port, default=8000, help="where to listen (default 8000; 0: any free port)")
    parser.add_argument("--model", metavar="PATH", help="another model_parameters.json")
    parser.add_argument("--name", action="append", default=[], help="another host name to answer to; may be repeated")
    parser.add_argument("--log", action="store_true", help="write the function's own log lines, too")
    options = parser.parse_args(arguments)
    uri = os.environ.get("MODEL_URI", "")
    if uri and not uri.startswith("s3://"):
        parser.error("MODEL_URI is an address in S3 (s3://…); a file on this machine is served with --model PATH")
    if uri and options.model:
        parser.error("--model and MODEL_URI are two models: give one of them")
    return options


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)
