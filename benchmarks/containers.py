"""Measure the image of the API: how large it is, how soon ready, back after a crash, built again.

    .venv/bin/python benchmarks/containers.py [IMAGE]

On a quiet machine, and where the image has been built from this checkout (docker build -t
gender-detection-api .): a line is added to a copy of it, and the image built again.
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
    """Return the seconds from docker run to a model that answers."""
    started = time.monotonic()
    with container(image, *HARDENED) as running:
        wait_for(running.is_ready, READY)
        return time.monotonic() - started


def back_after(image: str, end: str) -> float:
    """Return the seconds from the end under load, crash or kill and start, to being ready again."""
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
    """Return what became of the requests under way when the container was stopped."""
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
    """Return the memory in use after some thousand requests."""
    with container(image, *HARDENED) as running:
        wait_for(running.is_ready, READY)
        address = running.inspect("{{.NetworkSettings.IPAddress}}") + ":5000"
        with Load(address) as load:
            wait_for(lambda: load.answered > 3000, "the load")
        return docker("stats", "--no-stream", "--format", "{{.MemUsage}}", running.name)


def rebuilt_after() -> float:
    """Return the seconds that the image takes when a line of api/ has changed."""
    with tempfile.TemporaryDirectory() as folder:
        for name in run("git", "ls-files", cwd=ROOT).splitlines():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, Path(folder) / name)
        with (Path(folder) / "api" / "problems.py").open("a") as file:
            file.write(f"# {time.time()}\n")
        started = time.monotonic()
        build(Path(folder), "gender-detection-api:changed")
        took = time.monotonic() - started
    docker("rmi", "-f", "gender-detection-api:changed")
    return took


def best(measure: Callable[[], float]) -> str:
    """Return the best of some trials, and the worst."""
    took = sorted(measure() for _ in range(TRIALS))
    return f"{took[0]:.1f} s, at worst {took[-1]:.1f} s"


def main(image: str) -> None:
    """Print a line for each figure."""

    def say(what: str, figure: str) -> None:
        print(f"{what:32} {figure}", flush=True)

    say("above its base", f"{(size(image) - size(PYTHON_IMAGE)) / 1e6:.0f} MB")
    say("ready after docker run", best(lambda: ready_after(image)))
    say("memory, two workers", memory(image))
    say("back after a crash under load", best(lambda: back_after(image, "crash")))
    say("after docker kill, docker start", best(lambda: back_after(image, "kill")))
    say("docker stop under load", stopped_under_load(image))
    say("a changed line of api/ is built", f"{rebuilt_after():.1f} s")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["gender-detection-api"]))
