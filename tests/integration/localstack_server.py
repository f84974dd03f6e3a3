"""LocalStack whose Lambda functions run in the real runtime emulator instead of Docker.

Started by cloud.py with the interpreter of .venv-localstack. It replaces private classes of LocalStack, whose version
is therefore pinned. Reads EMULATOR (the binary) and FUNCTION_PYTHON (an interpreter with awslambdaric).
"""

from __future__ import annotations

import os
from typing import Any

from localstack.runtime.main import main
from localstack.services.lambda_.invocation import (
    execution_environment,
    lambda_service,
    runtime_executor,
    version_manager,
)
from localstack.services.lambda_.invocation.lambda_models import InvocationResult

from deployment.runtime_emulator import RuntimeEmulator
from tests.integration import localstack_mends

# Set by LocalStack for its own runtime; they would confuse AWS's.
FOREIGN = ("LOCALSTACK_", "AWS_LAMBDA_MAX_CONCURRENCY", "LD_LIBRARY_PATH", "PYTHONPATH")


class EmulatorExecutor(runtime_executor.RuntimeExecutor):
    """LocalStack's idea of a sandbox, carried out by the runtime emulator."""

    @classmethod
    def prepare_version(cls, function_version: Any) -> None:
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: Any) -> None:
        pass

    @classmethod
    def validate_environment(cls) -> bool:
        return True

    def start(self, env_vars: dict[str, Any]) -> None:
        config = self.function_version.config
        environment = {
            name: str(value) for name, value in env_vars.items() if value is not None and not name.startswith(FOREIGN)
        }
        environment["AWS_ENDPOINT_URL"] = os.environ["AWS_ENDPOINT_URL"]
        if config.logging_config.get("LogFormat") == "JSON":
            environment["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
            environment["AWS_LAMBDA_LOG_LEVEL"] = config.logging_config.get("ApplicationLogLevel", "INFO")
        self._emulator = RuntimeEmulator(
            config.code.get_unzipped_code_location(),
            config.handler,
            environment,
            python=os.environ["FUNCTION_PYTHON"],
            emulator=os.environ["EMULATOR"],
            seconds=config.timeout,
        )
        self._logged = 0

    def stop(self) -> None:
        self._emulator.close()

    def get_address(self) -> str:
        return "127.0.0.1"

    get_endpoint_from_executor = get_address

    def get_runtime_endpoint(self) -> str:
        return "http://127.0.0.1:1"  # never used: the emulator has a runtime API of its own

    def get_logs(self) -> str:
        return self._emulator.log()

    def invoke(self, payload: dict[str, Any]) -> InvocationResult:
        answer = self._emulator.invoke(payload["payload"])
        new = self._emulator.log(self._logged)
        self._logged += len(new.encode())
        failed = answer.startswith((b"Task timed out", b'{"errorMessage"'))
        return InvocationResult(request_id=payload["invoke-id"], payload=answer, is_error=failed, logs=new)


for module in (runtime_executor, execution_environment, lambda_service, version_manager):
    if hasattr(module, "get_runtime_executor"):
        module.get_runtime_executor = lambda: EmulatorExecutor

# The log group that LoggingConfig names: LocalStack would make up its own, which the stack then leaves behind.
execution_environment.ExecutionEnvironment.get_log_group_name = lambda self: (
    self.function_version.config.logging_config["LogGroup"]
)

if __name__ == "__main__":
    localstack_mends.apply()
    main()
