"""A cloud on this machine: LocalStack, the real SAM CLI pointed at it, and HTTP calls to what was deployed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import boto3

from deployment.runtime_emulator import install_emulator

ROOT = Path(__file__).parents[2]
LOCALSTACK_PYTHON = ROOT / ".venv-localstack" / "bin" / "python"
BIN = Path(sys.executable).parent
ENDPOINT = "http://localhost:4566"
REGION = "us-east-1"
TIME_TO_START = 60


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    document: Any


class Cloud:
    """LocalStack while it runs. Alone in its network namespace, it has the port for itself."""

    def __init__(self, folder: Path) -> None:
        python = os.environ.get("LOCALSTACK_PYTHON", str(LOCALSTACK_PYTHON))
        if not Path(python).exists():
            raise FileNotFoundError(f"The real deploy did not run: there is no {python}. Run make integration.")
        self.environment = {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": ENDPOINT,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "SAM_CLI_TELEMETRY": "0",
        }
        own = {
            "EMULATOR": str(install_emulator(folder)),
            "FUNCTION_PYTHON": sys.executable,
            "GATEWAY_LISTEN": "127.0.0.1:4566",
            "FILESYSTEM_ROOT": str(folder / "localstack"),
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "PYTHONPATH": str(ROOT),
        }
        self._log = (folder / "localstack.log").open("wb")
        command = [python, "-m", "tests.integration.localstack_server"]
        self._process = subprocess.Popen(
            command, cwd=folder, env={**self.environment, **own}, stdout=self._log, stderr=subprocess.STDOUT
        )
        self._wait(folder / "localstack.log")

    @property
    def process_id(self) -> int:
        """LocalStack's own process; its functions' runtimes are descendants of it."""
        return self._process.pid

    def _wait(self, log: Path) -> None:
        until = time.monotonic() + TIME_TO_START
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{ENDPOINT}/_localstack/health", timeout=2):
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.2)
        self.close()
        raise RuntimeError(f"LocalStack did not start:\n{log.read_text()[-4000:]}")

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def run(self, *command: str) -> str:
        """A command of this project's environment, run as a user would from the project's root; what it printed."""
        result = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def client(self, service: str) -> Any:
        return boto3.client(
            service, endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
        )

    def outputs(self, stack: str) -> dict[str, str]:
        [described] = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def call(self, stack: str, path: str, document: Any = None, method: str | None = None, **headers: str) -> Reply:
        """An HTTP call to …/Prod<path> of a deployed stack; a document is POSTed as JSON."""
        api = self.outputs(stack)["ApiUrl"].split("//")[1].split(".")[0]
        body = document if isinstance(document, bytes | None) else json.dumps(document).encode()
        headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        url = f"{ENDPOINT}/_aws/execute-api/{api}/Prod{path}"
        request = urllib.request.Request(url, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Reply(response.status, dict(response.headers), json.loads(response.read() or b"null"))
        except urllib.error.HTTPError as error:
            return Reply(error.code, dict(error.headers), json.loads(error.read() or b"null"))

    def log_lines(self, group: str) -> list[str]:
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return [event["message"] for page in pages for event in page["events"]]

    def inventory(self) -> set[str]:
        """Everything that a deployment could leave behind, by kind and name."""
        listings = {
            "function": ("lambda", "list_functions", "Functions", "FunctionName"),
            "api": ("apigateway", "get_rest_apis", "items", "id"),
            "key": ("apigateway", "get_api_keys", "items", "id"),
            "plan": ("apigateway", "get_usage_plans", "items", "id"),
            "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
            "dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
            "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
            "role": ("iam", "list_roles", "Roles", "RoleName"),
            "policy": ("iam", "list_policies", "Policies", "PolicyName"),
            "bucket": ("s3", "list_buckets", "Buckets", "Name"),
        }
        found = set()
        for kind, (service, operation, key, name) in listings.items():
            scope = {"Scope": "Local"} if kind == "policy" else {}
            found |= {f"{kind} {item[name]}" for item in getattr(self.client(service), operation)(**scope)[key]}
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return found | {f"stack {s['StackName']}" for s in stacks if s["StackStatus"] != "DELETE_COMPLETE"}
