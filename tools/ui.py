"""Run the Airflow, MLflow or Prometheus UI, or JupyterLab, for this project until Ctrl-C.

    python tools/ui.py airflow|mlflow|prometheus|notebook

The server's output goes into log/NAME-ui.log below GENDER_DETECTION_HOME.
"""

if __name__ == "__main__":
    # Before the slow imports below, so that Ctrl-C ends them without a traceback.
    from gender_detection import interrupts

    interrupts.end_at_once()

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from airflow_env import BIN, ROOT, airflow_environment, migrate_database
from preflight import prometheus_problem
from processes import interrupt_on_signals, process_group
from prometheus_here import prometheus_command, write_configuration

from gender_detection import os_errors
from gender_detection.artifact_location import artifact_folder
from gender_detection.config import Settings
from gender_detection.errors import ConfigError
from gender_detection.serving.address import reachable

READY_SECONDS = 180
END_SECONDS = 10
NOTEBOOK = "notebooks/exploratory_analysis.ipynb"


def airflow_ui(settings: Settings, env: Mapping[str, str]) -> tuple[list[str], dict[str, str], str]:
    """Return command, environment and address of Airflow's UI for this project's DAGs."""
    port = env.get("AIRFLOW__API__PORT") or "8080"
    command = [str(BIN / "python"), "-m", "airflow", "standalone"]
    environment = {**env, **airflow_environment(settings.home, env)}
    return command, environment, f"http://localhost:{port}"


def mlflow_ui(settings: Settings, env: Mapping[str, str]) -> tuple[list[str], dict[str, str], str]:
    """Return command, environment and address of MLflow's UI for this project's runs and models."""
    port = env.get("MLFLOW_PORT") or "5001"
    store = []
    if folder := artifact_folder(settings.tracking_uri):
        # Clients of this server read and write an embedded store's files through it.
        store = ["--artifacts-destination", folder.as_uri()]
    address = ["--host", "127.0.0.1", "--port", port, "--workers", "1"]
    command = [str(BIN / "python"), "-m", "mlflow", "ui", *store, *address]
    environment = {
        **env,
        # Not as an option: other users of this machine see options, and it may hold a password.
        "MLFLOW_BACKEND_STORE_URI": settings.tracking_uri,
        # Nothing here runs MLflow's background jobs.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        # Its makers are not told how it is used.
        "MLFLOW_DISABLE_TELEMETRY": env.get("MLFLOW_DISABLE_TELEMETRY") or "true",
    }
    return command, environment, f"http://localhost:{port}"


def prometheus_ui(
    settings: Settings, env: Mapping[str, str]
) -> tuple[list[str], dict[str, str], str]:
    """Return command, environment and address of Prometheus for this machine's API and pipeline.

    Write its configuration. Raise ConfigError if Prometheus is not installed.
    """
    if problem := prometheus_problem(env):
        raise ConfigError(problem)
    host, port = reachable(settings.host), env.get("PROMETHEUS_PORT") or "9090"
    host = f"[{host}]" if ":" in host else host
    folder = settings.home / "prometheus"
    configuration = write_configuration(
        folder,
        api=f"{host}:{settings.port}",
        pipeline=f"{host}:{settings.metrics_port}",
        prometheus=f"localhost:{port}",
    )
    command = prometheus_command(configuration, folder / "data", f"127.0.0.1:{port}")
    return command, dict(env), f"http://localhost:{port}"


def notebook_ui(
    settings: Settings, env: Mapping[str, str]
) -> tuple[list[str], dict[str, str], str]:
    """Return command, environment and address of JupyterLab with the notebook.

    Its kernel is the Python of .venv, started in the project's folder with the environment that
    `make train` gives the notebook. Write IPython's start-up file for that.
    """
    port = env.get("JUPYTER_PORT") or "8888"
    folder = settings.home / "notebook"
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    # Jupyter starts a kernel in the folder of its notebook; paths in the settings are relative to
    # that of the project.
    text = f"import os\n\nos.chdir({str(ROOT)!r})\ndel os\n"
    (startup / "folder.py").write_text(text, encoding="utf-8")
    command = [
        *(str(BIN / "python"), "-m", "jupyterlab", "--no-browser", f"--ServerApp.root_dir={ROOT}"),
        # Sockets in a private folder: other users of this machine cannot reach the kernel.
        "--KernelManager.transport=ipc",
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        # JupyterLab would ask other hosts for newer versions and for extensions.
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *("--LabApp.news_url=None", "--LabApp.extension_manager=readonly"),
    ]
    if os.geteuid() == 0:
        command.append("--allow-root")
    token = secrets.token_hex(24)
    environment = {
        **env,
        **airflow_environment(settings.home, env),
        # Not as an option: other users of this machine see options.
        "JUPYTER_TOKEN": token,
        # The kernel of .venv comes before a kernel of the same name that the user has installed.
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(folder / "ipython"),
        "MPLCONFIGDIR": str(folder / "matplotlib"),
    }
    return command, environment, f"http://localhost:{port}/lab/tree/{NOTEBOOK}?token={token}"


UIS = {
    "airflow": airflow_ui,
    "mlflow": mlflow_ui,
    "prometheus": prometheus_ui,
    "notebook": notebook_ui,
}


def login(home: Path) -> str:
    """Return how to log in to Airflow, which makes its own password; "" if it has none yet."""
    passwords = home / "airflow" / "simple_auth_manager_passwords.json.generated"
    if not passwords.exists():
        return ""
    users = json.loads(passwords.read_text())
    return "".join(f" (user {user}, password {password})" for user, password in users.items())


def beside(name: str) -> list[str]:
    """Return the command that a UI needs beside it: for Prometheus, the pipeline's metrics server.

    If one runs already, the second one logs that and ends.
    """
    return [str(BIN / "gender-detection"), "metrics"] if name == "prometheus" else ["true"]


def training_runs(address: str, experiment: str) -> str:
    """Return the address of an experiment's training runs in MLflow's UI.

    MLflow shows the view for language models unless the address says otherwise. Before the first
    training, the address is that of the list of experiments.
    """
    view = "?workflowType=machine_learning"
    named = urllib.parse.urlencode({"experiment_name": experiment})
    url = f"{address}/ajax-api/2.0/mlflow/experiments/get-by-name?{named}"
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own address
            number = json.load(answer)["experiment"]["experiment_id"]
    except (OSError, ValueError, KeyError):
        return f"{address}/#/experiments{view}"
    return f"{address}/#/experiments/{number}{view}"


def wait_until_ready(child: subprocess.Popen[str], address: str) -> bool:
    """Wait until the address answers; return False if child ended or did not answer in time."""
    deadline = time.monotonic() + READY_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.5)
    return False


def end(child: subprocess.Popen[str]) -> None:
    """Ask a server to end, and wait: Jupyter ends its kernels, which are in groups of their own."""
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(END_SECONDS)


def show(name: str, settings: Settings, env: Mapping[str, str]) -> int:
    """Run the UI until it ends or is interrupted; return the exit code."""
    command, environment, address = UIS[name](settings, env)
    log = settings.home / "log" / f"{name}-ui.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    (settings.home / name).mkdir(exist_ok=True)
    print(f"{name}: starting (a minute on a slow machine)", flush=True)
    if name == "airflow" and not migrate_database(settings.home, environment, log):
        print(f"error: Airflow's database could not be migrated: see {log}", file=sys.stderr)
        return 1
    with (
        log.open("w") as out,
        process_group(beside(name), environment, out),
        process_group(command, environment, out) as child,
    ):
        if wait_until_ready(child, address):
            hint = login(settings.home) if name == "airflow" else ""
            if name == "mlflow":
                address = training_runs(address, settings.experiment)
            print(f"{name}: open {address}{hint}; Ctrl-C stops it", flush=True)
            try:
                child.wait()
            finally:
                if name == "notebook":
                    end(child)
    print(f"error: {name} ended unexpectedly (details: {log})", file=sys.stderr)
    return 1


def main(arguments: list[str]) -> int:
    """Run the UI named in arguments; return the exit code, 0 after Ctrl-C."""
    interrupt_on_signals()
    try:
        return show(arguments[0], Settings.from_env(), os.environ)
    except ConfigError as err:
        print("error:", err, file=sys.stderr)
        return 1
    except OSError as err:
        print("error:", os_errors.describe(err), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
        return 0


if __name__ == "__main__":
    interrupts.run(main, sys.argv[1:])
