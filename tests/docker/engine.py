"""Commands to the Docker engine for these tests."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PYTHON_IMAGE: str = re.findall(r"^ARG PYTHON_IMAGE=(\S+)", DOCKERFILE, re.M)[0]
# The strictest options for a container; the API must work with them.
HARDENED = (
    "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL",
    "--security-opt", "no-new-privileges:true", "--memory", "512m",
)  # fmt: skip
# The services of README's command without Grafana, which has no stand-in here.
STARTED = ("api", "pipeline", "prometheus", "secrets")
BUILD_SECONDS = 1800.0
DEADLINE_SECONDS = 120.0


def missing() -> str:
    """Return why containers cannot run here, "" if they can."""
    if not shutil.which("docker"):
        return "no docker on this machine"
    asked = subprocess.run(["docker", "info"], capture_output=True, text=True)
    return "" if asked.returncode == 0 else "no Docker engine answers on this machine"


def run(*command: str, seconds: float = DEADLINE_SECONDS, **how: Any) -> str:
    """Run a command and return its output; fail with that output."""
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds, **how
    )
    assert ran.returncode == 0, f"{' '.join(command)}:\n{ran.stdout[-4000:]}"
    return str(ran.stdout.strip())


def docker(*arguments: str, seconds: float = DEADLINE_SECONDS, **how: Any) -> str:
    """Run a docker command and return its output."""
    return run("docker", *arguments, seconds=seconds, **how)


def build(context: Path, tag: str, **arguments: str) -> None:
    """Build an image."""
    given = [
        part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")
    ]
    # A step that fails leaves no container behind.
    docker("build", "--force-rm", "-t", tag, *given, str(context), seconds=BUILD_SECONDS)


def size(image: str) -> int:
    """Return an image's size in bytes."""
    return int(docker("image", "inspect", "-f", "{{.Size}}", image))


def layers(image: str) -> list[str]:
    """Return the digests of an image's layers, from the base on."""
    return list(json.loads(docker("image", "inspect", "-f", "{{json .RootFS.Layers}}", image)))


def has_image(image: str) -> bool:
    """Return whether the engine has an image with that name."""
    asked = subprocess.run(["docker", "image", "inspect", image], capture_output=True)
    return asked.returncode == 0


@contextmanager
def container(image: str, *options: str, command: tuple[str, ...] = ()) -> Iterator["Container"]:
    """Run a container in the background, and remove it."""
    name = docker("run", "-d", "-p", "127.0.0.1::5000", *options, image, *command)
    try:
        yield Container(name)
    finally:
        docker("rm", "-f", "-v", name)


class Container:
    """A container that serves on port 5000."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def url(self) -> str:
        """The URL of its API; a restart may change it."""
        port = docker("port", self.name, "5000/tcp").splitlines()[0].rpartition(":")[2]
        return f"http://127.0.0.1:{port}"

    def inspect(self, template: str) -> str:
        """Return the engine's description of it."""
        return docker("inspect", "-f", template, self.name)

    def exec(self, *command: str) -> str:
        """Run a command in it."""
        return docker("exec", self.name, *command)

    def logs(self) -> str:
        """Return its whole output."""
        return docker("logs", self.name)

    def is_ready(self) -> bool:
        """Return whether it is ready, with a model."""
        return status(f"{self.url}/readyz") == 200

    def crash(self) -> None:
        """Kill its first process from outside, as the kernel does when memory runs out."""
        os.kill(int(self.inspect("{{.State.Pid}}")), 9)


@dataclass(frozen=True)
class Stack:
    """The services of docker-compose.yml, under a name and on ports of their own."""

    folder: Path
    env: dict[str, str]
    options: tuple[str, ...] = ()

    def compose(self, *arguments: str, seconds: float = 300) -> str:
        """Run a docker-compose command and return its output."""
        return run(
            "docker-compose",
            *self.options,
            *arguments,
            seconds=seconds,
            cwd=self.folder,
            env=self.env,
        )

    def container(self, service: str) -> Container:
        """Return a service's container."""
        return Container(self.compose("ps", "-q", service).splitlines()[-1])

    def url(self, service: str) -> str:
        """Return the published address of a service."""
        return f"http://127.0.0.1:{self.env[f'{service.upper()}_PORT']}"


def connects(source: Container, host: str, port: int) -> bool:
    """Return whether a connection from inside a container to an address is accepted."""
    script = (
        "import socket\n"
        "try:\n"
        f"    socket.create_connection(({host!r}, {port}), timeout=2).close()\n"
        "    print(True)\n"
        "except OSError:\n"
        "    print(False)"
    )
    return source.exec("python", "-c", script) == "True"


def status(url: str, headers: Mapping[str, str] = MappingProxyType({})) -> int | None:
    """Return the status of the response, None without a response."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=dict(headers)), timeout=5
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as err:
        return err.code
    except OSError:
        return None


def ask(url: str, document: Mapping[str, Any] | None = None) -> Any:
    """Return the JSON response to a document, or to a GET."""
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def wait_for(condition: Callable[[], bool], what: str, seconds: float = DEADLINE_SECONDS) -> float:
    """Poll until the condition holds; return the seconds that it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() < started + seconds, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)
    return time.monotonic() - started
