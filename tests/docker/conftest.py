"""An image of the API with a small model, built once, and the stack around it."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from gender_detection.model import artifact
from tests.docker import engine
from tests.docker.engine import (
    HERE,
    PYTHON_IMAGE,
    ROOT,
    STARTED,
    Stack,
    docker,
    has_image,
    missing,
    run,
)


@pytest.fixture(scope="session")
def engine_here() -> None:
    """Skip the tests that need a Docker engine if there is none."""
    if why := missing():
        pytest.skip(f"{why}: images and containers are not tested")


def _obtain(image: str, stand_in: Path, *arguments: str) -> None:
    """Provide an image: the local one, else the real one, else a stand-in."""
    if has_image(image):
        return
    try:
        pulled = subprocess.run(["docker", "pull", "-q", image], capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        pulled = None
    if pulled is None or pulled.returncode != 0:
        if not shutil.which("debootstrap"):
            pytest.skip(f"no registry to pull {image} from, nor debootstrap to make a stand-in")
        run(str(stand_in), *arguments, seconds=900)


@pytest.fixture(scope="session")
def base_image(engine_here: None) -> str:
    """Return the name of the Dockerfile's base image."""
    _obtain(PYTHON_IMAGE, HERE / "stand_in_python.sh", PYTHON_IMAGE)
    return PYTHON_IMAGE


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory, tiny_artifact: Path) -> Path:
    """Return a copy of the repository, with an artifact in ./artifact."""
    folder = tmp_path_factory.mktemp("clone") / "gender-detection"
    listed = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT)
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    shutil.copytree(tiny_artifact, folder / "artifact")
    artifact.register(folder / "artifact", "7")
    return folder


@pytest.fixture(scope="session")
def image(base_image: str, clone: Path) -> Iterator[str]:
    """Return the name of an image with that artifact."""
    name = f"gender-detection-api:tested-{uuid.uuid4().hex[:8]}"
    engine.build(clone, name, MODEL="artifact")
    yield name
    docker("rmi", "-f", "--no-prune", name)


@pytest.fixture(scope="session")
def services() -> dict[str, dict]:
    """Return the services as written in docker-compose.yml."""
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])


@pytest.fixture(scope="module")
def stack(
    image: str, clone: Path, services: dict[str, dict], free_ports: list[int]
) -> Iterator[Stack]:
    """Start the services of README's command, without Grafana if it cannot be pulled."""
    if not shutil.which("docker-compose"):
        pytest.skip("no docker-compose on this machine")
    prometheus = services["prometheus"]["image"].partition(":-")[2].rstrip("}")
    _obtain(prometheus, HERE / "stand_in_prometheus.sh", prometheus, PYTHON_IMAGE)
    ports = dict(
        zip(("API_PORT", "PROMETHEUS_PORT", "GRAFANA_PORT"), map(str, free_ports), strict=True)
    )
    env = {**os.environ, **ports, "API_IMAGE": image, "MODEL": "artifact",
           "COMPOSE_PROJECT_NAME": f"tested{uuid.uuid4().hex[:8]}"}  # fmt: skip
    up = Stack(clone, env)
    try:
        up.compose("up", "-d", *STARTED)
        yield up
    finally:
        up.compose("down", "-v", "-t", "1")


@pytest.fixture(scope="session")
def free_ports() -> list[int]:
    """Return three unused ports."""
    import socket

    sockets = [socket.socket() for _ in range(3)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
