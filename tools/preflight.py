"""Check before any work starts: print one line for each problem, with what to do about it.

    python tools/preflight.py run|data|notebook|serve|airflow|mlflow|prometheus|bench|package|test

Standard library only, in syntax that Python 3.6 reads (it does not evaluate annotations in quotes):
an old Python must print a clear line, not a SyntaxError.
"""

import os
import signal

if __name__ == "__main__":
    # gender_detection.interrupts may not be installed: end at once on Ctrl-C, with no traceback.
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

import errno
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MIN_PYTHON = (3, 11)
MIN_JAVA = 17  # the oldest version that Spark 4 supports
ROOT = Path(__file__).resolve().parent.parent
GB = 1024**3
# Measured and rounded up: .venv takes 1.5 GB, the data and the model well under 1 GB.
ENVIRONMENT_BYTES = 2 * GB
HOME_BYTES = 1 * GB

NEEDS = {
    "run": ("java", "folders", "disk", "sources", "port"),
    "data": ("java", "folders", "disk", "sources"),
    "notebook": ("java", "folders", "disk", "sources", "notebook_port"),
    "airflow": ("java", "folders", "disk", "sources", "airflow_port"),
    "serve": ("port",),
    "mlflow": ("mlflow_port",),
    "prometheus": ("prometheus", "folders", "prometheus_port"),
    "bench": ("java", "wrk", "folders", "disk"),
    "package": ("folders",),
    "test": ("java", "folders", "disk"),
    "clean-old": ("folders",),
}


def home_folder(env: "Mapping[str, str]") -> Path:
    """Return the absolute folder for everything that is built (GENDER_DETECTION_HOME, or var)."""
    return ROOT / (env.get("GENDER_DETECTION_HOME", "").strip() or "var")


def python_problem(version: "tuple[int, ...]") -> "str | None":
    """Return what is wrong with the Python version (major, minor, ...), or None."""
    if tuple(version[:2]) >= MIN_PYTHON:
        return None
    return (
        "Python {}.{} is too old: install Python {}.{} or newer, or choose one with "
        "make PYTHON=/path/to/python3.11".format(version[0], version[1], *MIN_PYTHON)
    )


def java_command(env: "Mapping[str, str]") -> "str | None":
    """Return the java that Spark starts: that of JAVA_HOME, else the first on PATH, else None."""
    if env.get("JAVA_HOME"):
        return str(Path(env["JAVA_HOME"]) / "bin" / "java")
    return shutil.which("java", path=env.get("PATH", ""))


def java_major(banner: str) -> "int | None":
    """Return the major version in the output of `java -version` ("1.8.0_362" is 8), or None."""
    found = re.search(r'version "(\d+)(?:\.(\d+))?', banner)
    if not found:
        return None
    major, minor = found.groups()
    return int(minor) if major == "1" and minor else int(major)


def java_problem(env: "Mapping[str, str]") -> "str | None":
    """Return what is wrong with Java, or None."""
    package = f"openjdk-{MIN_JAVA}-jre-headless"
    remedy = f"install Java {MIN_JAVA} or newer (Debian: apt install {package})"
    java = java_command(env)
    if java is None:
        return f"no Java found (Spark needs it): {remedy}, or set JAVA_HOME"
    place = f"JAVA_HOME={env['JAVA_HOME']}" if env.get("JAVA_HOME") else java
    try:
        ran = subprocess.run(
            [java, "-version"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env),
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return f"no Java that runs at {place}: {remedy}, or correct JAVA_HOME"
    major = java_major(ran.stdout.decode("utf-8", "replace"))
    if ran.returncode != 0 or major is None:
        return f"no Java that runs at {place}: {remedy}, or correct JAVA_HOME"
    if major < MIN_JAVA:
        return f"Java {major} ({place}) is too old: {remedy}, or set JAVA_HOME to a newer one"
    return None


def c_compiler(env: "Mapping[str, str]") -> "str | None":
    """Return the command of a C compiler (CC, or the first of cc, gcc and clang), or None.

    None is not an error: the modules run uncompiled as well (tools/compiling.py).
    """
    if env.get("CC", "").strip():
        return env["CC"].strip()
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name, path=env.get("PATH", "")):
            return name
    return None


def prometheus_problem(env: "Mapping[str, str]") -> "str | None":
    """Return what to do if Prometheus is not installed, or None."""
    if shutil.which("prometheus", path=env.get("PATH", "")):
        return None
    return (
        "no Prometheus found on PATH: install it (Debian: apt install prometheus), "
        "or use docker-compose"
    )


def wrk_problem(env: "Mapping[str, str]") -> "str | None":
    """Return what to do if wrk, which sends the load of make bench, is not installed, or None."""
    if shutil.which("wrk", path=env.get("PATH", "")):
        return None
    return "no wrk found on PATH (make bench needs it): install it (Debian: apt install wrk)"


def port_problem(host: str, port: str, variable: str) -> "str | None":
    """Return why a server cannot listen on host:port, or None; variable is the port's setting."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        return f"{variable}={port} is not a port: set it to a number from 1 to 65535"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        # As the server does: a port with connections in TIME_WAIT is free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, int(port)))
        except OSError as err:
            return _port_refused(host, int(port), variable, err)
    return None


def _port_refused(host: str, port: int, variable: str, err: OSError) -> str:
    why = f"port {port} cannot be used ({(err.strerror or str(err)).lower()})"
    if err.errno == errno.EADDRINUSE:
        return f"{why}: stop the program that listens there, or use {variable}={port + 1} make ..."
    if err.errno in (errno.EACCES, errno.EPERM):
        return f"{why}: choose a port above 1023, as in {variable}=5000 make ..."
    return f"{why} at {host}: set GENDER_DETECTION_HOST to an address of this machine"


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def folder_problem(folder: Path) -> "str | None":
    """Return why nothing can be written below folder (which may not exist yet), or None."""
    place = _existing(folder)
    if place.is_dir() and os.access(str(place), os.W_OK | os.X_OK):
        return None
    return f"{place} is not a folder with write permission: correct its permissions or its owner"


def disk_problem(
    folder: Path, needed: int, disk_usage: "Callable[[str], Any]" = shutil.disk_usage
) -> "str | None":
    """Return what to do if fewer than needed bytes are free below folder, or None."""
    place = _existing(folder)
    free = disk_usage(str(place)).free
    if free >= needed:
        return None
    return (
        f"disk full: {free / GB:.1f} GB free at {place}, {needed / GB:.1f} GB needed: free some "
        "space, or set GENDER_DETECTION_HOME to a folder on another disk"
    )


def sources_problem(paths: str) -> "str | None":
    """Return which catalogue files of paths (separated by ':') are missing, or None."""
    # The word permissive is not a file (gender_detection.sources.licences).
    named = [path for path in paths.split(":") if path not in ("", "permissive")]
    missing = [path for path in named if not (ROOT / path).is_file()]
    if missing:
        return "SOURCES: no such file: {}: correct the path, or use the word permissive".format(
            ", ".join(missing)
        )
    return None


def _disk_problems(env: "Mapping[str, str]") -> "list[str | None]":
    environment = 0 if (ROOT / ".venv" / ".pipeline").exists() else ENVIRONMENT_BYTES
    home = home_folder(env)
    # A rebuild replaces at most what is there; a first build needs all of it.
    data = HOME_BYTES // 2 if (home / "data").exists() else HOME_BYTES
    same = _existing(home).stat().st_dev == ROOT.stat().st_dev
    if same:
        return [disk_problem(home, environment + data)]
    return [disk_problem(ROOT, environment), disk_problem(home, data)]


def _ui_port_problem(env: "Mapping[str, str]", variable: str, default: str) -> "str | None":
    return port_problem("127.0.0.1", env.get(variable) or default, variable)


def problems(command: str, env: "Mapping[str, str]") -> "list[str]":
    """Return a line for each problem that stops `make command`."""
    host = env.get("GENDER_DETECTION_HOST") or "0.0.0.0"  # noqa: S104 - the API's own default
    port = env.get("GENDER_DETECTION_PORT", "").strip() or "5000"
    checks: dict[str, Callable[[], list[str | None]]] = {
        "java": lambda: [java_problem(env)],
        "prometheus": lambda: [prometheus_problem(env)],
        "wrk": lambda: [wrk_problem(env)],
        "folders": lambda: [folder_problem(ROOT), folder_problem(home_folder(env))],
        "disk": lambda: _disk_problems(env),
        "sources": lambda: [sources_problem(env.get("GENDER_DETECTION_SOURCES", ""))],
        "port": lambda: [port_problem(host, port, "GENDER_DETECTION_PORT")],
        "airflow_port": lambda: [_ui_port_problem(env, "AIRFLOW__API__PORT", "8080")],
        "notebook_port": lambda: [_ui_port_problem(env, "JUPYTER_PORT", "8888")],
        "mlflow_port": lambda: [_ui_port_problem(env, "MLFLOW_PORT", "5001")],
        "prometheus_port": lambda: [_ui_port_problem(env, "PROMETHEUS_PORT", "9090")],
    }
    found = [python_problem(sys.version_info[:2])]
    for need in NEEDS[command]:
        found += checks[need]()
    return [line for line in found if line]


def main(arguments: "list[str]") -> int:
    """Print each problem of the command on a line of its own; return the exit code."""
    found = problems(arguments[0], os.environ)
    for line in found:
        print("error:", line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
