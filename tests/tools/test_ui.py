import http.server
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
import ui
from airflow_env import BIN, ROOT, airflow_environment

from gender_detection.config import Settings
from gender_detection.errors import ConfigError


@pytest.fixture
def settings(tmp_path):
    return Settings.from_env({"GENDER_DETECTION_HOME": str(tmp_path)})


@pytest.fixture
def address():
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_mlflow_ui_shows_the_store_that_training_writes_to(settings):
    command, environment, address = ui.mlflow_ui(settings, {"MLFLOW_PORT": "5055"})
    assert environment["MLFLOW_BACKEND_STORE_URI"] == settings.tracking_uri
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert address == "http://localhost:5055"


def test_password_of_the_store_is_on_no_command_line(settings):
    secret = replace(settings, tracking_uri="postgresql://mlflow:correct-horse@database/mlflow")
    command, environment, _ = ui.mlflow_ui(secret, {})
    assert "correct-horse" not in " ".join(command)
    assert environment["MLFLOW_BACKEND_STORE_URI"] == secret.tracking_uri


def test_mlflow_ui_serves_the_files_of_an_embedded_store_only(settings):
    command, _, _ = ui.mlflow_ui(settings, {})
    given = command[command.index("--artifacts-destination") + 1]
    assert given == (settings.home / "mlflow" / "artifacts").as_uri()
    served = replace(settings, tracking_uri="http://mlflow:5000")
    assert "--artifacts-destination" not in ui.mlflow_ui(served, {})[0]


@pytest.fixture
def mlflow_address():
    """A server that answers as MLflow with one experiment, `names & more`, number 7."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            known = "experiments/get-by-name?experiment_name=names+%26+more" in self.path
            self.send_response(200 if known else 404)
            self.end_headers()
            self.wfile.write(b'{"experiment": {"experiment_id": "7"}}' if known else b"{}")

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_mlflow_ui_opens_on_the_training_runs_of_the_experiment(mlflow_address):
    shown = ui.training_runs(mlflow_address, "names & more")
    assert shown == f"{mlflow_address}/#/experiments/7?workflowType=machine_learning"


def test_mlflow_ui_opens_on_the_experiments_before_the_first_run(mlflow_address):
    shown = ui.training_runs(mlflow_address, "none yet")
    assert shown == f"{mlflow_address}/#/experiments?workflowType=machine_learning"


def test_airflow_ui_runs_on_the_home_that_the_pipeline_uses(settings):
    _, environment, address = ui.airflow_ui(settings, {})
    assert environment["AIRFLOW_HOME"] == str(settings.home / "airflow")
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert address == "http://localhost:8080"


def test_notebook_opens_in_jupyterlab_on_this_machine_only(settings):
    command, environment, address = ui.notebook_ui(settings, {"JUPYTER_PORT": "8899"})
    assert {"--ServerApp.ip=127.0.0.1", "--ServerApp.port=8899"} <= set(command)
    assert "--ServerApp.port_retries=0" in command  # the address that is printed is the server's
    page, _, token = address.partition("?token=")
    assert page == f"http://localhost:8899/lab/tree/{ui.NOTEBOOK}"
    assert (ROOT / ui.NOTEBOOK).is_file()
    assert environment["JUPYTER_TOKEN"] == token
    assert len(token) >= 32
    assert token not in " ".join(command)
    assert ui.notebook_ui(settings, {})[2] != ui.notebook_ui(settings, {})[2]


def test_notebook_has_the_environment_of_a_training(settings):
    command, environment, _ = ui.notebook_ui(settings, {"PATH": "/bin"})
    training = airflow_environment(settings.home, {"PATH": "/bin"})
    assert training.items() <= environment.items()
    assert command[0] == str(BIN / "python")
    # A kernel of the same name that the user has installed does not replace it.
    assert environment["JUPYTER_PREFER_ENV_PATH"] == "1"


def test_kernel_of_the_notebook_starts_in_the_folder_of_the_project(settings, tmp_path):
    _, environment, _ = ui.notebook_ui(settings, {})
    command = [sys.executable, "-m", "IPython", "-c", "import os; print(os.getcwd())"]
    env = {**os.environ, "IPYTHONDIR": environment["IPYTHONDIR"]}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == str(ROOT)
    assert done.stderr == ""


def test_server_is_asked_to_end_its_kernels_before_it_is_killed(tmp_path):
    said = tmp_path / "said"
    program = f"""
import pathlib, signal, sys
def end(number, frame):
    pathlib.Path({str(said)!r}).write_text("kernels ended")
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
signal.pause()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        ui.end(child)
        assert said.read_text() == "kernels ended"
        assert child.returncode == 0


@pytest.fixture
def path_with_prometheus(tmp_path):
    """A PATH with a program named prometheus."""
    program = tmp_path / "bin" / "prometheus"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program.parent)


def test_prometheus_scrapes_this_machine_and_listens_on_it_only(tmp_path, path_with_prometheus):
    settings = Settings.from_env(
        {"GENDER_DETECTION_HOME": str(tmp_path), "GENDER_DETECTION_PORT": "5050"}
    )
    env = {"PATH": path_with_prometheus, "PROMETHEUS_PORT": "9099"}
    command, _, address = ui.prometheus_ui(settings, env)
    written = (tmp_path / "prometheus" / "prometheus.yml").read_text()
    for target in ("localhost:9099", "localhost:5050", f"localhost:{settings.metrics_port}"):
        assert f'targets: ["{target}"]' in written
    assert f"--config.file={tmp_path}/prometheus/prometheus.yml" in command
    assert f"--storage.tsdb.path={tmp_path}/prometheus/data" in command
    assert "--web.listen-address=127.0.0.1:9099" in command
    assert address == "http://localhost:9099"


def test_pipeline_metrics_are_served_beside_prometheus_only():
    assert ui.beside("prometheus")[1:] == ["metrics"]
    assert ui.beside("mlflow") == ["true"]


def test_missing_prometheus_is_reported_with_what_to_install(settings, tmp_path):
    with pytest.raises(ConfigError, match="apt install prometheus"):
        ui.prometheus_ui(settings, {"PATH": str(tmp_path)})


def test_login_is_shown_once_airflow_has_made_one(tmp_path):
    assert ui.login(tmp_path) == ""
    (tmp_path / "airflow").mkdir()
    generated = tmp_path / "airflow" / "simple_auth_manager_passwords.json.generated"
    generated.write_text('{"admin": "s3cret"}')
    assert ui.login(tmp_path) == " (user admin, password s3cret)"


def test_ui_is_ready_when_its_address_answers_but_not_after_its_process_ended(address):
    with subprocess.Popen([sys.executable], stdin=subprocess.PIPE, text=True) as child:
        assert ui.wait_until_ready(child, address)
    assert not ui.wait_until_ready(child, address)
