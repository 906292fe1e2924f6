"""Measure the image of the API: size, time to start, memory, recovery after a crash, and rebuild.

    .venv/bin/python benchmarks/containers.py [IMAGE]

Run it on a quiet machine, after the image has been built from this checkout (docker build -t
gender-detection-api .): the rebuild adds a line to a copy of the checkout.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "docker"))

from engine import HARDENED, PYTHON_IMAGE, build, container, docker, run, size, wait_for  # noqa: E402
from load import CLIENTS, Load  # noqa: E402

TRIALS = 3
READY, BACK = "ready", "ready again"


def ready_after(image: str) -> float:
    """Return the seconds from docker run until the API is ready."""
    started = time.monotonic()
    with container(image, *HARDENED) as running:
        wait_for(running.is_ready, READY)
        return time.monotonic() - started


def back_after(image: str, end: str) -> float:
    """Return the seconds until the API is ready again after a crash, or docker kill and start."""
    with container(image, *HARDENED, "--restart", "always") as running:
        wait_for(running.is_ready, READY)
        address = running.inspect("{{.NetworkSettings.IPAddress}}") + ":5000"
        with Load(address) as load:
            wait_for(lambda: load.answered > 100 * CLIENTS, "the load")
            ended = time.monotonic()
            if end == "crash":
                running.crash()
                wait_for(lambda: running.inspect("{{.RestartCount}}") == "1", "the restart")
            else:
                docker("kill", running.name)
                docker("start", running.name)
            wait_for(running.is_ready, BACK)
            return time.monotonic() - ended


def stopped_under_load(image: str) -> str:
    """Stop the container under load; return the numbers of answered and broken requests."""
    with container(image, *HARDENED) as running:
        wait_for(running.is_ready, READY)
        address = running.inspect("{{.NetworkSettings.IPAddress}}") + ":5000"
        with Load(address) as load:
            wait_for(lambda: load.answered > 100 * CLIENTS, "the load")
            started = time.monotonic()
            docker("stop", running.name)
            took = time.monotonic() - started
    return f"{load.answered} answered, {len(load.broken)} broken, stopped in {took:.1f} s"


def memory(image: str) -> str:
    """Return the memory in use after 3,000 requests."""
    with container(image, *HARDENED) as running:
        wait_for(running.is_ready, READY)
        address = running.inspect("{{.NetworkSettings.IPAddress}}") + ":5000"
        with Load(address) as load:
            wait_for(lambda: load.answered > 3000, "the load")
        used: str = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", running.name)
        return used


def rebuilt_after() -> float:
    """Return the seconds to build the image again after a line of api/ has changed."""
    with tempfile.TemporaryDirectory() as folder:
        for name in run("git", "ls-files", cwd=ROOT).splitlines():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, Path(folder) / name)
        with (Path(folder) / "api" / "__init__.py").open("a") as file:
            file.write(f"# {time.time()}\n")
        started = time.monotonic()
        build(Path(folder), "gender-detection-api:changed")
        took = time.monotonic() - started
    docker("rmi", "-f", "gender-detection-api:changed")
    return took


def best(measure: Callable[[], float]) -> str:
    """Return the fastest and the slowest of some trials."""
    took = sorted(measure() for _ in range(TRIALS))
    return f"{took[0]:.1f} s, slowest {took[-1]:.1f} s"


def main(image: str) -> None:
    """Print a line for each figure."""

    def show(what: str, figure: str) -> None:
        print(f"{what:34} {figure}", flush=True)

    show("size above its base image", f"{(size(image) - size(PYTHON_IMAGE)) / 1e6:.0f} MB")
    show("ready after docker run", best(lambda: ready_after(image)))
    show("memory, two workers", memory(image))
    show("ready after a crash under load", best(lambda: back_after(image, "crash")))
    show("ready after docker kill and start", best(lambda: back_after(image, "kill")))
    show("docker stop under load", stopped_under_load(image))
    show("rebuild after a change in api/", f"{rebuilt_after():.1f} s")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["gender-detection-api"]))
