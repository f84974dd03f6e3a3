"""`python -m lambda_app`: the API on this machine, with nothing installed."""

from __future__ import annotations

import argparse
import errno
import json
import signal
import sys

from lambda_app.local_server import HOST, serve
from lambda_app.model.store import read_packaged


def main() -> int:
    """Serve until Ctrl-C; 0 then, 1 where the port can't be had."""
    parser = argparse.ArgumentParser(
        prog="python -m lambda_app", description="Serve the API on this machine, exactly as the Lambda function would."
    )
    parser.add_argument("--port", type=_port, default=8000, help="where to listen (default 8000; 0: any free port)")
    port = parser.parse_args().port
    try:
        server = serve(port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is in use by another program" if taken else f"can't be opened: {error.strerror}"
        print(f"Port {port} {why}. Choose another one: python -m lambda_app --port {port + 1}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped by a supervisor: as by Ctrl-C
    url = f"http://{HOST}:{server.server_port}"
    print(f"Serving {url} – Ctrl-C stops. Try:\n\n{_curl(url)}\n", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nStopped.")
    finally:
        server.server_close()
    return 0


def _curl(url: str) -> str:
    """A line to paste: the model's first golden row as a request."""
    example = json.dumps({"features": read_packaged().parameters.golden_rows[0]["features"]})
    return f"curl -X POST {url}/predict -H 'Content-Type: application/json' -d '{example}'"


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
