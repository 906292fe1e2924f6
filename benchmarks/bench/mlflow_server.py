"""`mlflow models serve` with the current model, registered in a temporary store."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gender_detection.model import Model, store
from gender_detection.registry import Registry

from .plan import MeasurementFailed, Plan
from .processes import measured

NAME = "bench"
WORKERS = 2
START_SECONDS, STOP_SECONDS, POLL_SECONDS = 180.0, 30.0, 0.2


@contextmanager
def serving_by_mlflow(plan: Plan) -> Iterator[int]:
    """Register the model, serve it as MLflow's documentation describes, and yield the port."""
    folder = plan.work / "mlflow"
    folder.mkdir(exist_ok=True)
    uri = f"sqlite:///{folder.absolute()}/mlflow.db"
    version = measured(register, model_dir=str(plan.model_dir.absolute()), uri=uri)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "mlflow", "models", "serve",
        "--model-uri", f"models:/{NAME}/{version}", "--env-manager", "local",
        "--workers", str(WORKERS), "--port", str(port),
    ]  # fmt: skip
    # It starts uvicorn through PATH.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, "MLFLOW_TRACKING_URI": uri, "PATH": path}
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait(process, port, Path(log.name))
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)


def register(model_dir: str, uri: str) -> str:
    """Register the current model; return its version."""
    model = Model.load(store.current(Path(model_dir)))
    with Registry(uri, NAME).run(NAME) as run:
        return run.register(model)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass  # Not started yet.
        if process.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace").strip().rpartition("\n")[2]
            raise MeasurementFailed(f"mlflow models serve does not answer: {last[:200]}")
        time.sleep(POLL_SECONDS)
